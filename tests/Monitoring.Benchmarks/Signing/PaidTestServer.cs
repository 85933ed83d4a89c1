using Monitoring.Simulator;

namespace Monitoring.Benchmarks;

/// <summary>The orchestrator of <see cref="PaidTestBenchmark"/>, in a process of its own so that its work is not counted.</summary>
internal static class PaidTestServer
{
    public static async Task<int> RunAsync(bool paid, CancellationToken stop)
    {
        await using var fleet = await SimulatedFleet.StartAsync(
            new FleetOptions { Nodes = [new NodeOptions { Name = "node", Behaviour = Behaviour.Fast }], OnChain = paid ? new OnChainOptions() : null }, stop);
        await Child.ServeAsync(fleet.Nodes[0].Uri.Port, stop);
        return ExitCode.Ok;
    }
}
