using System.Collections.Concurrent;
using Monitoring.Core;

namespace Monitoring.Standalone.Tests.Sites;

/// <summary>
/// When this process, in which the simulated nodes live, could not answer: ten times a second a piece of work waits its turn among all others, and
/// what it waited for too long is written down. Only by that may a node be excused that was slow in truth.
/// </summary>
internal sealed class OwnPauses : IAsyncDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Long = TimeSpan.FromMilliseconds(300);

    // Half of the shortest limit of a test (connect, 2 s).
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentQueue<(DateTimeOffset From, DateTimeOffset Until)> _pauses = new();
    private readonly Task _watching;

    public OwnPauses() => _watching = Task.Run(WatchAsync);

    /// <summary>How much of a span this process did not work.</summary>
    public TimeSpan Within(DateTimeOffset from, DateTimeOffset until)
    {
        var all = TimeSpan.Zero;
        foreach (var pause in _pauses)
        {
            var (begin, end) = (pause.From > from ? pause.From : from, pause.Until < until ? pause.Until : until);
            if (end > begin) all += end - begin;
        }

        return all;
    }

    /// <summary>How much of a test this process did not work.</summary>
    public TimeSpan During(OutcomeRevision revision) =>
        revision.Summary is { } summary ? Within(summary.StartedAt - TimeSpan.FromSeconds(1), summary.StartedAt + summary.Elapsed) : TimeSpan.Zero;

    /// <summary>True when an outcome says that a node was slow, and this process stood still meanwhile, so that it was.</summary>
    public bool Explains(OutcomeRevision revision) => IsSlow(revision.Outcome.Code) && During(revision) > Least;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _watching;
        _end.Dispose();
    }

    private static bool IsSlow(OutcomeCode code) => code == OutcomeCode.Unreachable || code.ToString().EndsWith("TimedOut", StringComparison.Ordinal);

    private async Task WatchAsync()
    {
        var last = DateTimeOffset.UtcNow;
        while (!_end.IsCancellationRequested)
        {
            await Task.Delay(Every, CancellationToken.None);
            await Task.Yield();
            var now = DateTimeOffset.UtcNow;
            if (now - last > Long) _pauses.Enqueue((last, now));
            last = now;
        }
    }
}
