using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Monitoring.Core;
using Monitoring.Livepeer;
using Monitoring.Simulator;
using Monitoring.Standalone.Hub;
using Monitoring.Standalone.Tests.EndToEnd;
using Monitoring.Standalone.Tests.Sites;
using Monitoring.Standalone.Wallet;
using Monitoring.Storage;
using Monitoring.Testing;
using Monitoring.Testing.Processes;

namespace Monitoring.Standalone.Tests.Paid;

/// <summary>A hub that reads a list and no chain, a region process that pays, and another that has no wallet.</summary>
[Collection(OneAtATime.Name)]
public sealed class A_hub_on_a_list_keeps_the_caps
{
    private static readonly BigInteger TicketEv = 8_000_000_000;
    private static readonly BigInteger MostPerTest = 12 * TicketEv;

    // Two tests and the beginning of a third: the region itself would spend far more.
    private static readonly BigInteger MostPerDay = (2 * MostPerTest) + (MostPerTest / 2);
    private static readonly BigInteger Plenty = BigInteger.Pow(10, 16);
    private static readonly RegionId Fra = RegionId.Parse("FRA");
    private static readonly Dictionary<string, string> Nothing = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [LimitedFact]
    public async Task Its_regions_pay_within_them_and_one_without_a_wallet_takes_nothing_of_them()
    {
        Assert.SkipWhen(DateTime.UtcNow.TimeOfDay > TimeSpan.FromHours(23.9), "the UTC day ends within minutes, and every cap begins anew with the next: run it then");
        await using var network = await PaidNetwork.StartAsync([.. Enumerable.Range(0, 2).Select(i => new NodeOptions { Name = $"node-{i}", Behaviour = Behaviour.Fast, Price = 300 })]);
        Assert.Equal(0, (await network.MonitorAsync(null, "wallet", "fund", "--deposit", "1 ether", "--reserve", "5 ether", "--yes")).Code);
        var port = FreePort.Find();
        await WriteHubAsync(network, port);
        await using var hub = MonitorProcess.Start(network.Scratch.Path, Nothing, "run", "--config", "hub.json");
        using var api = new MonitorApi(await hub.UrlAsync(Cancel));
        foreach (var region in new[] { "FRA", "MDW" })
        {
            await using var add = MonitorProcess.Start(network.Scratch.Path, Nothing, "region", "add", region, "--out", region + ".key", "--config", "hub.json");
            Assert.True(await add.ExitAsync(Cancel) == 0, add.Said);
        }

        await using (var pays = Region(network, port, "FRA", new() { [network.KeyVariable.Name] = network.KeyVariable.Value }, [.. network.OnChain, "--set", $"Spend:PerRegionDay={Plenty}"]))
        await using (var free = Region(network, port, "MDW", Nothing, []))
        {
            await free.SaysAsync("Tested ", 1, Cancel);
            await UntilAsync(network, api, "FRA", test => test == nameof(OutcomeCode.SpendCap), pays);
            pays.Signal(15);
            free.Signal(15);
            Assert.True(await pays.ExitAsync(Cancel) == 0, pays.Said);
            Assert.True(await free.ExitAsync(Cancel) == 0, free.Said);
        }

        hub.Signal(15);
        Assert.True(await hub.ExitAsync(Cancel) == 0, hub.Said);

        // What the region signed, test by test, is what the hub had reserved and was told.
        var signed = SpendJournalFile.Peek(OpenedWallet.JournalIn(network.Scratch.At("at-FRA"))).GroupBy(entry => entry.Test)
            .ToDictionary(test => test.Key, test => test.Aggregate(Rational.Zero, (sum, entry) => sum + entry.Total).Ceiling());
        Assert.NotEmpty(signed);
        await using var memory = await KeyedLog.OpenAsync(network.Scratch.At("hub/state.jsonl"), null, Cancel);
        var reserved = memory.Read("spend").ToDictionary(e => TestId.Parse(e.Key), e => JsonSerializer.Deserialize(e.Json, BudgetJson.Default.Reservation)!);
        Assert.All(reserved.Values, r => Assert.Equal((Fra, true), (r.Region, r.Settled)));
        Assert.Equal(signed, reserved.Select(r => (r.Key, Wei: BigInteger.Parse(r.Value.Wei, CultureInfo.InvariantCulture))).Where(r => r.Wei > 0).ToDictionary(r => r.Key, r => r.Wei));
        Assert.InRange(signed.Values.Aggregate(BigInteger.Zero, (sum, wei) => sum + wei), MostPerDay - MostPerTest, MostPerDay);
    }

    private static Task WriteHubAsync(PaidNetwork network, int port) => File.WriteAllTextAsync(
        network.Scratch.At("hub.json"),
        JsonSerializer.Serialize(new
        {
            Urls = "http://127.0.0.1:0",
            Data = "hub",
            Source = new { AllowLoopback = true, Orchestrators = network.Fleet!.Nodes.Select(node => $"{node.Id}={node.Uri.GetLeftPart(UriPartial.Authority)}").ToArray() },
            Hub = new { Regions = (string[])["FRA", "MDW"], Urls = (string[])[string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}")] },
            Schedule = new { TestsPerDay = 1440, SurpriseOneIn = 0, GuardSeconds = 28, TestBudgetSeconds = 22 },
            Tests = new { Segments = 2 },
            Spend = new { PerTest = MostPerTest.ToString(CultureInfo.InvariantCulture), PerDay = MostPerDay.ToString(CultureInfo.InvariantCulture) },
        }),
        Cancel);

    private static MonitorProcess Region(PaidNetwork network, int port, string region, Dictionary<string, string> environment, string[] more) => MonitorProcess.Start(
        network.Scratch.Path, environment,
        [
            "region", "--hub", string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"), "--key-file", region + ".key", "--data", "at-" + region,
            "--set", "Source:AllowLoopback=true", "--set", "Tests:Segments=2", .. more,
        ]);

    // By what the hub publishes of the newest tests.
    private static async Task UntilAsync(PaidNetwork network, MonitorApi api, string region, Func<string, bool> isIt, MonitorProcess process)
    {
        while (true)
        {
            foreach (var node in network.Fleet!.Nodes)
            {
                using var json = JsonDocument.Parse(await api.TextAsync($"/api/v1/orchestrators/{node.Id}", Cancel));
                var tests = json.RootElement.GetProperty("regions").EnumerateArray().Where(r => r.GetProperty("region").GetString() == region).SelectMany(r => r.GetProperty("latest").EnumerateArray());
                if (tests.Any(test => isIt(test.GetProperty("code").GetString()!))) return;
            }

            Assert.False(process.HasExited, process.Said);
            await Task.Delay(TimeSpan.FromMilliseconds(200), Cancel);
        }
    }
}
