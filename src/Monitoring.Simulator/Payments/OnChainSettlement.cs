using System.Numerics;
using System.Text;
using Google.Protobuf;
using Monitoring.Core;
using Monitoring.Ethereum;
using Monitoring.Livepeer.Wire;

namespace Monitoring.Simulator;

/// <summary>
/// With a chain: who asks must have signed, who sends must pay, and results are signed (protocol sections 0 and 3). Balances, nonces and the
/// secret are those of one run of a node; a restart loses them, as a real one does.
/// </summary>
internal sealed class OnChainSettlement : ISettlement
{
    private readonly ISigner _signer;
    private readonly TicketIssuer _issuer;
    private readonly PaymentDesk _desk;

    public OnChainSettlement(
        ISigner signer, Rational price, OnChainOptions options, ReadOnlySpan<byte> ticketSecret, TimeProvider clock, CounterBoard counters,
        Func<Behaviour> behaviour)
    {
        var rand = new RecipientRand(ticketSecret);
        _signer = signer;
        _issuer = new TicketIssuer(signer.Address, price, options, rand, behaviour);
        _desk = new PaymentDesk(signer.Address, options, rand, clock, counters, behaviour);
        Address = ByteString.CopyFrom(signer.Address.ToByteArray());
    }

    public ByteString Address { get; }

    public string? ProblemOf(OrchestratorRequest request)
    {
        var address = Signed.AddressOf(request.Address);
        var signed = Keccak256.Hash(Encoding.ASCII.GetBytes(address.ToChecksumString()));
        return Signed.By(address, signed, request.Sig.Span) ? null : "orchestrator req sig check failed";
    }

    public string? ProblemOf(SegmentCredentials credentials) =>
        Signed.By(Signed.AddressOf(credentials.Payment.Sender), Keccak256.Hash(Flatten(credentials)), credentials.Segment.Sig.Span) ? null : "ErrSegSig";

    public void Witness(Payment payment) => _desk.Witness(payment);

    public ValueTask<string?> CompleteAsync(OrchestratorInfo info, ByteString sender, SessionStage? stage, CancellationToken cancellation)
    {
        var address = Signed.AddressOf(sender);
        return _issuer.CompleteAsync(info, address, stage, stage is null ? null : _desk.PinnedPrice(address, stage.Session), cancellation);
    }

    public ValueTask<string?> TakeAsync(Payment payment, string account, CancellationToken cancellation) => _desk.TakeAsync(payment, account, cancellation);

    public bool IsCovered(Payment payment, string session) => _desk.IsCovered(payment, session);

    public void Debit(Payment payment, string session, long pixels) => _desk.Debit(payment, session, pixels);

    public async ValueTask<ByteString> SignResultAsync(ImmutableArray<ReadOnlyMemory<byte>> renditions, bool wrongly, CancellationToken cancellation)
    {
        var all = new Keccak256();
        foreach (var rendition in renditions) all.Append(Keccak256.Hash(rendition.Span));
        if (wrongly) all.Append([0]);
        return ByteString.CopyFrom((await _signer.SignPersonalAsync(all.GetHashAndReset(), cancellation)).ToBytes());
    }

    public async ValueTask<ByteString> SignPingAsync(ByteString value, CancellationToken cancellation) =>
        ByteString.CopyFrom((await _signer.SignPersonalAsync(Keccak256.Hash(value.Span), cancellation)).ToBytes());

    /// <summary>What a segment's signature covers (protocol section 2.2), with the names as this side decoded them.</summary>
    private static byte[] Flatten(SegmentCredentials credentials)
    {
        var ids = string.Concat(credentials.Profiles.Select(profile =>
            Convert.ToHexStringLower(Keccak256.Hash(Encoding.UTF8.GetBytes(SegmentCredentials.NameOf(profile))).AsSpan()[..4])));
        return
        [
            .. credentials.Segment.ManifestId, .. BigEndian.Word(credentials.Segment.Seq), .. BigEndian.Fit(credentials.Segment.Hash.Span, 32),
            .. Encoding.ASCII.GetBytes(ids),
        ];
    }
}
