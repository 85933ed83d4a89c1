using Google.Protobuf;
using Monitoring.Livepeer.Wire;

namespace Monitoring.Simulator;

/// <summary>Without a chain: everybody is welcome, nothing is paid and nothing is signed, as with <c>-network offchain</c>.</summary>
internal sealed class OffChainSettlement : ISettlement
{
    public ByteString Address { get; } = ByteString.CopyFrom(new byte[20]);

    public string? ProblemOf(OrchestratorRequest request) => null;

    public string? ProblemOf(SegmentCredentials credentials) => null;

    public string? Complete(OrchestratorInfo info, ByteString sender) => null;

    public string? Take(Payment payment, string sessionId) => null;

    public void Debit(Payment payment, string sessionId, long pixels)
    {
    }

    public ByteString SignResult(ImmutableArray<ReadOnlyMemory<byte>> renditions) => ByteString.Empty;

    public ByteString SignPing(ByteString value) => ByteString.Empty;
}
