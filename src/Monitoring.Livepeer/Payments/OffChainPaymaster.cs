using Monitoring.Core;

namespace Monitoring.Livepeer;

/// <summary>The paymaster of an off-chain network: the zero address, no signature, an empty payment (protocol reference, 1.5 and 2.1).</summary>
public sealed class OffChainPaymaster : IPaymaster, IPurse
{
    private OffChainPaymaster()
    {
    }

    /// <summary>The only one there is.</summary>
    public static OffChainPaymaster Instance { get; } = new();

    /// <inheritdoc />
    public GatewayIdentity Identity { get; } = new(new byte[20], ReadOnlyMemory<byte>.Empty);

    /// <inheritdoc />
    public Spend Spent => Spend.None;

    /// <inheritdoc />
    public IPurse Open(TestJob job) => this;

    /// <inheritdoc />
    public ValueTask<Outcome> ExamineAsync(OrchestratorSession session, StreamOrder order, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new Outcome(OutcomeCode.Completed));

    /// <inheritdoc />
    public ValueTask<SegmentPayment> PayAsync(
        OrchestratorSession session, ClipSegment segment, ImmutableArray<RenditionProfile> profiles, ReadOnlyMemory<byte> flattened,
        CancellationToken cancellationToken) =>
        ValueTask.FromResult(new SegmentPayment("", ReadOnlyMemory<byte>.Empty));

    /// <inheritdoc />
    public bool NeedsRefresh(OrchestratorSession session) => false;

    /// <inheritdoc />
    public ValueTask<Outcome> ConfirmAsync(Outcome claimed, OrchestratorSession? session, CancellationToken cancellationToken) => ValueTask.FromResult(claimed);
}
