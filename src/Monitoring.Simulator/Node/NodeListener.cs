using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Monitoring.Simulator;

/// <summary>
/// One Kestrel server on one port of 127.0.0.1, without a host around it: no logging, no signal handlers, no configuration from the
/// environment, so a fleet cannot disturb the process it lives in.
/// </summary>
internal sealed class NodeListener : IAsyncDisposable
{
    /// <summary>What Go's server takes and more: segments come with payments of many tickets in one header.</summary>
    private const int HeaderBytes = 1 << 20;

    private readonly KestrelServer _server;
    private readonly ServiceProvider _services;
    private readonly X509Certificate2? _certificate;

    private NodeListener(KestrelServer server, ServiceProvider services, X509Certificate2? certificate, int port)
    {
        (_server, _services, _certificate, Port) = (server, services, certificate, port);
    }

    public int Port { get; }

    /// <param name="port">0 lets the system choose.</param>
    /// <param name="certificate">Null for clear text; owned by the listener from now on.</param>
    /// <param name="protocols">The HTTP versions of the port.</param>
    /// <param name="answer">Handles one request.</param>
    /// <param name="cancellation">Gives up the start.</param>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<NodeListener> StartAsync(
        int port, X509Certificate2? certificate, HttpProtocols protocols, Func<HttpContext, Task> answer, CancellationToken cancellation)
    {
        var services = new ServiceCollection().AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance).BuildServiceProvider();
        var options = new KestrelServerOptions { ApplicationServices = services, AddServerHeader = false };
        options.Limits.MaxRequestBodySize = null; // the routes bound what they read
        options.Limits.MaxRequestHeadersTotalSize = HeaderBytes;
        options.Limits.Http2.MaxRequestHeaderFieldSize = HeaderBytes;
        options.Limits.Http2.InitialStreamWindowSize = 1 << 20;
        options.Limits.Http2.InitialConnectionWindowSize = 4 << 20;
        options.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(10);
        options.Listen(IPAddress.Loopback, port, listen =>
        {
            listen.Protocols = protocols;
            if (certificate is not null) listen.UseHttps(certificate);
        });

        var transport = new SocketTransportFactory(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance);
        var server = new KestrelServer(Options.Create(options), transport, NullLoggerFactory.Instance);
        try
        {
            await server.StartAsync(new Application(answer), cancellation);
            var address = server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single();
            return new NodeListener(server, services, certificate, new Uri(address).Port);
        }
        catch
        {
            server.Dispose();
            await services.DisposeAsync();
            certificate?.Dispose();
            throw;
        }
    }

    /// <summary>Cuts every connection at once, as a killed process does.</summary>
    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync(new CancellationToken(canceled: true));
        _server.Dispose();
        await _services.DisposeAsync();
        _certificate?.Dispose();
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
