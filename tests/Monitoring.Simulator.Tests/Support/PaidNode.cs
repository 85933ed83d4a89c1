using System.Numerics;
using Monitoring.Core;
using Monitoring.Livepeer.Wire;

namespace Monitoring.Simulator.Tests;

/// <summary>One on-chain node with a client that pays it, on a chain that a test can change.</summary>
internal sealed class PaidNode : IAsyncDisposable
{
    /// <summary>The pixels of one segment of the clip in the four profiles.</summary>
    public const long SegmentPixels = 60L * ((426 * 240) + (640 * 360) + (1024 * 576) + (1280 * 720));

    private readonly SimulatedFleet _fleet;

    private PaidNode(SimulatedFleet fleet, SimulatedChain chain) => (_fleet, Chain, Client) = (fleet, chain, new PayingClient(fleet.Nodes[0]));

    public SimulatedChain Chain { get; }

    public PayingClient Client { get; }

    public SimulatedNode Node => _fleet.Nodes[0];

    public static async Task<PaidNode> StartAsync(
        Behaviour behaviour, CancellationToken cancellation, Func<OnChainOptions, OnChainOptions>? change = null, Rational? price = null, TimeProvider? clock = null)
    {
        var chain = new SimulatedChain();
        var options = new OnChainOptions { Chain = chain };
        var fleet = await SimulatedFleet.StartAsync(
            new FleetOptions
            {
                Nodes = [new NodeOptions { Name = behaviour.Name, Behaviour = behaviour.AtOnce(), Price = price ?? 700 }],
                OnChain = change is null ? options : change(options),
                Clock = clock ?? TimeProvider.System,
            },
            cancellation);
        return new PaidNode(fleet, chain);
    }

    /// <summary>The expected value of a ticket with an info's parameters.</summary>
    public static Rational EvOf(OrchestratorInfo info) =>
        new(BigEndian.Read(info.TicketParams.FaceValue.Span) * BigEndian.Read(info.TicketParams.WinProb.Span), BigInteger.Pow(2, 256) - 1);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _fleet.DisposeAsync();
    }
}
