using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Monitoring.Standalone.Tests.EndToEnd;

namespace Monitoring.Standalone.Tests.Crash;

/// <summary>
/// Testers of another region that post to a monitor while it is being killed, and remember what it acknowledged. Each result bears a number of
/// its own (<c>segments_sent</c>), by which it is found again.
/// </summary>
internal sealed class PostingLoad
{
    public const string Secret = "a secret for the test alone";
    public const string Region = "NYC";
    private const int Posters = 3;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(40);
    private static readonly string[] Orchestrators = ["0x" + new string('a', 40), "0x" + new string('b', 40), "0x" + new string('c', 40)];
    private readonly ConcurrentDictionary<int, Posted> _sent = new();
    private readonly ConcurrentDictionary<int, bool> _acknowledged = new();
    private int _next;

    public int Acknowledged => _acknowledged.Count;

    public int Sent => _sent.Count;

    public static bool IsPosted(string orchestrator) => Orchestrators.Contains(orchestrator);

    /// <summary>Posts until the monitor is gone; calls <paramref name="enough"/> at once when so many were acknowledged.</summary>
    public Task RunAsync(MonitorApi api, int target, Action enough, CancellationToken cancellationToken)
    {
        var until = Acknowledged + target;
        return Task.WhenAll(Enumerable.Range(0, Posters).Select(_ => PostAsync(api, until, enough, cancellationToken)));
    }

    /// <summary>Finds every acknowledged result once, none twice, none that was never sent, and the sums of exactly these on the board.</summary>
    public async Task VerifyAsync(MonitorApi api, CancellationToken cancellationToken)
    {
        var board = await api.BoardAsync(cancellationToken);
        var found = new HashSet<int>();
        foreach (var orchestrator in Orchestrators)
        {
            long received = 0, expected = 0, duration = 0, roundTrips = 0;
            foreach (var (region, row) in await api.RawAsync(orchestrator, cancellationToken))
            {
                using var read = JsonDocument.Parse(row);
                var number = read.RootElement.GetProperty("segments_sent").GetInt32();
                Assert.True(found.Add(number), $"post {number} is there twice");
                Assert.True(_sent.TryGetValue(number, out var sent), $"post {number} was never sent");
                Assert.Equal((Region, sent.Orchestrator, sent.Received / 60.0, sent.RoundTripMillis / 1000.0), (
                    region, orchestrator, read.RootElement.GetProperty("success_rate").GetDouble(), read.RootElement.GetProperty("round_trip_time").GetDouble()));
                received += (long)Math.Round(sent.Received / 60.0 * 1_000_000_000);
                expected += 1_000_000_000;
                duration += sent.Received > 0 ? 2_000_000 : 0;
                roundTrips += sent.Received > 0 ? sent.RoundTripMillis * 1000L : 0;
            }

            if (expected == 0) continue;
            var cell = board[(orchestrator, Region)];
            Assert.Equal((double)received / expected, cell.SuccessRate, 1e-12);
            Assert.Equal(roundTrips == 0 ? 0 : 1 - Math.Exp(-(double)duration / roundTrips), cell.RoundTripScore, 1e-12);
        }

        var lost = _acknowledged.Keys.Except(found).Order().ToList();
        Assert.True(lost.Count == 0, $"acknowledged and lost: {string.Join(", ", lost)}");
    }

    private async Task PostAsync(MonitorApi api, int until, Action enough, CancellationToken cancellationToken)
    {
        while (true)
        {
            var number = Interlocked.Increment(ref _next);
            var posted = new Posted(Orchestrators[number % Orchestrators.Length], number * 7 % 61, 100 + (number * 37 % 1900));
            _sent[number] = posted;
            try
            {
                if (await api.PostAsync(posted.Body(number, DateTimeOffset.UtcNow), Secret, cancellationToken)) _acknowledged[number] = true;
                if (Acknowledged >= until) enough();
                await Task.Delay(Pause, cancellationToken);
            }
            catch (Exception e) when (e is HttpRequestException or IOException or JsonException)
            {
                // Killed: what was under way may be there or not.
                return;
            }
        }
    }

    private sealed record Posted(string Orchestrator, int Received, int RoundTripMillis)
    {
        public string Body(int number, DateTimeOffset at) => string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"region":"{{Region}}","orchestrator":"{{Orchestrator}}","success_rate":{{Received / 60.0:R}},"seg_duration":2,"round_trip_time":{{RoundTripMillis / 1000.0:R}},"segments_sent":{{number}},"segments_received":{{Received}},"upload_time":0.1,"download_time":0.1,"transcode_time":0.1,"errors":[],"timestamp":{{at.ToUnixTimeSeconds()}}}""");
    }
}
