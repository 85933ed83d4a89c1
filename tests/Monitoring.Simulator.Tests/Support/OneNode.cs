namespace Monitoring.Simulator.Tests;

/// <summary>A fleet of one node with a given behaviour.</summary>
internal static class OneNode
{
    /// <summary>A behaviour that loses no time, so that a manual clock need not be moved.</summary>
    public static Behaviour AtOnce(this Behaviour behaviour) => behaviour with { TranscodingTime = TimeSpan.Zero };

    public static FleetOptions Of(Behaviour behaviour) => new() { Nodes = [new NodeOptions { Name = behaviour.Name, Behaviour = behaviour }] };

    public static Task<SimulatedFleet> StartAsync(Behaviour behaviour, CancellationToken cancellation) =>
        SimulatedFleet.StartAsync(Of(behaviour), cancellation);
}
