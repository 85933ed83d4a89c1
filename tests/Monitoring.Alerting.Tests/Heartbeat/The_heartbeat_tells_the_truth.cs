using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Logging;

namespace Monitoring.Alerting.Tests;

public sealed class The_heartbeat_tells_the_truth
{
    private static readonly Uri Switch = new("https://switch.example/ping/a-secret-of-the-path");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_beats_only_while_the_instrument_is_well()
    {
        var outside = new Outside(_ => HttpStatusCode.OK);
        var looks = new ConcurrentQueue<string?>();
        string? trouble = null;
        var log = new Lines();
        await BeatAsync(outside, log, () =>
        {
            var now = Volatile.Read(ref trouble);
            looks.Enqueue(now);
            return now;
        }, async advanceUntil =>
        {
            await advanceUntil(() => outside.Asked >= 2);
            Volatile.Write(ref trouble, "results cannot be stored");
            await advanceUntil(() => looks.Count(l => l is not null) >= 3);
            Volatile.Write(ref trouble, null);
            var before = outside.Asked;
            await advanceUntil(() => outside.Asked >= before + 2);
        });

        // Once for every look that found it well, and never else.
        Assert.Equal(looks.Count(l => l is null), outside.Asked);
        Assert.All(outside.Requests, r => Assert.Equal((HttpMethod.Post, Switch), r));
        Assert.Contains("results cannot be stored", Assert.Single(log.All, l => l.Contains("silent", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Equal(2, log.All.Count(l => l.EndsWith("beats", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Whoever_does_not_answer_is_asked_again_and_the_address_stays_secret()
    {
        var outside = new Outside(n => n switch { 1 => HttpStatusCode.NotFound, 2 => null, _ => HttpStatusCode.OK });
        var log = new Lines();
        await BeatAsync(outside, log, () => null, advanceUntil => advanceUntil(() => log.All.Any(l => l.EndsWith("beats", StringComparison.Ordinal))));
        Assert.Contains(log.All, l => l.Contains("silent", StringComparison.Ordinal) && l.Contains("404", StringComparison.Ordinal));
        Assert.All(log.All, l => Assert.DoesNotContain("a-secret", l, StringComparison.Ordinal));
    }

    private static async Task BeatAsync(Outside outside, Lines log, Func<string?> trouble, Func<Func<Func<bool>, Task>, Task> meanwhile)
    {
        var time = new VirtualTime(Incidents.Start);
        using var http = new HttpMessageInvoker(outside);
        var heart = new Heartbeat(Switch, HttpMethod.Post, trouble, new ChannelHttp(http, TimeProvider.System), TimeSpan.FromMinutes(1), time, log);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var run = heart.RunAsync(end.Token);
        await meanwhile(isSo => Until.TrueAsync(() =>
        {
            if (isSo()) return true;
            time.Advance(TimeSpan.FromSeconds(5));
            return false;
        }));
        await end.CancelAsync();
        await run;
    }

    // Answers a status, or not at all.
    private sealed class Outside(Func<int, HttpStatusCode?> answer) : HttpMessageHandler
    {
        private readonly ConcurrentQueue<(HttpMethod, Uri?)> _requests = new();

        public int Asked => _requests.Count;

        public IEnumerable<(HttpMethod, Uri?)> Requests => _requests;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            _requests.Enqueue((request.Method, request.RequestUri));
            return answer(Asked) is { } status
                ? Task.FromResult(new HttpResponseMessage(status) { Content = new StringContent($"no {request.RequestUri!.PathAndQuery} here") })
                : Task.FromException<HttpResponseMessage>(new HttpRequestException("connection refused"));
        }
    }

    private sealed class Lines : ILogger<Heartbeat>
    {
        private readonly ConcurrentQueue<string> _lines = new();

        public IReadOnlyCollection<string> All => _lines;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => _lines.Enqueue(formatter(state, exception));
    }
}
