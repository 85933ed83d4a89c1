using Google.Protobuf;
using Monitoring.Livepeer.Wire;

namespace Monitoring.Simulator;

/// <summary>
/// The part of an orchestrator that depends on a chain: who the client is, what it pays, and what the node signs. One per run of a node.
/// </summary>
internal interface ISettlement
{
    /// <summary>The address that signs results, 20 bytes.</summary>
    ByteString Address { get; }

    /// <summary>What is wrong with a discovery request, in the orchestrator's words; null if nothing is.</summary>
    string? ProblemOf(OrchestratorRequest request);

    /// <summary>What is wrong with the signature of a segment; null if nothing is.</summary>
    string? ProblemOf(SegmentCredentials credentials);

    /// <summary>Sees a payment as it comes in, whatever becomes of its request.</summary>
    void Witness(Payment payment);

    /// <summary>Adds price and ticket parameters to the info.</summary>
    /// <param name="info">The info, complete but for those.</param>
    /// <param name="sender">Who asks.</param>
    /// <param name="stage">The session whose result the info accompanies; null in discovery.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>What keeps it from doing so, in the orchestrator's words; null if nothing does.</returns>
    ValueTask<string?> CompleteAsync(OrchestratorInfo info, ByteString sender, SessionStage? stage, CancellationToken cancellation);

    /// <summary>Takes the tickets of a payment to the account of a session or stream.</summary>
    /// <returns>The text of the 400 answer; null if nothing is wrong.</returns>
    ValueTask<string?> TakeAsync(Payment payment, string account, CancellationToken cancellation);

    /// <summary>Whether the session's balance opens the door for one more segment.</summary>
    bool IsCovered(Payment payment, string session);

    /// <summary>Takes the price of delivered pixels off the session's balance.</summary>
    /// <exception cref="HandlerPanicException">The payment states no price to debit by.</exception>
    void Debit(Payment payment, string session, long pixels);

    /// <summary>The signature over a result's rendition bytes, in order; or, to misbehave, over something else.</summary>
    ValueTask<ByteString> SignResultAsync(ImmutableArray<ReadOnlyMemory<byte>> renditions, bool wrongly, CancellationToken cancellation);

    /// <summary>The signature over a ping's value.</summary>
    ValueTask<ByteString> SignPingAsync(ByteString value, CancellationToken cancellation);
}
