using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Monitoring.Alerting.Tests;

/// <summary>One request as it came.</summary>
internal sealed record Received(string Path, IHeaderDictionary Headers, byte[] Bytes)
{
    public JsonNode Json => JsonNode.Parse(Bytes)!;

    public string EventId => Headers[WebhookChannel.EventHeader].ToString();
}

/// <summary>A real HTTP server on loopback that keeps what it gets and answers as a test says.</summary>
internal sealed class TestReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Lock _gate = new();
    private readonly List<Received> _all = [];
    private readonly List<(Func<IReadOnlyList<Received>, bool> Enough, TaskCompletionSource Done)> _waits = [];

    private TestReceiver(WebApplication app) => _app = app;

    public Uri Url => new(_app.Urls.First());

    public IReadOnlyList<Received> All
    {
        get
        {
            lock (_gate) return [.. _all];
        }
    }

    /// <summary>Starts a server; the answer gets how many requests came before this one.</summary>
    public static async Task<TestReceiver> StartAsync(Func<HttpContext, Received, int, Task>? answer = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
        var app = builder.Build();
        var receiver = new TestReceiver(app);
        app.Run(async context =>
        {
            using var bytes = new MemoryStream();
            await context.Request.Body.CopyToAsync(bytes, context.RequestAborted);
            var received = new Received(context.Request.Path, new HeaderDictionary(context.Request.Headers.ToDictionary(h => h.Key, h => h.Value)), bytes.ToArray());
            if (answer is not null) await answer(context, received, receiver.All.Count);
            receiver.Keep(received);
        });
        await app.StartAsync();
        return receiver;
    }

    /// <summary>Completes once the requests that were answered are enough.</summary>
    public Task UntilAsync(Func<IReadOnlyList<Received>, bool> enough)
    {
        lock (_gate)
        {
            if (enough(_all)) return Task.CompletedTask;
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waits.Add((enough, done));
            return done.Task.WaitAsync(TimeSpan.FromMinutes(10));
        }
    }

    public Task UntilAsync(int count) => UntilAsync(all => all.Count >= count);

    public async ValueTask DisposeAsync()
    {
        using var atOnce = new CancellationTokenSource(0);
        await _app.StopAsync(atOnce.Token);
        await _app.DisposeAsync();
    }

    private void Keep(Received received)
    {
        lock (_gate)
        {
            _all.Add(received);
            foreach (var (_, done) in _waits.Where(w => w.Enough(_all))) done.TrySetResult();
        }
    }
}
