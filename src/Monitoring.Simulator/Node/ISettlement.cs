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

    /// <summary>Adds price and ticket parameters to the info.</summary>
    /// <returns>What keeps it from doing so, in the orchestrator's words; null if nothing does.</returns>
    string? Complete(OrchestratorInfo info, ByteString sender);

    /// <summary>Takes the tickets and looks at the balance; the text of the 400 answer, null if the segment is paid for.</summary>
    string? Take(Payment payment, string sessionId);

    /// <summary>Takes the price of delivered pixels off the session's balance.</summary>
    void Debit(Payment payment, string sessionId, long pixels);

    /// <summary>The signature over a result's rendition bytes, in order.</summary>
    ByteString SignResult(ImmutableArray<ReadOnlyMemory<byte>> renditions);

    /// <summary>The signature over a ping's value.</summary>
    ByteString SignPing(ByteString value);
}
