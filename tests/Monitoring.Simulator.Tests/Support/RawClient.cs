using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Monitoring.Ethereum;
using Monitoring.Livepeer.Wire;

namespace Monitoring.Simulator.Tests;

/// <summary>Speaks to a node by plain HttpClient, knowing nothing of the project's own client.</summary>
internal sealed class RawClient : IDisposable
{
    public static readonly ImmutableArray<VideoProfile> FourProfiles =
    [
        .. KeptRenditions.Profiles.Select(p => new VideoProfile { Name = p.Name, Width = p.Width, Height = p.Height, Bitrate = 600_000, Fps = 30 }),
    ];

    private readonly HttpClient _http;

    public RawClient(SimulatedNode node, Version? version = null)
    {
        var handler = new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.Subject == certificate?.Issuer }, UseProxy = false };
        _http = new HttpClient(handler)
        {
            BaseAddress = node.Uri,
            DefaultRequestVersion = version ?? HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    public void Dispose() => _http.Dispose();

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation) =>
        _http.SendAsync(Versioned(request), HttpCompletionOption.ResponseHeadersRead, cancellation);

    public Task<byte[]> GetBytesAsync(string url, CancellationToken cancellation) => _http.GetByteArrayAsync(url, cancellation);

    public Task<HttpResponseMessage> GetAsync(string url, CancellationToken cancellation) => _http.GetAsync(url, cancellation);

    public async Task<GrpcReply> CallAsync(string method, byte[] message, CancellationToken cancellation)
    {
        var frame = new byte[5 + message.Length];
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), (uint)message.Length);
        message.CopyTo(frame, 5);
        return await CallFramedAsync(method, frame, cancellation);
    }

    public async Task<GrpcReply> CallFramedAsync(string method, byte[] frame, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/net.Orchestrator/" + method) { Content = new ByteArrayContent(frame) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        using var response = await SendAsync(request, cancellation);
        var body = await response.Content.ReadAsByteArrayAsync(cancellation);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/grpc", response.Content.Headers.ContentType?.ToString());
        string Trailer(string name) => response.TrailingHeaders.TryGetValues(name, out var values) ? values.Single() : "";
        return new GrpcReply(body, Trailer("grpc-status"), Trailer("grpc-message"));
    }

    /// <summary>Discovery as an off-chain gateway does it.</summary>
    public async Task<OrchestratorInfo> DiscoverAsync(CancellationToken cancellation)
    {
        var request = new OrchestratorRequest { Address = ByteString.CopyFrom(new byte[20]) };
        var reply = await CallAsync("GetOrchestrator", request.ToByteArray(), cancellation);
        Assert.Equal("0", reply.Status);
        return OrchestratorInfo.Parser.ParseFrom(reply.Message);
    }

    public static SegData Credentials(AuthToken token, long seq, byte[] segment, IEnumerable<VideoProfile>? profiles = null)
    {
        var data = new SegData
        {
            ManifestId = ByteString.CopyFromUtf8("manifest"),
            Seq = seq,
            Hash = ByteString.CopyFrom(Keccak256.Hash(segment)),
            Profiles = ByteString.CopyFromUtf8("invalid"),
            Duration = 2000,
            AuthToken = token,
            Capabilities = new Capabilities { Bitstring = { 0x4001003 } },
        };
        data.FullProfiles.AddRange((profiles ?? FourProfiles).Select(profile => profile.Clone()));
        return data;
    }

    /// <summary>Uploads a segment and returns once the headers are there.</summary>
    public Task<HttpResponseMessage> UploadAsync(SegData credentials, byte[] segment, CancellationToken cancellation)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/segment") { Content = new ByteArrayContent(segment) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("video/MP2T");
        request.Headers.TryAddWithoutValidation("Livepeer-Segment", Convert.ToBase64String(credentials.ToByteArray()));
        request.Headers.TryAddWithoutValidation("Livepeer-Payment", "");
        return SendAsync(request, cancellation);
    }

    public async Task<TranscodeResult> TranscodeAsync(SegData credentials, byte[] segment, CancellationToken cancellation)
    {
        using var response = await UploadAsync(credentials, segment, cancellation);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return TranscodeResult.Parser.ParseFrom(await response.Content.ReadAsByteArrayAsync(cancellation));
    }

    /// <summary>Uploads one segment of the clip and downloads what came of it.</summary>
    public async Task<byte[][]> TranscodeClipAsync(AuthToken token, int number, CancellationToken cancellation)
    {
        var segment = Repository.ClipSegment(number);
        var result = await TranscodeAsync(Credentials(token, number, segment), segment, cancellation);
        Assert.Equal("", result.Error);
        return await Task.WhenAll(result.Data.Segments.Select(s => GetBytesAsync(s.Url, cancellation)));
    }

    public async Task EndAsync(AuthToken token, CancellationToken cancellation)
    {
        var reply = await CallAsync("EndTranscodingSession", new EndTranscodingSessionRequest { AuthToken = token }.ToByteArray(), cancellation);
        Assert.Equal("0", reply.Status);
    }

    private HttpRequestMessage Versioned(HttpRequestMessage request)
    {
        request.Version = _http.DefaultRequestVersion;
        request.VersionPolicy = _http.DefaultVersionPolicy;
        return request;
    }
}

/// <summary>A gRPC answer: the framed body and the two trailers, empty where absent.</summary>
internal sealed record GrpcReply(byte[] Body, string Status, string Text)
{
    public byte[] Message
    {
        get
        {
            Assert.Equal(0, Body[0]);
            Assert.Equal((uint)(Body.Length - 5), BinaryPrimitives.ReadUInt32BigEndian(Body.AsSpan(1)));
            return Body[5..];
        }
    }
}
