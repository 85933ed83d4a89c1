using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Google.Protobuf;
using Monitoring.Ethereum;
using Monitoring.Livepeer.Wire;

namespace Monitoring.Simulator.Tests;

/// <summary>
/// A gateway with a throw-away key that pays what it is told to and checks nothing. It is written anew from the protocol's text, so that the
/// node is not tested with its own code.
/// </summary>
internal sealed class PayingClient(SimulatedNode node) : IDisposable
{
    private readonly RawClient _http = new(node);
    private readonly LocalSigner _signer = LocalSigner.FromPrivateKey([.. Enumerable.Repeat((byte)5, 32)]);

    public RawClient Http => _http;

    public Address Address => _signer.Address;

    public SenderAccount Account => node.Counters.Senders.GetValueOrDefault(Address) ?? new SenderAccount();

    public void Dispose()
    {
        _http.Dispose();
        _signer.Dispose();
    }

    public async Task<ByteString> SignAsync(byte[] hash) => ByteString.CopyFrom((await _signer.SignPersonalAsync(hash, CancellationToken.None)).ToBytes());

    public async Task<GrpcReply> CallDiscoveryAsync(CancellationToken cancellation)
    {
        var request = new OrchestratorRequest
        {
            Address = ByteString.CopyFrom(Address.ToByteArray()),
            Sig = await SignAsync(Keccak256.Hash(Encoding.ASCII.GetBytes(Address.ToChecksumString()))),
        };
        return await _http.CallAsync("GetOrchestrator", request.ToByteArray(), cancellation);
    }

    public async Task<OrchestratorInfo> DiscoverAsync(CancellationToken cancellation)
    {
        var reply = await CallDiscoveryAsync(cancellation);
        Assert.True(reply.Status == "0", reply.Text);
        return OrchestratorInfo.Parser.ParseFrom(reply.Message);
    }

    /// <summary>Tickets with the given nonces, all parameters from one info.</summary>
    public async Task<Payment> PayAsync(OrchestratorInfo info, params uint[] nonces)
    {
        var payment = new Payment { Sender = ByteString.CopyFrom(Address.ToByteArray()), ExpectedPrice = info.PriceInfo?.Clone() };
        if (nonces.Length == 0) return payment;
        payment.TicketParams = info.TicketParams.Clone();
        payment.TicketParams.ExpirationParams = null;
        payment.ExpirationParams = info.TicketParams.ExpirationParams;
        foreach (var nonce in nonces) payment.TicketSenderParams.Add(new TicketSenderParams { SenderNonce = nonce, Sig = await SignAsync(HashOf(payment, nonce)) });
        return payment;
    }

    public async Task<HttpResponseMessage> UploadAsync(AuthToken token, Payment payment, int number, CancellationToken cancellation, Action<SegData>? spoil = null)
    {
        var segment = Repository.ClipSegment(number);
        var credentials = RawClient.Credentials(token, number, segment);
        credentials.Sig = await SignAsync(Keccak256.Hash(Flatten(credentials)));
        spoil?.Invoke(credentials);
        return await SendAsync("/segment", payment, credentials, segment, cancellation);
    }

    public Task<HttpResponseMessage> SendAsync(string path, Payment payment, SegData credentials, byte[] body, CancellationToken cancellation)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("video/MP2T");
        request.Headers.TryAddWithoutValidation("Livepeer-Segment", Convert.ToBase64String(credentials.ToByteArray()));
        request.Headers.TryAddWithoutValidation("Livepeer-Payment", Convert.ToBase64String(payment.ToByteArray()));
        return _http.SendAsync(request, cancellation);
    }

    /// <summary>Uploads a segment that is accepted.</summary>
    public async Task<TranscodeResult> TranscodeAsync(AuthToken token, Payment payment, int number, CancellationToken cancellation)
    {
        using var response = await UploadAsync(token, payment, number, cancellation);
        var body = await response.Content.ReadAsByteArrayAsync(cancellation);
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{(int)response.StatusCode} {Encoding.UTF8.GetString(body)}");
        var result = TranscodeResult.Parser.ParseFrom(body);
        Assert.Equal("", result.Error);
        return result;
    }

    /// <summary>Uploads a segment that is refused.</summary>
    public async Task<(int Status, string Text)> RefusedAsync(AuthToken token, Payment payment, int number, CancellationToken cancellation, Action<SegData>? spoil = null)
    {
        using var response = await UploadAsync(token, payment, number, cancellation, spoil);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(cancellation));
    }

    public static byte[] Flatten(SegData segment)
    {
        var seq = new byte[32];
        BinaryPrimitives.WriteInt64BigEndian(seq.AsSpan(24), segment.Seq);
        var ids = segment.FullProfiles.Select(p => Convert.ToHexStringLower(Keccak256.Hash(Encoding.UTF8.GetBytes(p.Name))[..4]));
        return [.. segment.ManifestId, .. seq, .. segment.Hash, .. Encoding.ASCII.GetBytes(string.Concat(ids))];
    }

    private byte[] HashOf(Payment payment, uint nonce)
    {
        static byte[] Padded(ReadOnlySpan<byte> bytes) => bytes.Length >= 32 ? bytes.ToArray() : [.. new byte[32 - bytes.Length], .. bytes];
        var number = new byte[32];
        BinaryPrimitives.WriteUInt32BigEndian(number.AsSpan(28), nonce);
        var round = new byte[32];
        BinaryPrimitives.WriteInt64BigEndian(round.AsSpan(24), payment.ExpirationParams.CreationRound);
        var terms = payment.TicketParams;
        return Keccak256.Hash(
        [
            .. terms.Recipient, .. Address.ToByteArray(), .. Padded(terms.FaceValue.Span), .. Padded(terms.WinProb.Span), .. number,
            .. terms.RecipientRandHash, .. round, .. payment.ExpirationParams.CreationRoundBlockHash,
        ]);
    }
}
