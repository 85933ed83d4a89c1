using System.Globalization;
using System.Net;
using System.Text.Json;
using Monitoring.Simulator;
using Monitoring.Standalone.Tests.Sites;
using Monitoring.Testing;
using Monitoring.Testing.Postgres;
using Monitoring.Testing.Processes;

namespace Monitoring.Cluster.Tests.Processes;

/// <summary>
/// Two hubs, the silos of three regions and a fourth region that attaches to the first hub over HTTPS: six processes on one machine, each of which is
/// started again when it ends, around orchestrators that the test itself simulates and a PostgreSQL of its own. Silos speak mutual TLS with each other.
/// </summary>
internal sealed class WholeCluster : IAsyncDisposable
{
    public const string Remote = "NYC";

    /// <summary>The most seconds between a planned instant and the start of its test.</summary>
    public const int GuardSeconds = 22;

    public static readonly string[] Silos = ["FRA", "MDW", "SIN"];
    private const string ClusterProgram = "Monitoring.Cluster.dll";
    private const string StandaloneProgram = "monitor.dll";

    // The program of the release before, with which the cluster begins where one is named; each process is exchanged as it is restarted.
    private static readonly string Before = Environment.GetEnvironmentVariable("MONITORING_PREVIOUS") ?? ClusterProgram;
    private readonly HashSet<string> _exchanged = [];
    private readonly Scratch _scratch = new();
    private readonly Dictionary<int, int> _siloPorts = [];
    private readonly string _url;
    private readonly int _testsPerDay;
    private readonly int[] _ports = FreePort.Find(2);
    private readonly int[] _sitePorts = FreePort.Find(2);

    private WholeCluster(PostgresServer database, string url, SimulatedFleet fleet, int testsPerDay) => (Database, _url, Fleet, _testsPerDay) = (database, url, fleet, testsPerDay);

    /// <summary>True where <c>MONITORING_PREVIOUS</c> names the program that every process begins with.</summary>
    public static bool BeginsWithReleaseBefore => Before != ClusterProgram;

    public static IReadOnlyList<string> AllRegions { get; } = [.. Silos, Remote];

    public PostgresServer Database { get; }

    /// <summary>The address of the database, password included.</summary>
    public string Url => _url;

    public SimulatedFleet Fleet { get; }

    /// <summary>When the nodes could not answer.</summary>
    public OwnPauses Pauses { get; } = new();

    public List<Supervised> Hubs { get; } = [];

    public Dictionary<string, Supervised> Regions { get; } = [];

    /// <summary>By how many seconds the clocks of silos are wrong, from their next start on.</summary>
    public Dictionary<string, int> ClockOffsets { get; } = [];

    /// <summary>Where the hubs answer the API.</summary>
    public Uri[] HubUrls => [.. _ports.Select(p => new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{p}")))];

    /// <summary>Starts everything; the hubs are ready then.</summary>
    /// <param name="nodes">How many orchestrators.</param>
    /// <param name="testsPerDay">Rounds a day; at most as many as slots four times as long as <see cref="GuardSeconds"/> allow.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static async Task<WholeCluster> StartAsync(int nodes, int testsPerDay, CancellationToken cancellationToken)
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        var kind = FleetOptions.Default.Nodes[0];
        var fleet = await SimulatedFleet.StartAsync(
            FleetOptions.Default with { Nodes = [.. Enumerable.Range(0, nodes).Select(i => kind with { Name = string.Create(CultureInfo.InvariantCulture, $"node{i}"), Port = 0, MaxSessions = 100 })] },
            cancellationToken);
        var database = await PostgresServer.StartAsync();
        var cluster = new WholeCluster(database, await database.CreateDatabaseAsync(), fleet, testsPerDay);
        try
        {
            await cluster.PrepareAsync(cancellationToken);
            for (var i = 0; i < 2; i++)
            {
                var number = i;
                cluster.Hubs.Add(new Supervised(() => cluster.StartHub(number)));
                await cluster.UntilReadyAsync(number, cancellationToken);
            }

            foreach (var region in Silos) cluster.Regions[region] = new Supervised(() => cluster.StartSilo(region));
            cluster.Regions[Remote] = new Supervised(cluster.StartRemote);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Asks a hub to stop, and waits until another one of this release is ready in its place.</summary>
    public async Task RestartHubAsync(int hub, CancellationToken cancellationToken)
    {
        _exchanged.Add(NameOf(hub));
        await Hubs[hub].RestartAsync(cancellationToken);
        await UntilReadyAsync(hub, cancellationToken);
    }

    /// <summary>Asks a region to stop, and waits until another process of this release measures in its place.</summary>
    public async Task RestartRegionAsync(string region, CancellationToken cancellationToken)
    {
        _exchanged.Add(region);
        await Regions[region].RestartAsync(cancellationToken);
        await ATestOfAsync(region, cancellationToken);
    }

    /// <summary>Waits until a hub says at <c>/readyz</c> that it is ready.</summary>
    public async Task UntilReadyAsync(int hub, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { BaseAddress = HubUrls[hub], Timeout = TimeSpan.FromSeconds(10) };
        while (true)
        {
            try
            {
                using var answer = await http.GetAsync("/readyz", cancellationToken);
                if (answer.StatusCode == HttpStatusCode.OK) return;
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
            {
                // It is starting.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), cancellationToken);
        }
    }

    /// <summary>Waits until the board of a hub has a cell of each node for each region.</summary>
    public async Task UntilAllAreTestedAsync(int hub, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { BaseAddress = HubUrls[hub], Timeout = TimeSpan.FromSeconds(30) };
        while (true)
        {
            var cells = await ClusterProcesses.CellsAsync(http, cancellationToken);
            if (Fleet.Nodes.All(n => AllRegions.All(r => cells.Contains((n.Id.Text, r))))) return;
            await Task.Delay(TimeSpan.FromMilliseconds(500), cancellationToken);
        }
    }

    /// <summary>Waits until the board of a hub shows, from each of these regions, a test after an instant.</summary>
    public async Task UntilShownAsync(int hub, IReadOnlyCollection<string> regions, DateTimeOffset after, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { BaseAddress = HubUrls[hub], Timeout = TimeSpan.FromSeconds(30) };
        while (true)
        {
            using var read = JsonDocument.Parse(await http.GetStringAsync("/api/v1/orchestrators", cancellationToken));
            var fresh = read.RootElement.GetProperty("orchestrators").EnumerateArray()
                .SelectMany(o => o.GetProperty("regions").EnumerateObject())
                .Where(r => r.Value.GetProperty("lastTestAt") is { ValueKind: JsonValueKind.String } at && at.GetDateTimeOffset() > after)
                .Select(r => r.Name).ToHashSet();
            if (fresh.IsSupersetOf(regions)) return;
            await Task.Delay(TimeSpan.FromMilliseconds(250), cancellationToken);
        }
    }

    /// <summary>Waits until both hubs give the same board, and goes on giving it.</summary>
    /// <returns>Its bytes.</returns>
    public async Task<string> SameBoardAsync(CancellationToken cancellationToken)
    {
        using var one = new HttpClient { BaseAddress = HubUrls[0] };
        using var other = new HttpClient { BaseAddress = HubUrls[1] };
        while (true)
        {
            var before = await one.GetStringAsync("/api/aggregated_stats", cancellationToken);
            var there = await other.GetStringAsync("/api/aggregated_stats", cancellationToken);
            var after = await one.GetStringAsync("/api/aggregated_stats", cancellationToken);
            if (before == after && before == there && before.Length > 2) return before;
            await Task.Delay(TimeSpan.FromMilliseconds(300), cancellationToken);
        }
    }

    /// <summary>Waits until a test of a region ends from now on.</summary>
    public async Task ATestOfAsync(string region, CancellationToken cancellationToken)
    {
        var before = KeptResults.TestsIn(Regions[region].Said).Count();
        while (KeptResults.TestsIn(Regions[region].Said).Count() <= before) await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
    }

    /// <summary>Results that wait in a region's spool.</summary>
    public int SpooledOf(string region)
    {
        var spool = _scratch.At($"at-{region}/spool/{region}");
        return Directory.Exists(spool) ? Directory.EnumerateFiles(spool, "*.json").Count() : 0;
    }

    /// <summary>The tests that regions measured and spooled, as they said.</summary>
    public HashSet<string> Tested => [.. Regions.Values.SelectMany(r => KeptResults.TestsIn(r.Said))];

    /// <summary>Everything that any process said.</summary>
    public string Said => string.Join('\n', Regions.Values.Concat(Hubs).Select(p => p.Said));

    /// <summary>A single hub of the other kind on the same database, which leads the same regions; none of them calls it.</summary>
    public HostProcess StartStandalone()
    {
        string[] settings = [.. Both, $"Hub:Regions={string.Join(',', AllRegions)}"];
        return Start(StandaloneProgram, ["run", "--data", _scratch.At("standalone"), .. ClusterProcesses.Set([.. settings, "Urls=http://127.0.0.1:0", "Hub:Urls=http://127.0.0.1:0"])]);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in Regions.Values.Concat(Hubs)) await process.DisposeAsync();
        await Database.DisposeAsync();
        await Fleet.DisposeAsync();
        await Pauses.DisposeAsync();
        _scratch.Dispose();
    }

    private async Task PrepareAsync(CancellationToken cancellationToken)
    {
        using var authority = new CertificateAuthority(_scratch.Path, "authority");
        authority.Issue("hub", IPAddress.Loopback);
        authority.Issue("silo");
        await using var migrate = Start(ClusterProgram, ["migrate"]);
        Assert.True(await migrate.ExitAsync(cancellationToken) == 0, migrate.Said);
        await using var key = Start(ClusterProgram, ["region-key", "add", Remote, "--out", "remote.key"]);
        Assert.True(await key.ExitAsync(cancellationToken) == 0, key.Said);
    }

    private HostProcess StartHub(int number)
    {
        string[] settings =
        [
            .. Both, .. Silo(number), $"Hub:Regions={Remote}", string.Create(CultureInfo.InvariantCulture, $"Hub:Urls=https://127.0.0.1:{_sitePorts[number]}"),
            "Hub:CertificateFile=" + _scratch.At("hub.pem"), "Hub:CertificateKeyFile=" + _scratch.At("hub.key"),
        ];
        return Start(ProgramOf(NameOf(number)), ["hub", "--urls", HubUrls[number].GetLeftPart(UriPartial.Authority), .. ClusterProcesses.Set(settings)]);
    }

    private HostProcess StartSilo(string region)
    {
        string[] settings =
        [
            .. Silo(2 + Array.IndexOf(Silos, region)), "Source:AllowLoopback=true", "Tests:Segments=1",
            .. ClockOffsets.TryGetValue(region, out var offset) ? [string.Create(CultureInfo.InvariantCulture, $"Simulate:ClockOffset={offset}")] : Array.Empty<string>(),
        ];
        return Start(ProgramOf(region), ["region", "--region", region, "--data", _scratch.At("at-" + region), .. ClusterProcesses.Set(settings)]);
    }

    private HostProcess StartRemote() => Start(
        StandaloneProgram,
        [
            "region", "--hub", string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{_sitePorts[0]}"), "--key-file", "remote.key", "--data", _scratch.At("at-" + Remote),
            .. ClusterProcesses.Set(["Region:HubCaFile=" + _scratch.At("authority.pem"), "Source:AllowLoopback=true", "Tests:Segments=1"]),
        ]);

    private static string NameOf(int hub) => string.Create(CultureInfo.InvariantCulture, $"hub {hub}");

    private string ProgramOf(string name) => _exchanged.Contains(name) ? ClusterProgram : Before;

    private HostProcess Start(string program, string[] arguments) =>
        HostProcess.Start(program, site: null, _scratch.Path, program == StandaloneProgram && arguments[0] == "region" ? [] : new Dictionary<string, string> { ["MONITOR_Store__Url"] = _url }, arguments);

    // What every hub of either kind has.
    private string[] Both =>
    [
        $"Source:Orchestrators={string.Join(',', Fleet.Nodes.Select(n => $"{n.Id.Text}={n.Uri.GetLeftPart(UriPartial.Authority)}"))}", "Source:AllowLoopback=true",
        string.Create(CultureInfo.InvariantCulture, $"Schedule:TestsPerDay={_testsPerDay}"), string.Create(CultureInfo.InvariantCulture, $"Schedule:GuardSeconds={GuardSeconds}"),
        "Schedule:TestBudgetSeconds=20", "Schedule:SurpriseOneIn=0", "Tests:Segments=1",
    ];

    private string[] Silo(int number)
    {
        if (!_siloPorts.TryGetValue(number, out var port)) _siloPorts[number] = port = FreePort.Find();
        return
        [
            $"Cluster:Regions={string.Join(',', Silos)}", string.Create(CultureInfo.InvariantCulture, $"Cluster:SiloPort={port}"),
            "Cluster:CertificateFile=" + _scratch.At("silo.pem"), "Cluster:CertificateKeyFile=" + _scratch.At("silo.key"), "Cluster:CaFile=" + _scratch.At("authority.pem"),
        ];
    }}
