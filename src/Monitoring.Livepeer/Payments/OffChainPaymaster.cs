namespace Monitoring.Livepeer;

/// <summary>The paymaster of an off-chain network: the zero address, no signature, an empty payment (protocol reference, 1.5 and 2.1).</summary>
public sealed class OffChainPaymaster : IPaymaster
{
    private OffChainPaymaster()
    {
    }

    /// <summary>The only one there is.</summary>
    public static OffChainPaymaster Instance { get; } = new();

    /// <inheritdoc />
    public GatewayIdentity Identity { get; } = new(new byte[20], ReadOnlyMemory<byte>.Empty);

    /// <inheritdoc />
    public ValueTask<SegmentPayment> PayAsync(
        OrchestratorSession session, ClipSegment segment, ReadOnlyMemory<byte> flattened, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new SegmentPayment("", ReadOnlyMemory<byte>.Empty));
}
