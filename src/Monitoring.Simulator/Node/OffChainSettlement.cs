using Google.Protobuf;
using Monitoring.Livepeer.Wire;

namespace Monitoring.Simulator;

/// <summary>Without a chain: everybody is welcome, nothing is paid and nothing is signed, as with <c>-network offchain</c>.</summary>
internal sealed class OffChainSettlement(Func<Behaviour> behaviour) : ISettlement
{
    public ByteString Address { get; } = ByteString.CopyFrom(new byte[20]);

    public string? ProblemOf(OrchestratorRequest request) => null;

    public string? ProblemOf(SegmentCredentials credentials) => null;

    public void Witness(Payment payment)
    {
    }

    public ValueTask<string?> CompleteAsync(OrchestratorInfo info, ByteString sender, SessionStage? stage, CancellationToken cancellation)
    {
        if (behaviour().WeiPerPixel is { } price) info.PriceInfo = new PriceInfo { PricePerUnit = price, PixelsPerUnit = 1 };
        return ValueTask.FromResult<string?>(null);
    }

    public ValueTask<string?> TakeAsync(Payment payment, string account, CancellationToken cancellation) => ValueTask.FromResult<string?>(null);

    public bool IsCovered(Payment payment, string session) => true;

    public void Debit(Payment payment, string session, long pixels)
    {
    }

    public ValueTask<ByteString> SignResultAsync(ImmutableArray<ReadOnlyMemory<byte>> renditions, bool wrongly, CancellationToken cancellation) =>
        ValueTask.FromResult(ByteString.Empty);

    public ValueTask<ByteString> SignPingAsync(ByteString value, CancellationToken cancellation) => ValueTask.FromResult(ByteString.Empty);
}
