using Monitoring.Core;

namespace Monitoring.Livepeer;

/// <summary>
/// Who pays and signs for the segments of tests. Off-chain nobody does (<see cref="OffChainPaymaster"/>). One is shared by all tests of a
/// region; safe for concurrent use.
/// </summary>
public interface IPaymaster
{
    /// <summary>How we introduce ourselves in discovery.</summary>
    GatewayIdentity Identity { get; }

    /// <summary>Opens the purse of one test, shared by its streams. Nothing is signed or spent by this.</summary>
    /// <param name="job">The test, with its allowance.</param>
    IPurse Open(TestJob job);
}

/// <summary>The money of one test. Safe for concurrent use by its streams.</summary>
public interface IPurse
{
    /// <summary>What may have left so far. Final once every payment has been told its end.</summary>
    Spend Spent { get; }

    /// <summary>
    /// Judges a session before a stream begins with it: the order's price and ticket parameters by a gateway's own checks (protocol
    /// reference, 1.9 and 3.6), our funds, and whether the allowance covers the order. It signs nothing, and it may read the chain.
    /// </summary>
    /// <param name="session">What discovery opened.</param>
    /// <param name="order">What all streams of the test will ask of such sessions.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Completed, or why no segment may be sent.</returns>
    ValueTask<Outcome> ExamineAsync(OrchestratorSession session, StreamOrder order, CancellationToken cancellationToken);

    /// <summary>
    /// Pays for one segment and signs its credentials. It is called before the segment is handed to the HTTP client, so its time is not
    /// part of the round trip.
    /// </summary>
    /// <param name="session">The session that pays, with the latest price and ticket parameters.</param>
    /// <param name="segment">The segment.</param>
    /// <param name="profiles">The renditions asked for.</param>
    /// <param name="flattened">What the signature of the segment covers (<see cref="SegmentCredentials.Flatten"/>).</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The payment, which is to be told how it ended; or a refusal: then nothing may be sent.</returns>
    ValueTask<SegmentPayment> PayAsync(
        OrchestratorSession session, ClipSegment segment, ImmutableArray<RenditionProfile> profiles, ReadOnlyMemory<byte> flattened,
        CancellationToken cancellationToken);

    /// <summary>
    /// True when discovery should be asked for a new session before the next segment: the auth token is in the last tenth of its life, the
    /// ticket parameters expire, or they have no nonces left (protocol reference, 3.10). Never waits for the chain.
    /// </summary>
    /// <param name="session">The session as the last result left it.</param>
    bool NeedsRefresh(OrchestratorSession session);

    /// <summary>
    /// Judges what an orchestrator says of our money, of its parameters' expiry or of its own activity by our own chain read: it is excused only if
    /// we can confirm it (design section 5). Any other outcome comes back as it is.
    /// </summary>
    /// <param name="claimed">The outcome that the text alone would have.</param>
    /// <param name="session">The session that paid; null where there was none yet.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<Outcome> ConfirmAsync(Outcome claimed, OrchestratorSession? session, CancellationToken cancellationToken);
}

/// <summary>An address and the signature over its checksummed text (protocol reference, 1.5).</summary>
/// <param name="Address">20 bytes.</param>
/// <param name="Signature">65 bytes, or none off-chain.</param>
public sealed record GatewayIdentity(ReadOnlyMemory<byte> Address, ReadOnlyMemory<byte> Signature);

/// <summary>What all streams of a test ask for: it is known before the first segment is paid.</summary>
/// <param name="Durations">The durations of a stream's segments.</param>
/// <param name="Profiles">The renditions of each.</param>
/// <param name="Streams">How many streams, at least 1.</param>
public sealed record StreamOrder(ImmutableArray<TimeSpan> Durations, ImmutableArray<RenditionProfile> Profiles, int Streams);
