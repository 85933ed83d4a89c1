using Monitoring.Simulator;
using Monitoring.Standalone.Tests.Commands;
using Monitoring.Testing.Anvil;
using Monitoring.Testing.Processes;

namespace Monitoring.Standalone.Tests.Paid;

/// <summary>The built command measures the pool of a chain and pays for it.</summary>
[Collection(EndToEnd.OneAtATime.Name)]
public sealed class The_monitor_pays
{
    private static readonly string[] Fast =
    [
        "--urls", "http://127.0.0.1:0", "--region", "FRA", "--tests-per-day", "2880", "--set", "Schedule:GuardSeconds=24", "--set", "Schedule:TestBudgetSeconds=20",
        "--set", "Tests:Segments=1", "--set", "Source:AllowLoopback=true",
    ];

    [LimitedFact]
    public async Task With_an_endpoint_and_a_key_the_active_set_is_tested_and_paid_from_the_wallet()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var network = await PaidNetwork.StartAsync([.. Enumerable.Range(0, 4).Select(i => new NodeOptions { Name = $"node-{i}", Behaviour = Behaviour.Fast, Price = 60 })]);
        Assert.Equal(0, (await network.MonitorAsync(null, "wallet", "fund", "--deposit", "1 ether", "--reserve", "5 ether", "--yes")).Code);

        using var monitor = new MonitorProcess(network.Scratch.Path, [.. Fast, .. network.Settings], network.KeyVariable);
        Assert.Contains(network.Payer.ToString(), await monitor.LineAsync("wallet"), StringComparison.Ordinal);
        var paid = network.Fleet!.Nodes.Select(n => n.WaitAsync(c => c.Senders.TryGetValue(network.Payer, out var account) && account.Debited.Sign > 0, cancel)).ToList();
        var ended = monitor.EndAsync();
        await (await Task.WhenAny([.. paid, ended]));
        Assert.False(ended.IsCompleted, monitor.Errors);
        await monitor.SignalAsync("TERM");
        Assert.Equal(0, (await ended).Code);

        var status = await network.MonitorAsync(null, "wallet", "status");
        Assert.Contains("at the rate of the last 24 hours", status.Output, StringComparison.Ordinal);
    }

    [LimitedFact]
    public async Task A_key_that_cannot_be_used_and_a_chain_that_is_another_stop_the_start()
    {
        await using var network = await PaidNetwork.StartAsync();
        var (code, _, why) = await MonitorProcess.RunAsync(network.Scratch.Path, [.. Fast, .. network.Settings, "--set", "Wallet:KeyFile=nowhere"]);
        Assert.Equal(2, code);
        Assert.Contains("'nowhere' cannot be read", why, StringComparison.Ordinal);

        (code, _, why) = await MonitorProcess.RunAsync(network.Scratch.Path, [.. Fast, .. network.Settings, "--set", "Chain:Id=31338"], network.KeyVariable);
        Assert.Equal(1, code);
        Assert.Contains("31338", why, StringComparison.Ordinal);
    }
}
