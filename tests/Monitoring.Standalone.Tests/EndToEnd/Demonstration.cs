using Monitoring.Simulator;
using Monitoring.Testing;

namespace Monitoring.Standalone.Tests.EndToEnd;

/// <summary>A monitor as it starts without any configuration, which also posts its results to a second one, for all tests of a class.</summary>
public sealed class Demonstration : IAsyncLifetime
{
    private const string Secret = "shared by the two of them";
    private readonly Scratch _scratch = new();
    private readonly Dictionary<string, string> _ids = [];
    private MonitorProcess? _monitor;
    private MonitorProcess? _other;

    internal MonitorProcess Monitor => _monitor!;

    /// <summary>The API of the monitor.</summary>
    internal MonitorApi Api { get; private set; } = null!;

    /// <summary>The API of the one that is posted to. It measures nothing in the regions of the other.</summary>
    internal MonitorApi OtherApi { get; private set; } = null!;

    internal string Data => _scratch.At("data");

    internal string Directory => _scratch.Path;

    internal IReadOnlyCollection<string> Orchestrators => _ids.Values;

    /// <summary>The address of the simulated node of that name, the same at every start.</summary>
    internal string IdOf(string name) => _ids[name];

    /// <inheritdoc />
    public async ValueTask InitializeAsync()
    {
        await using (var fleet = await SimulatedFleet.StartAsync(FleetOptions.Default, CancellationToken.None))
        {
            foreach (var node in fleet.Nodes) _ids[node.Name] = node.Id.Text;
        }

        _other = MonitorProcess.Start(
            _scratch.Path, new Dictionary<string, string> { ["MONITOR_Post__Secret"] = Secret },
            "--urls", "http://127.0.0.1:0", "--data", _scratch.At("other"), "--region", "NYC", "--orchestrator", "https://192.0.2.1:8935");
        var to = await _other.UrlAsync(CancellationToken.None);
        OtherApi = new MonitorApi(to);
        _monitor = MonitorProcess.Start(
            _scratch.Path, new Dictionary<string, string> { ["MONITOR_PostTo__Secret"] = Secret }, "--urls", "http://127.0.0.1:0", "--post-to", to.ToString());
        Api = new MonitorApi(await _monitor.UrlAsync(CancellationToken.None));
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_monitor is not null) await _monitor.DisposeAsync();
        if (_other is not null) await _other.DisposeAsync();
        Api?.Dispose();
        OtherApi?.Dispose();
        _scratch.Dispose();
    }
}
