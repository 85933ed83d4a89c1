using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Monitoring.Probing.Tests.OwnHealth;

/// <summary>A real server on loopback in the part of a control.</summary>
internal sealed class ControlServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _requests;

    private ControlServer(WebApplication app) => _app = app;

    public Uri Uri => new(_app.Urls.Single());

    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Completes when a request has come in.</summary>
    public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What it answers; by default it takes every upload and gives 1,000,000 bytes.</summary>
    public Func<HttpContext, Task> Answer { get; set; } = TakeAndGiveAsync;

    public static async Task TakeAndGiveAsync(HttpContext http)
    {
        if (HttpMethods.IsPost(http.Request.Method)) await http.Request.Body.CopyToAsync(Stream.Null);
        else await GiveAsync(http, 1_000_000);
    }

    public static Task GiveAsync(HttpContext http, int bytes)
    {
        http.Response.ContentLength = bytes;
        return http.Response.Body.WriteAsync(new byte[bytes]).AsTask();
    }

    public static async Task<ControlServer> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var server = new ControlServer(app);
        app.Run(http =>
        {
            Interlocked.Increment(ref server._requests);
            server.Asked.TrySetResult();
            return server.Answer(http);
        });
        await app.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        // Whoever still hangs in an answer is cut off.
        await _app.StopAsync(new CancellationToken(true));
        await _app.DisposeAsync();
    }
}
