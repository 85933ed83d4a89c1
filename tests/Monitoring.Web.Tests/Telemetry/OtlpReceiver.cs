using System.Threading.Channels;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Monitoring.Testing.Otlp;

namespace Monitoring.Web.Tests.Telemetry;

/// <summary>A collector on loopback that takes OTLP, as protobuf over HTTP or over gRPC, and hands on what it got.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly WebApplication _app;
    private readonly Channel<OtlpExport> _exports = Channel.CreateUnbounded<OtlpExport>();

    private OtlpReceiver(WebApplication app) => _app = app;

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    public static async Task<OtlpReceiver> StartAsync(bool grpc = false)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.ListenLocalhostAny(grpc ? HttpProtocols.Http2 : HttpProtocols.Http1));
        var app = builder.Build();
        var receiver = new OtlpReceiver(app);
        app.Run(receiver.TakeAsync);
        await app.StartAsync();
        return receiver;
    }

    /// <summary>The next export of a signal.</summary>
    public async Task<OtlpExport> NextAsync(string path)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            var export = await _exports.Reader.ReadAsync(limit.Token);
            if (export.Path == path) return export;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var isGrpc = context.Request.ContentType == "application/grpc";

        // A gRPC message is preceded by a flag and its length.
        var message = body.ToArray().AsMemory(isGrpc ? 5 : 0);
        context.Response.ContentType = isGrpc ? "application/grpc" : "application/x-protobuf";
        if (isGrpc)
        {
            context.Response.AppendTrailer("grpc-status", "0");
            await context.Response.Body.WriteAsync(new byte[5]);
        }

        var headers = context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        _exports.Writer.TryWrite(new OtlpExport(context.Request.Path, headers, ProtobufFields.Read(ByteString.CopyFrom(message.Span))));
    }
}

/// <summary>One export.</summary>
internal sealed record OtlpExport(string Path, IReadOnlyDictionary<string, string> Headers, ProtobufFields Message);

internal static class LoopbackKestrel
{
    public static void ListenLocalhostAny(this KestrelServerOptions kestrel, HttpProtocols protocols) =>
        kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = protocols);
}
