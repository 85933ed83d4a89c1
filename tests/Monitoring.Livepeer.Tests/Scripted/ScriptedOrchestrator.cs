using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace Monitoring.Livepeer.Tests;

/// <summary>
/// A server on loopback that answers the way a script says: by default like a good orchestrator whose renditions are made already. It takes
/// the place of the recorded one, whose address and token it keeps in the recorded discovery answer.
/// </summary>
internal sealed class ScriptedOrchestrator : IAsyncDisposable
{
    private static readonly X509Certificate2 Certificate = SelfSigned();
    private readonly WebApplication _app;

    private ScriptedOrchestrator(WebApplication app) => _app = app;

    public string Uri { get; private set; } = "";

    public static string CertificateSha256 => Convert.ToHexStringLower(SHA256.HashData(Certificate.RawData));

    /// <summary>What discovery answers; by default the recorded answer with this server's address.</summary>
    public Func<HttpContext, Task>? OnDiscovery { get; set; }

    /// <summary>The price of the discovery answer; null off-chain.</summary>
    public Wire.PriceInfo? Price { get; set; }

    /// <summary>Changes every OrchestratorInfo, of discovery and of results: how a script goes on the chain.</summary>
    public Action<Wire.OrchestratorInfo>? Adjust { get; set; }

    /// <summary>Signs results, given the renditions' bytes; null off-chain.</summary>
    public Func<ReadOnlyMemory<byte>[], byte[]>? Sign { get; set; }

    /// <summary>What an upload is answered with; by default four renditions of this server.</summary>
    public Func<HttpContext, Wire.SegData, Task>? OnSegment { get; set; }

    /// <summary>What a download is answered with: profile and sequence number; by default the rendition's bytes.</summary>
    public Func<HttpContext, string, int, Task>? OnRendition { get; set; }

    /// <summary>Where rendition bytes come from.</summary>
    public Func<string, int, byte[]> Renditions { get; set; } = Fixture.Rendition;

    public ConcurrentQueue<Wire.OrchestratorRequest> Discoveries { get; } = new();

    public ConcurrentQueue<(Wire.SegData Segment, byte[] Body, Dictionary<string, StringValues> Headers, string Protocol)> Segments { get; } = new();

    public ConcurrentQueue<string> DownloadProtocols { get; } = new();

    public ConcurrentQueue<Wire.AuthToken> Ended { get; } = new();

    public static async Task<ScriptedOrchestrator> StartAsync(bool tls = true, HttpProtocols? protocols = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MinRequestBodyDataRate = null;
            // Without TLS there is nothing to negotiate by, so a port speaks one version: gRPC and uploads here, downloads on the next.
            kestrel.Listen(IPAddress.Loopback, 0, listen => Listen(listen, tls, protocols ?? (tls ? HttpProtocols.Http1AndHttp2 : HttpProtocols.Http2)));
            if (!tls) kestrel.Listen(IPAddress.Loopback, 0, listen => Listen(listen, false, HttpProtocols.Http1));
        });
        var app = builder.Build();
        var orchestrator = new ScriptedOrchestrator(app);
        app.Run(orchestrator.AnswerAsync);
        await app.StartAsync();
        var urls = app.Urls.ToArray();
        orchestrator.Uri = urls[0];
        orchestrator.DownloadUri = urls[^1];
        return orchestrator;
    }

    private string DownloadUri { get; set; } = "";

    public Wire.OrchestratorInfo Info()
    {
        var recorded = Fixture.Hex(Fixture.Exchange("offchain", "GetOrchestrator").GetProperty("response").GetProperty("body_hex"));
        var info = Wire.OrchestratorInfo.Parser.ParseFrom(recorded.AsSpan(5));
        info.Transcoder = Uri;
        info.PriceInfo = Price;
        Adjust?.Invoke(info);
        return info;
    }

    /// <summary>The answer of a good orchestrator to an upload.</summary>
    public Wire.TranscodeResult Result(Wire.SegData segment)
    {
        var data = new Wire.TranscodeData();
        data.Segments.AddRange(segment.FullProfiles.Select(profile => new Wire.TranscodedSegmentData
        {
            Url = FormattableString.Invariant($"{DownloadUri}/stream/{segment.AuthToken.SessionId}/{profile.Name}/{segment.Seq}.ts"),
            Pixels = 60L * profile.Width * profile.Height,
        }));
        if (Sign is not null)
            data.Sig = ByteString.CopyFrom(Sign([.. segment.FullProfiles.Select(profile => (ReadOnlyMemory<byte>)Renditions(profile.Name, (int)segment.Seq))]));
        var info = Info();
        info.AuthToken = segment.AuthToken;
        return new Wire.TranscodeResult { Seq = segment.Seq, Data = data, Info = info };
    }

    public static async Task GrpcAsync(HttpContext context, byte[] body, string status = "0", string message = "")
    {
        context.Response.ContentType = "application/grpc";
        if (body.Length > 0) await context.Response.Body.WriteAsync(body, context.RequestAborted);
        context.Response.AppendTrailer("grpc-status", status);
        if (message.Length > 0) context.Response.AppendTrailer("grpc-message", message);
    }

    public static Task TextAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(text + "\n");
    }

    /// <summary>Waits until the client goes away.</summary>
    public static Task SilenceAsync(HttpContext context)
    {
        var gone = new TaskCompletionSource();
        context.RequestAborted.Register(gone.SetResult);
        return gone.Task;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(true));
        await _app.DisposeAsync();
    }

    private static void Listen(ListenOptions listen, bool tls, HttpProtocols protocols)
    {
        listen.Protocols = protocols;
        if (tls) listen.UseHttps(Certificate);
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        if (path == "/net.Orchestrator/GetOrchestrator")
        {
            Discoveries.Enqueue(Wire.OrchestratorRequest.Parser.ParseFrom((await BodyAsync(context)).AsSpan(5)));
            await (OnDiscovery is null ? GrpcAsync(context, GrpcFrame.Write(Info())) : OnDiscovery(context));
        }
        else if (path == "/net.Orchestrator/EndTranscodingSession")
        {
            Ended.Enqueue(Wire.EndTranscodingSessionRequest.Parser.ParseFrom((await BodyAsync(context)).AsSpan(5)).AuthToken);
            await GrpcAsync(context, GrpcFrame.Write(new Wire.EndTranscodingSessionResponse()));
        }
        else if (path == "/segment")
        {
            var segment = Wire.SegData.Parser.ParseFrom(Convert.FromBase64String(context.Request.Headers["Livepeer-Segment"]!));
            Segments.Enqueue((segment, await BodyAsync(context), context.Request.Headers.ToDictionary(header => header.Key, header => header.Value, StringComparer.OrdinalIgnoreCase), context.Request.Protocol));
            if (OnSegment is not null)
            {
                await OnSegment(context, segment);
                return;
            }

            await context.Response.StartAsync(context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await context.Response.Body.WriteAsync(Result(segment).ToByteArray(), context.RequestAborted);
        }
        else if (path.Split('/') is ["", "stream", _, var profile, var file])
        {
            DownloadProtocols.Enqueue(context.Request.Protocol);
            var seq = int.Parse(file.Split('.')[0], System.Globalization.CultureInfo.InvariantCulture);
            await (OnRendition is null ? context.Response.Body.WriteAsync(Renditions(profile, seq), context.RequestAborted).AsTask() : OnRendition(context, profile, seq));
        }
        else
        {
            await TextAsync(context, 404, "404 page not found");
        }
    }

    private static async Task<byte[]> BodyAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        return body.ToArray();
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var now = DateTimeOffset.UtcNow;
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
