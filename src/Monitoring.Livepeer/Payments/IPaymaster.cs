namespace Monitoring.Livepeer;

/// <summary>Who pays and signs for the segments of a test. Off-chain nobody does (<see cref="OffChainPaymaster"/>).</summary>
public interface IPaymaster
{
    /// <summary>How we introduce ourselves in discovery.</summary>
    GatewayIdentity Identity { get; }

    /// <summary>
    /// Pays for one segment and signs its credentials. It is called before the segment is handed to the HTTP client, so its time is not
    /// part of the round trip.
    /// </summary>
    /// <param name="session">The session that pays, with the latest price and ticket parameters.</param>
    /// <param name="segment">The segment.</param>
    /// <param name="flattened">What the signature of the segment covers (<see cref="SegmentCredentials.Flatten"/>).</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The header's value and the signature.</returns>
    ValueTask<SegmentPayment> PayAsync(
        OrchestratorSession session, ClipSegment segment, ReadOnlyMemory<byte> flattened, CancellationToken cancellationToken);
}

/// <summary>An address and the signature over its checksummed text (protocol reference, 1.5).</summary>
/// <param name="Address">20 bytes.</param>
/// <param name="Signature">65 bytes, or none off-chain.</param>
public sealed record GatewayIdentity(ReadOnlyMemory<byte> Address, ReadOnlyMemory<byte> Signature);

/// <summary>What accompanies one segment.</summary>
/// <param name="Header">Value of <c>Livepeer-Payment</c>: base64 of a <c>Payment</c>, or empty.</param>
/// <param name="Signature">Value of <c>SegData.sig</c>: 65 bytes, or none.</param>
public readonly record struct SegmentPayment(string Header, ReadOnlyMemory<byte> Signature);
