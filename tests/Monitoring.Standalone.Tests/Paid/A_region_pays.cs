using System.Globalization;
using System.Net;
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

/// <summary>
/// A chain, a hub without a key, and a region in a process of its own that pays from its own deposit and speaks to the hub over TLS. The region is
/// killed with SIGKILL in the midst of its tests, once, or as often as <c>MONITORING_SOAK_KILLS</c> says; the nodes live on, and hand out the same ticket
/// parameters every time, so that a nonce that was forgotten comes twice. Its last life runs into a cap that the region alone has.
/// </summary>
[Collection(OneAtATime.Name)]
public sealed class A_region_pays
{
    private const int Nodes = 6;

    // So that a segment costs about five tickets.
    private const int PricePerPixel = 300;
    private static readonly BigInteger TicketEv = 8_000_000_000;
    private static readonly BigInteger MostPerTest = 12 * TicketEv;
    private static readonly BigInteger Plenty = BigInteger.Pow(10, 16);
    private static readonly RegionId Fra = RegionId.Parse("FRA");
    private static readonly Dictionary<string, string> Nothing = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [LimitedFact]
    public async Task Its_ledger_the_hubs_reservations_and_what_arrived_agree_to_the_wei_over_kills_and_its_own_cap_charges_nobody()
    {
        Assert.SkipWhen(DateTime.UtcNow.TimeOfDay > TimeSpan.FromHours(23.9), "the UTC day ends within minutes, and every cap begins anew with the next: run it then");
        await using var pauses = new OwnPauses();
        await using var network = await PaidNetwork.StartAsync(
            [.. Enumerable.Range(0, Nodes).Select(i => new NodeOptions { Name = $"node-{i}", Behaviour = Behaviour.RepeatsParams, Price = PricePerPixel })]);
        Assert.Equal(0, (await network.MonitorAsync(null, "wallet", "fund", "--deposit", "1 ether", "--reserve", "5 ether", "--yes")).Code);
        using var authority = new CertificateAuthority(network.Scratch.Path, "authority");
        var site = new Site(network, FreePort.Find(), authority.Issue("hub", IPAddress.Loopback));
        await site.WriteHubAsync();
        await site.RunAsync("region", "add", "FRA", "--out", "fra.key", "--config", "hub.json");
        await using var hub = site.StartHub();
        using var api = new MonitorApi(await hub.UrlAsync(Cancel));

        // Killed when a test has ended and another is being paid: whatever arrived was written down before.
        ImmutableArray<SpendEntry> before = [];
        for (var life = 0; life < Kills; life++)
        {
            await using var region = site.StartRegion(Plenty, workers: 2);
            await region.SaysAsync("Tested ", 1, Cancel);
            region.Kill();
            await region.ExitAsync(Cancel);
            var written = site.Ledger();
            Assert.Equal(before, written.Take(before.Length));
            VerifyArrived(network, written);
            before = written;
        }

        // What the dead ones spent counts: one more segment and a bit is all that the region's own day has left. The hub would allow far more.
        var cap = Total(before).Ceiling() + (6 * TicketEv) - (TicketEv / 2);
        await using (var region = site.StartRegion(cap, workers: 16))
        {
            await UntilCappedAsync(network, api, region);
            region.Signal(15);
            Assert.True(await region.ExitAsync(Cancel) == 0, region.Said);
        }

        hub.Signal(15);
        Assert.True(await hub.ExitAsync(Cancel) == 0, hub.Said);
        var after = site.Ledger();
        Assert.Equal(before, after.Take(before.Length));
        VerifyArrived(network, after);
        Assert.InRange(Total(after).Ceiling(), Total(before).Ceiling() + TicketEv, cap);
        var reserved = await VerifyReservationsAsync(network, site, after);
        var outcomes = await VerifyOutcomesAsync(site, pauses);
        var won = await network.RedeemAllAsync();
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{Kills} kills; {Tickets(after)} tickets of {Total(after).Ceiling()} wei written, {site.Received()} received, {won} won and were redeemed; {reserved}; {outcomes}");
    }

    private static int Kills => int.TryParse(Environment.GetEnvironmentVariable("MONITORING_SOAK_KILLS"), NumberStyles.None, CultureInfo.InvariantCulture, out var kills) ? kills : 1;

    // By what the hub publishes of it: a test that was not run, and why.
    private static async Task UntilCappedAsync(PaidNetwork network, MonitorApi api, MonitorProcess region)
    {
        while (true)
        {
            foreach (var node in network.Fleet!.Nodes)
            {
                using var json = JsonDocument.Parse(await api.TextAsync($"/api/v1/orchestrators/{node.Id}", Cancel));
                var tests = json.RootElement.GetProperty("regions").EnumerateArray().SelectMany(r => r.GetProperty("latest").EnumerateArray());
                if (tests.Any(test => test.GetProperty("code").GetString() == nameof(OutcomeCode.SpendCap))) return;
            }

            Assert.False(region.HasExited, region.Said);
            await Task.Delay(TimeSpan.FromMilliseconds(200), Cancel);
        }
    }

    private static void VerifyArrived(PaidNetwork network, ImmutableArray<SpendEntry> written)
    {
        var nonces = written.SelectMany(entry => Enumerable.Range(0, entry.Count).Select(i => (entry.RecipientRandHash, Nonce: entry.FirstNonce + (uint)i))).ToList();
        Assert.Equal(nonces.Count, nonces.Distinct().Count());
        Assert.All(network.Fleet!.Nodes, node => Assert.Equal(0, network.AccountAt(node).TicketsRepeated));
        Assert.All(network.Fleet.Nodes, node => Assert.True(
            network.AccountAt(node).Received <= Total(written.Where(entry => entry.Orchestrator == node.Id)), $"{node.Name} received more than was written down"));
    }

    // The hub's books against the region's, test by test, and both against what reached the nodes.
    private static async Task<string> VerifyReservationsAsync(PaidNetwork network, Site site, ImmutableArray<SpendEntry> ledger)
    {
        await using var memory = await KeyedLog.OpenAsync(network.Scratch.At("hub/state.jsonl"), null, Cancel);
        var reserved = memory.Read("spend").ToDictionary(e => TestId.Parse(e.Key), e => JsonSerializer.Deserialize(e.Json, BudgetJson.Default.Reservation)!);
        var spent = ledger.GroupBy(entry => entry.Test).ToDictionary(test => test.Key, test => Total(test).Ceiling());
        Assert.Empty(spent.Keys.Except(reserved.Keys));
        foreach (var (test, reservation) in reserved)
        {
            var wei = BigInteger.Parse(reservation.Wei, CultureInfo.InvariantCulture);
            Assert.Equal(Fra, reservation.Region);

            // A test that nobody will ever report keeps its whole allowance; of every other the hub knows to the wei.
            if (reservation.Settled) Assert.True(wei == spent.GetValueOrDefault(test), $"the hub counts {wei} wei of {test}, and the region wrote down {spent.GetValueOrDefault(test)}");
            else Assert.InRange(spent.GetValueOrDefault(test), 0, wei);
        }

        foreach (var node in network.Fleet!.Nodes)
        {
            // Only of a test that was cut off by a kill may a ticket be written and not have arrived.
            var settled = ledger.Where(entry => entry.Orchestrator == node.Id && reserved[entry.Test].Settled);
            Assert.True(network.AccountAt(node).Received >= Total(settled), $"{node.Name} received less than the reported tests paid");
            if (ledger.All(entry => entry.Orchestrator != node.Id || reserved[entry.Test].Settled)) Assert.Equal(Total(settled), network.AccountAt(node).Received);
        }

        Assert.Contains(reserved.Values, r => r.Settled && r.Wei != "0");
        return $"{reserved.Count(r => r.Value.Settled)} reservations settled, {reserved.Count(r => !r.Value.Settled)} kept whole";
    }

    private static async Task<string> VerifyOutcomesAsync(Site site, OwnPauses pauses)
    {
        await using var store = await JournalResultStore.OpenAsync(site.HubJournal, TimeProvider.System, null, Cancel);
        var all = new List<OutcomeRevision>();
        await foreach (var revision in store.ReadAsync(new ResultQuery { From = DateTimeOffset.MinValue, Until = DateTimeOffset.MaxValue, LastOnly = true }, Cancel)) all.Add(revision);
        var capped = all.Where(r => r.Outcome.Code == OutcomeCode.SpendCap).ToList();
        Assert.NotEmpty(capped);
        Assert.All(capped, r => Assert.Equal((OutcomeClass.NotRun, OutcomeRevision.NotRun), (r.Outcome.Class, r.Revision)));
        Assert.Empty(all.Where(r => r.Outcome.Class is OutcomeClass.Fault or OutcomeClass.Excluded && !pauses.Explains(r)).Select(r => $"{r.Test}: {r.Outcome}"));
        return string.Join(", ", all.GroupBy(r => r.Outcome.Code).Select(g => $"{g.Count()} {g.Key}"));
    }

    private static long Tickets(IEnumerable<SpendEntry> entries) => entries.Sum(entry => (long)entry.Count);

    private static Rational Total(IEnumerable<SpendEntry> entries) => entries.Aggregate(Rational.Zero, (sum, entry) => sum + entry.Total);

    /// <summary>Starts the processes, all in one folder.</summary>
    private sealed class Site(PaidNetwork network, int port, string pin)
    {
        // One region, in slots as short as a test of two segments allows.
        private static readonly string[] Schedule =
            ["--tests-per-day", "2880", "--set", "Schedule:SurpriseOneIn=0", "--set", "Schedule:GuardSeconds=28", "--set", "Schedule:TestBudgetSeconds=22", "--set", "Tests:Segments=2"];

        public string HubJournal => network.Scratch.At("hub/journal");

        private string Url => string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{port}");

        public async Task WriteHubAsync() => await File.WriteAllTextAsync(
            network.Scratch.At("hub.json"),
            JsonSerializer.Serialize(new
            {
                Urls = "http://127.0.0.1:0",
                Data = "hub",
                Source = new { AllowLoopback = true },
                Hub = new { Regions = (string[])["FRA"], Urls = (string[])[Url], CertificateFile = "hub.pem", CertificateKeyFile = "hub.key" },
            }),
            Cancel);

        public async Task RunAsync(params string[] arguments)
        {
            await using var process = MonitorProcess.Start(network.Scratch.Path, Nothing, [.. arguments, .. network.OnChain]);
            Assert.True(await process.ExitAsync(Cancel) == 0, process.Said);
        }

        /// <summary>The hub reads the chain, and has no key.</summary>
        public MonitorProcess StartHub() => MonitorProcess.Start(
            network.Scratch.Path, Nothing,
            ["run", "--config", "hub.json", .. Schedule, .. network.OnChain, .. Wei("Spend:PerTest", MostPerTest), .. Wei("Spend:PerOrchestratorDay", Plenty), .. Wei("Spend:PerRegionDay", Plenty), .. Wei("Spend:PerDay", Plenty)]);

        public MonitorProcess StartRegion(BigInteger perDay, int workers) => MonitorProcess.Start(
            network.Scratch.Path,
            new Dictionary<string, string> { [network.KeyVariable.Name] = network.KeyVariable.Value },
            [
                "region", "--hub", Url, "--hub-pin", pin, "--key-file", "fra.key", "--data", "at-fra", .. network.OnChain, "--set", "Source:AllowLoopback=true", "--set", "Tests:Segments=2",
                "--set", string.Create(CultureInfo.InvariantCulture, $"Region:Workers={workers}"), .. Wei("Spend:PerTest", MostPerTest), .. Wei("Spend:PerRegionDay", perDay),
            ]);

        /// <summary>What the region wrote down before it signed.</summary>
        public ImmutableArray<SpendEntry> Ledger() => [.. SpendJournalFile.Peek(OpenedWallet.JournalIn(network.Scratch.At("at-fra")))];

        /// <summary>Tickets that reached anybody.</summary>
        public long Received() => network.Fleet!.Nodes.Sum(node => network.AccountAt(node).TicketsReceived);

        private static string[] Wei(string key, BigInteger wei) => ["--set", string.Create(CultureInfo.InvariantCulture, $"{key}={wei}")];
    }
}
