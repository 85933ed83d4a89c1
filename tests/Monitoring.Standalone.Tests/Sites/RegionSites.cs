using System.Globalization;
using System.Text.Json;
using Monitoring.Simulator;
using Monitoring.Standalone.Tests.EndToEnd;
using Monitoring.Storage.Postgres;
using Monitoring.Testing;
using Monitoring.Testing.Postgres;

namespace Monitoring.Standalone.Tests.Sites;

/// <summary>
/// One hub and three region processes on this machine, all real, around orchestrators that the test itself simulates, so that it sees what reaches
/// them. Each region has a directory and a key of its own; any of the processes may be killed and started again. The hub keeps results in a journal,
/// or in a PostgreSQL of its own.
/// </summary>
internal sealed class RegionSites : IAsyncDisposable
{
    public static readonly string[] Regions = ["FRA", "MDW", "SIN"];

    /// <summary>Each region tests each orchestrator once in 67 s: slots just longer than their guard.</summary>
    public const int OftenADay = 1300;

    private readonly int _testsPerDay;
    private readonly Scratch _scratch = new();
    private readonly int _port = FreePort.Find();
    private readonly List<string> _said = [];
    private readonly Dictionary<string, string> _hubSettings = new() { ["PGPASSWORD"] = PostgresServer.Password };

    private RegionSites(SimulatedFleet fleet, int testsPerDay, PostgresServer? database) => (Fleet, _testsPerDay, Database) = (fleet, testsPerDay, database);

    public SimulatedFleet Fleet { get; }

    /// <summary>The database of the hub's results; null where they are in a journal.</summary>
    public PostgresServer? Database { get; }

    /// <summary>When the nodes could not answer.</summary>
    public OwnPauses Pauses { get; } = new();

    public MonitorProcess Hub { get; private set; } = null!;

    public Dictionary<string, MonitorProcess> Processes { get; } = [];

    public MonitorApi Api { get; private set; } = null!;

    /// <summary>Starts everything.</summary>
    /// <param name="nodes">How many orchestrators.</param>
    /// <param name="testsPerDay">Rounds a day; <see cref="OftenADay"/> at most.</param>
    /// <param name="onPostgres">Results in a PostgreSQL of its own, which must be installed; else in a journal.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <param name="settings">Variables of the hub.</param>
    public static async Task<RegionSites> StartAsync(int nodes, int testsPerDay, bool onPostgres, CancellationToken cancellationToken, IReadOnlyDictionary<string, string>? settings = null)
    {
        var kind = FleetOptions.Default.Nodes[0];
        var fleet = await SimulatedFleet.StartAsync(
            FleetOptions.Default with { Nodes = [.. Enumerable.Range(0, nodes).Select(i => kind with { Name = string.Create(CultureInfo.InvariantCulture, $"node{i}"), Port = 0, MaxSessions = 100 })] },
            cancellationToken);
        var sites = new RegionSites(fleet, testsPerDay, onPostgres ? await PostgresServer.StartAsync() : null);
        foreach (var (name, value) in settings ?? Nothing) sites._hubSettings[name] = value;
        try
        {
            if (sites.Database is { } database)
            {
                var name = PostgresUrl.Parse(await database.CreateDatabaseAsync()).Display.Split('/')[^1];
                sites.StoreUrl = string.Create(CultureInfo.InvariantCulture, $"postgres://{PostgresServer.User}@127.0.0.1:{database.Port}/{name}");
            }

            await File.WriteAllTextAsync(sites._scratch.At("hub.json"), sites.HubConfiguration(), cancellationToken);
            foreach (var region in Regions)
            {
                await using var add = MonitorProcess.Start(sites._scratch.Path, Nothing, "region", "add", region, "--out", region + ".key", "--config", "hub.json");
                Assert.Equal(0, await add.ExitAsync(cancellationToken));
            }

            await sites.StartHubAsync(cancellationToken);
            foreach (var region in Regions) sites.StartRegion(region);
            return sites;
        }
        catch
        {
            await sites.DisposeAsync();
            throw;
        }
    }

    public async Task StartHubAsync(CancellationToken cancellationToken)
    {
        if (Hub is { } before)
        {
            Hub = null!;
            await RetireAsync(before);
        }

        Hub = MonitorProcess.Start(_scratch.Path, _hubSettings, ["run", "--config", "hub.json", .. Schedule, .. Store]);
        Api?.Dispose();
        Api = new MonitorApi(await Hub.UrlAsync(cancellationToken));
    }

    /// <summary>The results of a hub that has stopped, in a journal: its own, or one that its database was written out to.</summary>
    public async Task<string> JournalAsync(CancellationToken cancellationToken)
    {
        if (StoreUrl is null) return At("hub/journal");
        await using var import = MonitorProcess.Start(_scratch.Path, _hubSettings, "import", "--from", StoreUrl, "--to", "kept");
        Assert.True(await import.ExitAsync(cancellationToken) == 0, import.Said);
        return At("kept/journal");
    }

    public void StartRegion(string region, params string[] more) => StartRegion(region, _scratch.At("at-" + region), more);

    /// <summary>Starts a region with its data in that directory; it must not run.</summary>
    public void StartRegion(string region, string data, string[] more) => Processes[region] = MonitorProcess.Start(
        _scratch.Path, Nothing,
        [
            "region", "--hub", string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}"), "--key-file", region + ".key", "--data", data,
            "--set", "Source:AllowLoopback=true", "--set", "Tests:Segments=1", .. more,
        ]);

    /// <summary>Takes a region's process out of sight, and keeps what it said.</summary>
    public async Task RetireAsync(string region)
    {
        if (Processes.Remove(region, out var process)) await RetireAsync(process);
    }

    private async Task RetireAsync(MonitorProcess process)
    {
        await process.DisposeAsync();
        _said.Add(process.Said);
    }

    /// <summary>Runs a subcommand on the hub's data.</summary>
    public async Task<string> CommandAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        await using var process = MonitorProcess.Start(_scratch.Path, Nothing, [.. arguments, "--config", "hub.json"]);
        Assert.Equal(0, await process.ExitAsync(cancellationToken));
        return process.Said;
    }

    /// <summary>Waits until a region is as expected by the hub's page of the instrument.</summary>
    public Task UntilInstrumentAsync(string region, Func<string, string, bool> condition, CancellationToken cancellationToken) => Api.UntilRegionAsync(region, condition, cancellationToken);

    /// <summary>Waits until the board has a cell of each node for each of these regions.</summary>
    public async Task UntilAllAreTestedFromAsync(IReadOnlyCollection<string> regions, CancellationToken cancellationToken)
    {
        while (true)
        {
            var board = await Api.BoardAsync(cancellationToken);
            if (Fleet.Nodes.All(n => regions.All(r => board.ContainsKey((n.Id.Text, r))))) return;
            await Task.Delay(TimeSpan.FromMilliseconds(500), cancellationToken);
        }
    }

    /// <summary>Stops all gracefully: regions first, then the hub.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        foreach (var process in Processes.Values) process.Signal(15);
        foreach (var process in Processes.Values) Assert.True(await process.ExitAsync(cancellationToken) == 0, process.Said);
        Hub.Signal(15);
        Assert.True(await Hub.ExitAsync(cancellationToken) == 0, Hub.Said);
    }

    /// <summary>Everything that any process ever said.</summary>
    public string Said => string.Join('\n', _said.Concat(Processes.Values.Append(Hub).Select(p => p.Said)));

    /// <summary>The tests that regions measured and spooled, as they said.</summary>
    public HashSet<string> Tested => [.. KeptResults.TestsIn(Said)];

    /// <summary>Results that wait in the regions' spools.</summary>
    public int SpooledOf(string region) => Directory.Exists(SpoolOf(region)) ? Directory.EnumerateFiles(SpoolOf(region), "*.json").Count() : 0;

    public string SpoolOf(string region) => _scratch.At($"at-{region}/spool/{region}");

    public string At(string name) => _scratch.At(name);

    public async ValueTask DisposeAsync()
    {
        foreach (var process in Processes.Values) await process.DisposeAsync();
        if (Hub is not null) await Hub.DisposeAsync();
        Api?.Dispose();
        if (Database is not null) await Database.DisposeAsync();
        await Fleet.DisposeAsync();
        await Pauses.DisposeAsync();
        _scratch.Dispose();
    }

    private static Dictionary<string, string> Nothing { get; } = [];

    // One segment.
    private string[] Schedule =>
    [
        "--tests-per-day", _testsPerDay.ToString(CultureInfo.InvariantCulture), "--set", "Schedule:GuardSeconds=22", "--set", "Schedule:TestBudgetSeconds=20", "--set", "Schedule:SurpriseOneIn=0",
        "--set", "Tests:Segments=1",
    ];

    private string? StoreUrl { get; set; }

    private string[] Store => StoreUrl is null ? [] : ["--store", StoreUrl];

    private string HubConfiguration() => JsonSerializer.Serialize(new
    {
        Urls = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}"),
        Data = "hub",
        Source = new { Orchestrators = Fleet.Nodes.Select(n => $"{n.Id}={n.Uri.GetLeftPart(UriPartial.Authority)}"), AllowLoopback = true },
        Hub = new { Regions },
        Regions = Regions.Select(r => new { Id = r, Name = r + " (simulated on one machine)", Type = "transcoding" }),
    });
}
