using System.Globalization;
using System.Net;
using System.Text.Json;
using Monitoring.Simulator;
using Monitoring.Testing;
using Monitoring.Testing.Postgres;
using Monitoring.Testing.Processes;

namespace Monitoring.Cluster.Tests.Processes;

/// <summary>A cluster of real processes on one machine: a database of its own, a simulated fleet in the test's process, hubs and regions.</summary>
internal sealed class ClusterProcesses : IAsyncDisposable
{
    private const string Program = "Monitoring.Cluster.dll";
    private readonly Scratch _scratch = new();
    private readonly List<HostProcess> _started = [];

    private ClusterProcesses(string database, SimulatedFleet fleet, string[] regions) => (Database, Fleet, Regions) = (database, fleet, regions);

    /// <summary>The address of the database, password included.</summary>
    public string Database { get; }

    /// <summary>The orchestrators.</summary>
    public SimulatedFleet Fleet { get; }

    /// <summary>The regions whose silos are members.</summary>
    public string[] Regions { get; }

    /// <summary>Settings of every process beside its own.</summary>
    public Dictionary<string, string> Settings { get; } = [];

    /// <summary>A database with the cluster's tables and a fleet; no process yet.</summary>
    public static async Task<ClusterProcesses> CreateAsync(FleetOptions fleet, string[] regions, CancellationToken cancellationToken)
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        var server = await PostgresServer.SharedAsync();
        var cluster = new ClusterProcesses(await server.CreateDatabaseAsync(), await SimulatedFleet.StartAsync(fleet, cancellationToken), regions);
        var migrate = cluster.Run("migrate");
        Assert.True(await migrate.ExitAsync(cancellationToken) == 0, migrate.Said);
        return cluster;
    }

    /// <summary>Starts a hub; it is ready when <see cref="UntilReadyAsync"/> says so.</summary>
    public HostProcess Hub(params string[] settings)
    {
        string[] own =
        [
            $"Source:Orchestrators={string.Join(',', Fleet.Nodes.Select(n => $"{n.Id.Text}={n.Uri.GetLeftPart(UriPartial.Authority)}"))}", "Source:AllowLoopback=true",
            "Schedule:TestsPerDay=1440", "Schedule:GuardSeconds=25", "Schedule:TestBudgetSeconds=22", "Schedule:SurpriseOneIn=0",
        ];
        return Run("hub", ["--urls", "http://127.0.0.1:0", .. Set([.. own, .. Silo, .. settings])]);
    }

    /// <summary>Starts the silo of a region, with data of its own.</summary>
    public HostProcess Region(string region, params string[] settings) => Run(
        "region", [
            "--urls", "http://127.0.0.1:0", "--region", region, "--data", _scratch.At("region-" + region), .. Set(["Source:AllowLoopback=true", .. Silo, .. settings])]);

    /// <summary>Starts the program.</summary>
    public HostProcess Run(string verb, params string[] arguments)
    {
        var environment = new Dictionary<string, string>(Settings) { ["MONITOR_Store__Url"] = Database };
        var process = HostProcess.Start(Program, site: null, _scratch.At("."), environment, [verb, .. arguments]);
        _started.Add(process);
        return process;
    }

    /// <summary>Waits until a process says at <c>/readyz</c> that it is ready.</summary>
    public static async Task<HttpClient> UntilReadyAsync(HostProcess process, CancellationToken cancellationToken)
    {
        var http = new HttpClient { BaseAddress = await process.UrlAsync(cancellationToken), Timeout = TimeSpan.FromSeconds(30) };
        while (true)
        {
            Assert.False(process.HasExited, process.Said);
            using var answer = await http.GetAsync("/readyz", cancellationToken);
            if (answer.StatusCode == HttpStatusCode.OK) return http;
            await Task.Delay(TimeSpan.FromMilliseconds(200), cancellationToken);
        }
    }

    /// <summary>The published cells of a board: orchestrator and region.</summary>
    public static async Task<HashSet<(string Orchestrator, string Region)>> CellsAsync(HttpClient hub, CancellationToken cancellationToken)
    {
        using var board = JsonDocument.Parse(await hub.GetStringAsync("/api/aggregated_stats", cancellationToken));
        return [.. board.RootElement.EnumerateObject().SelectMany(o => o.Value.EnumerateObject().Select(cell => (o.Name, cell.Name)))];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _started) await process.DisposeAsync();
        await Fleet.DisposeAsync();
        _scratch.Dispose();
    }

    // A silo says its port to the others before it listens, so the system cannot choose it.
    private string[] Silo =>
    [
        $"Cluster:Regions={string.Join(',', Regions)}", string.Create(CultureInfo.InvariantCulture, $"Cluster:SiloPort={FreePort.Find()}"), "Tests:Segments=2", "Log:Level=Information",
    ];

    /// <summary>Settings as arguments.</summary>
    internal static IEnumerable<string> Set(string[] settings) => settings.SelectMany(s => new[] { "--set", s });
}
