using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Monitoring.Simulator;

/// <summary>
/// One Kestrel server on one address and port, without a running host around it: no logging, no signal handlers, no configuration from the
/// environment, so a fleet cannot disturb the process it lives in.
/// </summary>
internal sealed class NodeListener : IAsyncDisposable
{
    /// <summary>What Go's server takes and more: segments come with payments of many tickets in one header.</summary>
    private const int HeaderBytes = 1 << 20;

    private readonly WebApplication _services;
    private readonly IServer _server;
    private readonly X509Certificate2? _certificate;

    private NodeListener(WebApplication services, X509Certificate2? certificate)
    {
        (_services, _certificate) = (services, certificate);
        _server = services.Services.GetRequiredService<IServer>();
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Address { get; private set; } = new(IPAddress.None, 0);

    /// <param name="address">Where to listen; port 0 lets the system choose.</param>
    /// <param name="certificate">Null for clear text; owned by the listener from now on.</param>
    /// <param name="protocols">The HTTP versions of the port.</param>
    /// <param name="answer">Handles one request.</param>
    /// <param name="cancellation">Gives up the start.</param>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<NodeListener> StartAsync(
        IPEndPoint address, X509Certificate2? certificate, HttpProtocols protocols, Func<HttpContext, Task> answer, CancellationToken cancellation)
    {
        // Built for the server's parts alone and never run.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(options => Configure(options, address, certificate, protocols));
        var listener = new NodeListener(builder.Build(), certificate);
        try
        {
            await listener._server.StartAsync(new Application(answer), cancellation);
            listener.Address = new IPEndPoint(address.Address, new Uri(listener._server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single()).Port);
            return listener;
        }
        catch
        {
            await listener.DisposeAsync();
            throw;
        }
    }

    /// <summary>Cuts every connection at once, as a killed process does.</summary>
    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync(new CancellationToken(canceled: true));
        await _services.DisposeAsync();
        _certificate?.Dispose();
    }

    private static void Configure(KestrelServerOptions options, IPEndPoint address, X509Certificate2? certificate, HttpProtocols protocols)
    {
        options.AddServerHeader = false;
        options.Limits.MaxRequestBodySize = null; // the routes bound what they read
        options.Limits.MaxRequestHeadersTotalSize = HeaderBytes;
        options.Limits.Http2.MaxRequestHeaderFieldSize = HeaderBytes;
        options.Limits.Http2.InitialStreamWindowSize = 1 << 20;
        options.Limits.Http2.InitialConnectionWindowSize = 4 << 20;
        options.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(10);
        options.Listen(address, listen =>
        {
            listen.Protocols = protocols;
            if (certificate is not null) listen.UseHttps(certificate);
        });
    }

    private sealed class Application(Func<HttpContext, Task> answer) : IHttpApplication<HttpContext>
    {
        public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

        public async Task ProcessRequestAsync(HttpContext context)
        {
            try
            {
                await answer(context);
            }
            catch (HandlerPanicException)
            {
                context.Abort();
            }
            catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
            {
                // The client went away, or the node was killed.
            }
        }

        public void DisposeContext(HttpContext context, Exception? exception)
        {
        }
    }
}
