using System.Text.Json;
using Monitoring.Simulator;
using Monitoring.Standalone.Configuration;
using Monitoring.Standalone.Sources;
using Monitoring.Storage;

namespace Monitoring.Standalone.Run;

/// <summary>
/// Starts the simulated network on the ports of its last start, as real orchestrators keep their addresses: the plan of a day depends on the
/// address, so with others a restart would plan the day anew and could not take what was measured, but not reported, by the former plan.
/// </summary>
internal static class RememberedPorts
{
    private const string Kind = "network";
    private const string Key = "ports";

    /// <summary>Starts the nodes; where a remembered port is taken, all get new ones.</summary>
    /// <exception cref="IOException">A port that was asked for is taken, or the ports cannot be remembered.</exception>
    public static async Task<SimulatedFleet> StartAsync(SimulateOptions options, IStateLog memory, CancellationToken cancellationToken)
    {
        var layout = SimulatedNetwork.Fleet(options);
        if (options.FirstPort is not null) return await SimulatedFleet.StartAsync(layout, cancellationToken);
        var fleet = await TryStartAsync(layout, Read(memory), cancellationToken) ?? await SimulatedFleet.StartAsync(layout, cancellationToken);
        await memory.PutAsync(Kind, Key, JsonSerializer.Serialize(fleet.Nodes.Select(node => node.Uri.Port)), cancellationToken);
        return fleet;
    }

    private static async Task<SimulatedFleet?> TryStartAsync(FleetOptions layout, int[] ports, CancellationToken cancellationToken)
    {
        if (ports.Length < layout.Nodes.Length) return null;
        try
        {
            return await SimulatedFleet.StartAsync(layout with { Nodes = [.. layout.Nodes.Zip(ports, (node, port) => node with { Port = port })] }, cancellationToken);
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
        {
            return null;
        }
    }

    private static int[] Read(IStateLog memory) => memory.Find(Kind, Key) is { } json ? JsonSerializer.Deserialize<int[]>(json) ?? [] : [];
}
