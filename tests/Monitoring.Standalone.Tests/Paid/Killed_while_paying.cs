using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Monitoring.Core;
using Monitoring.Livepeer;
using Monitoring.Simulator;
using Monitoring.Standalone.Tests.EndToEnd;
using Monitoring.Standalone.Wallet;
using Monitoring.Testing.Processes;

namespace Monitoring.Standalone.Tests.Paid;

/// <summary>
/// A monitor that pays is killed with SIGKILL again and again, on a chain and against nodes that live on, and that hand out the same ticket
/// parameters every time, so that a nonce that was forgotten comes twice. <c>MONITORING_SOAK</c> makes it last longer, and
/// <c>MONITORING_SOAK_KILLS</c> and <c>MONITORING_SOAK_SEED</c> as long, and as, they say.
/// </summary>
[Collection(OneAtATime.Name)]
public sealed class Killed_while_paying
{
    private const int Nodes = 6;
    private const int PerTest = 3;
    private static readonly BigInteger TicketEv = 8_000_000_000;
    private static readonly BigInteger MostPerTest = PerTest * TicketEv;
    private static readonly BigInteger Plenty = BigInteger.Pow(10, 16);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [LimitedFact]
    public async Task No_nonce_is_used_twice_no_spend_is_forgotten_and_caps_still_hold()
    {
        var random = new Random(Number("MONITORING_SOAK_SEED", 20_261_120));
        var kills = Number("MONITORING_SOAK_KILLS", Number("MONITORING_SOAK", 0) == 1 ? 12 : 2);
        await using var network = await PaidNetwork.StartAsync(
            [.. Enumerable.Range(0, Nodes).Select(i => new NodeOptions { Name = $"node-{i}", Behaviour = Behaviour.RepeatsParams, Price = 60 })]);
        Assert.Equal(0, (await network.MonitorAsync(null, "wallet", "fund", "--deposit", "1 ether", "--reserve", "5 ether", "--yes")).Code);

        ImmutableArray<SpendEntry> before = [];
        for (var life = 0; life < kills; life++)
        {
            var how = (Death)(life % 3);
            await LiveAndDieAsync(network, how, random);
            var written = Journal(network);
            Verify(network, before, written);
            TestContext.Current.TestOutputHelper?.WriteLine(
                $"{TimeProvider.System.GetUtcNow():HH:mm:ss} life {life}: killed {how}; {Tickets(written)} tickets written, {network.Fleet!.Nodes.Sum(node => network.AccountAt(node).TicketsReceived)} received");
            before = written;
        }

        Assert.True(Tickets(before) >= kills, "hardly anything was paid, so nothing was proven");

        // What the dead ones spent counts: one more ticket and a bit is all that the day has left.
        var cap = Total(before).Ceiling() + TicketEv + (TicketEv / 2);
        await RunIntoCapAsync(network, cap);
        var after = Journal(network);
        Verify(network, before, after);
        Assert.InRange(Total(after).Ceiling(), Total(before).Ceiling(), cap);
    }

    private static async Task LiveAndDieAsync(PaidNetwork network, Death how, Random random)
    {
        var received = Received(network);
        var journal = new FileInfo(OpenedWallet.JournalIn(network.Scratch.At("data")));
        await using var monitor = Start(network, Plenty);
        await monitor.UrlAsync(Cancel);
        switch (how)
        {
            case Death.AsTicketsArrive:
                await ArrivedAsync(network, received);
                break;
            case Death.AsTheJournalGrows:
                var length = Length(journal);
                while (Length(journal) == length && !monitor.HasExited) await Task.Delay(TimeSpan.FromMilliseconds(1), Cancel);
                break;
            default:
                await ArrivedAsync(network, received);
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(3000)), Cancel);
                break;
        }

        Assert.False(monitor.HasExited, monitor.Said);
        monitor.Kill();
        await monitor.ExitAsync(Cancel);
    }

    private static async Task RunIntoCapAsync(PaidNetwork network, BigInteger cap)
    {
        await using var monitor = Start(network, cap);
        using var http = new HttpClient { BaseAddress = await monitor.UrlAsync(Cancel) };
        while (!await SawCapAsync(network, http))
        {
            Assert.False(monitor.HasExited, monitor.Said);
            await Task.Delay(TimeSpan.FromMilliseconds(200), Cancel);
        }

        monitor.Signal(15);
        Assert.Equal(0, await monitor.ExitAsync(Cancel));
    }

    private static async Task<bool> SawCapAsync(PaidNetwork network, HttpClient http)
    {
        foreach (var node in network.Fleet!.Nodes)
        {
            using var answer = await http.GetAsync(new Uri($"/api/v1/orchestrators/{node.Id}", UriKind.Relative), Cancel);
            if (!answer.IsSuccessStatusCode) continue;
            using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancel));
            if (json.RootElement.GetProperty("regions").EnumerateArray().Any(region =>
                    region.GetProperty("latest").EnumerateArray().Any(test => test.GetProperty("code").GetString() == nameof(OutcomeCode.SpendCap))))
            {
                return true;
            }
        }

        return false;
    }

    private static void Verify(PaidNetwork network, ImmutableArray<SpendEntry> before, ImmutableArray<SpendEntry> written)
    {
        // What was written stays written.
        Assert.Equal(before, written.Take(before.Length));

        // Each nonce once, by our own books and by what arrived.
        var nonces = written.SelectMany(entry => Enumerable.Range(0, entry.Count).Select(i => (entry.RecipientRandHash, Nonce: entry.FirstNonce + (uint)i))).ToList();
        Assert.Equal(nonces.Count, nonces.Distinct().Count());
        Assert.All(network.Fleet!.Nodes, node => Assert.Equal(0, network.AccountAt(node).TicketsRepeated));

        // Whatever reached anybody is in the books.
        foreach (var node in network.Fleet.Nodes)
        {
            var ours = written.Where(entry => entry.Orchestrator == node.Id).ToImmutableArray();
            Assert.True(network.AccountAt(node).TicketsReceived <= Tickets(ours), $"{node.Name} received {network.AccountAt(node).TicketsReceived} tickets, and {Tickets(ours)} are written");
            Assert.True(network.AccountAt(node).Received <= Total(ours));
        }

        Assert.All(written.GroupBy(entry => entry.Test), test => Assert.True(Total(test) <= MostPerTest, $"{test.Key} spent {Total(test).Ceiling()}"));
    }

    private static MonitorProcess Start(PaidNetwork network, BigInteger perDay) => MonitorProcess.Start(
        network.Scratch.Path,
        new Dictionary<string, string> { [network.KeyVariable.Name] = network.KeyVariable.Value },
        [
            "run", "--urls", "http://127.0.0.1:0", "--region", "FRA", "--tests-per-day", "2880", "--set", "Schedule:SurpriseOneIn=0", "--set", "Schedule:GuardSeconds=26", "--set", "Schedule:TestBudgetSeconds=22",
            "--set", "Tests:Segments=2", "--set", "Source:AllowLoopback=true", "--set", Wei("Spend:PerTest", MostPerTest), "--set", Wei("Spend:PerOrchestratorDay", Plenty),
            "--set", Wei("Spend:PerRegionDay", perDay), "--set", Wei("Spend:PerDay", Plenty), .. network.Settings,
        ]);

    private static string Wei(string key, BigInteger wei) => string.Create(CultureInfo.InvariantCulture, $"{key}={wei}");

    private static ImmutableArray<SpendEntry> Journal(PaidNetwork network) => [.. SpendJournalFile.Peek(OpenedWallet.JournalIn(network.Scratch.At("data")))];

    private static long Received(PaidNetwork network) => network.Fleet!.Nodes.Sum(node => network.AccountAt(node).TicketsReceived);

    private static async Task ArrivedAsync(PaidNetwork network, long before) =>
        await await Task.WhenAny(network.Fleet!.Nodes.Select(node => node.WaitAsync(_ => Received(network) > before, Cancel)));

    private static long Tickets(ImmutableArray<SpendEntry> entries) => entries.Sum(entry => (long)entry.Count);

    private static Rational Total(IEnumerable<SpendEntry> entries) => entries.Aggregate(Rational.Zero, (sum, entry) => sum + entry.Total);

    private static long Length(FileInfo file)
    {
        file.Refresh();
        return file.Exists ? file.Length : 0;
    }

    private static int Number(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : otherwise;

    private enum Death
    {
        AsTicketsArrive,
        AsTheJournalGrows,
        SomeTimeAfter,
    }
}
