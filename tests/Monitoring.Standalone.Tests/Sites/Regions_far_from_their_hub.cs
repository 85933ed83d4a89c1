using System.Globalization;
using System.Net;
using System.Text.Json;
using Monitoring.Core;
using Monitoring.Standalone.Tests.EndToEnd;
using Monitoring.Storage;
using Monitoring.Storage.Postgres;
using Monitoring.Testing;
using Monitoring.Testing.Postgres;
using Monitoring.Testing.Processes;

namespace Monitoring.Standalone.Tests.Sites;

/// <summary>
/// A hub on PostgreSQL with the orchestrators in one network, and a region's process in each of three others, 20, 100 and 220 ms away, on lines that
/// lose 1 % of the packets each way. All that passes between region and hub is TLS with a pinned certificate. 12 orchestrators, each tested
/// from each region once; with <c>MONITORING_SOAK=1</c> there are 200 (<c>MONITORING_SOAK_ORCHESTRATORS</c>).
/// </summary>
[Collection(OneAtATime.Name)]
public sealed class Regions_far_from_their_hub : IDisposable
{
    private const string HubUrl = $"https://{DistantSites.CentreAddress}:8443";
    private static readonly (string Region, int RoundTrip)[] Places = [("FRA", 20), ("MDW", 100), ("SIN", 220)];
    private static readonly bool IsSoak = Environment.GetEnvironmentVariable("MONITORING_SOAK") == "1";
    private static readonly Dictionary<string, string> Nothing = [];
    private static readonly Dictionary<string, string> Password = new() { ["PGPASSWORD"] = PostgresServer.Password };
    private readonly Scratch _scratch = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    // One segment. Few orchestrators are tested in slots just longer than their guard, many in longer ones, so that two processors can.
    private static string[] Schedule =>
        ["--tests-per-day", IsSoak ? "320" : "1300", "--set", "Schedule:GuardSeconds=22", "--set", "Schedule:TestBudgetSeconds=20", "--set", "Schedule:SurpriseOneIn=0", "--set", "Tests:Segments=1"];

    public void Dispose() => _scratch.Dispose();

    [LimitedFact]
    public async Task Each_tests_every_orchestrator_never_two_at_once_and_the_farther_the_lower_is_the_score()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        if (DistantSites.WhyNot() is { } why) Assert.Skip($"no network namespaces here: {why}");
        using var sites = DistantSites.Make();
        await using var postgres = await PostgresServer.StartAsync(site: sites.Centre);
        var database = PostgresUrl.Parse(await postgres.CreateDatabaseAsync()).Display.Split('/')[^1];
        var address = string.Create(CultureInfo.InvariantCulture, $"postgres://{PostgresServer.User}@127.0.0.1:{postgres.Port}/{database}");
        await using var fleet = MonitorProcess.StartIn(
            sites.Centre, _scratch.Path, Nothing, "simulate", "--nodes", IsSoak ? Orchestrators : "63", "--address", DistantSites.CentreAddress, "--json");
        await UntilAsync([fleet], () => Task.FromResult(fleet.Said.Contains("\n}\n", StringComparison.Ordinal)));
        var nodes = Nodes(fleet.Said);
        if (!IsSoak) nodes = [.. nodes.Where(n => n.IsGood), .. nodes.Where(n => !n.IsGood).Take(6)];

        using var authority = new CertificateAuthority(_scratch.Path, "authority");
        var pin = authority.Issue("hub", IPAddress.Parse(DistantSites.CentreAddress));
        await WriteHubAsync(nodes);
        await using var hub = MonitorProcess.StartIn(sites.Centre, _scratch.Path, Password, ["run", "--config", "hub.json", "--store", address, .. Schedule]);
        using var api = new MonitorApi(await hub.UrlAsync(Cancel), NamespaceEntry.Handler(sites.Centre));
        var regions = new List<MonitorProcess>();
        try
        {
            foreach (var (region, roundTrip) in Places) regions.Add(await StartAsync(sites.Add(TimeSpan.FromMilliseconds(roundTrip), loss: 0.01, seed: roundTrip), region, pin));
            var board = await BoardOfAsync(postgres, database, api, nodes, [fleet, hub, .. regions]);
            foreach (var process in regions) process.Signal(15);
            foreach (var process in regions) Assert.True(await process.ExitAsync(Cancel) == 0, process.Said);
            hub.Signal(15);
            Assert.True(await hub.ExitAsync(Cancel) == 0, hub.Said);
            await VerifyKeptAsync(sites.Centre, address, nodes);
            VerifyDistance(board, nodes);
        }
        finally
        {
            foreach (var process in regions) await process.DisposeAsync();
        }
    }

    private static string Orchestrators => Environment.GetEnvironmentVariable("MONITORING_SOAK_ORCHESTRATORS") is { Length: > 0 } number ? number : "200";

    // What is published once each region has measured every orchestrator.
    private static async Task<SortedDictionary<(string Orchestrator, string Region), CellScores>> BoardOfAsync(
        PostgresServer postgres, string database, MonitorApi api, List<Node> nodes, IReadOnlyList<MonitorProcess> processes)
    {
        var pairs = (nodes.Count * Places.Length).ToString(CultureInfo.InvariantCulture);
        await UntilAsync(processes, async () => await postgres.QueryAsync(database, "SELECT count(DISTINCT (orchestrator, region)) FROM test_result WHERE revision > 0") == pairs);
        SortedDictionary<(string Orchestrator, string Region), CellScores> board = [];
        await UntilAsync(processes, async () =>
        {
            // A void leaves a cell empty until the next test.
            board = await api.BoardAsync(Cancel);
            return nodes.Where(n => n.IsGood).All(n => Places.All(p => board.ContainsKey((n.Id, p.Region))));
        });
        return board;
    }

    private static async Task UntilAsync(IReadOnlyList<MonitorProcess> processes, Func<Task<bool>> condition)
    {
        while (!await condition())
        {
            Assert.All(processes, p => Assert.False(p.HasExited, p.Said));
            await Task.Delay(TimeSpan.FromMilliseconds(500), Cancel);
        }
    }

    private static void VerifyDistance(SortedDictionary<(string Orchestrator, string Region), CellScores> board, IReadOnlyCollection<Node> nodes)
    {
        var good = nodes.Where(n => n.IsGood).ToList();
        var scores = Places.Select(p => good.Average(n => board[(n.Id, p.Region)].Score)).ToList();
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(", ", Places.Zip(scores, (p, score) => string.Create(CultureInfo.InvariantCulture, $"{p.RoundTrip} ms {score:0.000}"))) + $" ({good.Count} good nodes)");
        Assert.Equal(scores.OrderDescending(), scores);
        Assert.Equal(Places.Length, scores.Distinct().Count());
        Assert.All(scores, score => Assert.InRange(score, 0.05, 1));
    }

    private async Task VerifyKeptAsync(string centre, string address, IReadOnlyCollection<Node> nodes)
    {
        await using var import = MonitorProcess.StartIn(centre, _scratch.Path, Password, "import", "--from", address, "--to", "kept");
        Assert.True(await import.ExitAsync(Cancel) == 0, import.Said);
        await using var store = await JournalResultStore.OpenAsync(_scratch.At("kept/journal"), TimeProvider.System, null, Cancel);
        var measured = new List<OutcomeRevision>();
        await foreach (var revision in store.ReadAsync(new ResultQuery { From = DateTimeOffset.MinValue, Until = DateTimeOffset.MaxValue }, Cancel))
        {
            if (revision.Summary is not null) measured.Add(revision);
        }

        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(", ", measured.GroupBy(r => (r.Region, r.Outcome.Code)).OrderBy(g => g.Key).Select(g => $"{g.Key.Region} {g.Count()} x {g.Key.Code}")));
        Assert.All(nodes, n => Assert.Equal(Places.Select(p => p.Region), measured.Where(r => r.Orchestrator.Text == n.Id).Select(r => r.Region.Code).Distinct().Order()));

        // All clocks are this machine's, so times of different regions can be compared.
        foreach (var tests in measured.GroupBy(r => r.Orchestrator))
        {
            var spans = tests.Select(r => (From: r.Summary!.StartedAt, Until: r.Summary.StartedAt + r.Summary.Elapsed, r.Test)).OrderBy(s => s.From).ToList();
            Assert.All(spans.Zip(spans.Skip(1)), pair => Assert.True(pair.First.Until <= pair.Second.From, $"{pair.First.Test} and {pair.Second.Test} of {tests.Key} touch"));
        }

        // A round trip is at least the line's; a good node may be late, now and then, and nothing else.
        var late = new List<OutcomeRevision>();
        foreach (var test in measured.Where(r => nodes.Any(n => n.IsGood && n.Id == r.Orchestrator.Text)))
        {
            var roundTrip = Places.Single(p => p.Region == test.Region.Code).RoundTrip;
            Assert.All(test.Summary!.RoundTripsMicros, micros => Assert.InRange(micros, roundTrip * 1000L, long.MaxValue));
            Assert.True(test.Outcome.Class is OutcomeClass.Success or OutcomeClass.Void || IsLate(test.Outcome), $"{test.Test} over {roundTrip} ms: {test.Outcome}");
            if (IsLate(test.Outcome)) late.Add(test);
        }

        Assert.True(late.Count * 5 <= measured.Count, string.Join(", ", late.Select(t => $"{t.Test}: {t.Outcome}")));
    }

    // Of a line that loses each packet with 1 % each way, one connection in 2,500 loses both of the SYNs that are sent within its two seconds.
    private static bool IsLate(Outcome outcome) =>
        outcome.Code.ToString().EndsWith("TimedOut", StringComparison.Ordinal) ||
        (outcome.Code == OutcomeCode.Unreachable && outcome.Detail.EndsWith("accepted no connection within 2 s.", StringComparison.Ordinal));

    private async Task<MonitorProcess> StartAsync(string site, string region, string pin)
    {
        await using var add = MonitorProcess.Start(_scratch.Path, Nothing, "region", "add", region, "--out", region + ".key", "--config", "hub.json");
        Assert.True(await add.ExitAsync(Cancel) == 0, add.Said);
        return MonitorProcess.StartIn(
            site, _scratch.Path, Nothing, "region", "--hub", HubUrl, "--hub-pin", pin, "--key-file", region + ".key", "--data", "at-" + region, "--set", "Source:AllowLoopback=true", "--set", "Tests:Segments=1");
    }

    private async Task WriteHubAsync(IEnumerable<Node> nodes) => await File.WriteAllTextAsync(
        _scratch.At("hub.json"),
        JsonSerializer.Serialize(new
        {
            Urls = "http://127.0.0.1:8080",
            Data = "hub",
            Source = new { Orchestrators = nodes.Select(n => $"{n.Id}={n.Uri}") },
            Hub = new { Regions = Places.Select(p => p.Region), Urls = (string[])[HubUrl], CertificateFile = "hub.pem", CertificateKeyFile = "hub.key" },
        }),
        Cancel);

    // The JSON that 'simulate' prints, without what it says beside it.
    private static List<Node> Nodes(string said)
    {
        using var json = JsonDocument.Parse(said[said.IndexOf("{\n", StringComparison.Ordinal)..(said.IndexOf("\n}\n", StringComparison.Ordinal) + 2)]);
        return [.. json.RootElement.GetProperty("nodes").EnumerateArray().Select(n =>
            new Node(n.GetProperty("address").GetString()!, n.GetProperty("uri").GetString()!, n.GetProperty("behaviour").GetString() == "fast"))];
    }

    private sealed record Node(string Id, string Uri, bool IsGood);
}
