using Monitoring.Core;
using Monitoring.Net;

namespace Monitoring.Livepeer;

/// <summary>
/// One stream of a test in real time, as a gateway carries it: a session of its own, a segment ready every time the one before has played,
/// dropped when that one is still in flight.
/// </summary>
internal sealed class StreamRun(
    int stream, Clip clip, StreamTestOptions options, IDiscovery discovery, SafeDialer dialer, IPaymaster paymaster, RenditionJudge judge,
    IStreamTestObserver? observer, TimeProvider time)
{
    private static readonly ImmutableArray<RenditionProfile> Profiles = RenditionProfile.StreamTest;

    private readonly SegmentEvidence?[] _segments = new SegmentEvidence?[clip.Segments.Length];

    /// <summary>Runs the stream to its end; it always comes to one.</summary>
    /// <param name="serviceUri">The address of the registry.</param>
    /// <param name="manifestId">The stream's name.</param>
    /// <param name="sending">Ends the sending; what is in flight may still come back.</param>
    /// <param name="stopping">Ends everything.</param>
    public async Task<StreamReport> RunAsync(string serviceUri, string manifestId, CancellationToken sending, CancellationToken stopping)
    {
        DiscoveryAnswer found;
        try
        {
            found = await discovery.GetOrchestratorAsync(serviceUri, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            found = new DiscoveryAnswer { Outcome = new Outcome(OutcomeCode.OurShutdown, "the test was stopped during discovery") };
        }

        observer?.Discovered(stream, found);
        if (found.Session is not { } session) return Report(found, found.Outcome);

        if (session.IsDearerThan(options.PriceCeiling))
        {
            await EndAsync(session);
            return Report(found, new Outcome(
                OutcomeCode.PricedOut, $"it asks {session.PriceText} wei per pixel, more than the ceiling of {options.PriceCeiling}"));
        }

        using var exchange = new SegmentExchange(dialer, paymaster, options.Limits, time, session, manifestId);
        var end = await SendAllAsync(exchange, sending, stopping);
        await EndAsync(exchange.Session);
        return Report(found, end);
    }

    /// <returns>Why the segments that were not sent were not.</returns>
    private async Task<Outcome> SendAllAsync(SegmentExchange exchange, CancellationToken sending, CancellationToken stopping)
    {
        var start = time.GetTimestamp();
        var ready = TimeSpan.Zero;
        var judging = new List<Task>();
        var inFlight = Task.CompletedTask;
        var end = new Outcome(OutcomeCode.Completed);
        foreach (var segment in clip.Segments)
        {
            if (!await WaitAsync(ready - time.GetElapsedTime(start), sending))
            {
                end = stopping.IsCancellationRequested
                    ? new Outcome(OutcomeCode.OurShutdown, "the test was stopped before the clip was sent")
                    : new Outcome(OutcomeCode.OurOverload, "the job's deadline came before the clip was sent: the test began too late");
                break;
            }

            if (HopelessSoFar() is { } hopeless)
            {
                end = hopeless;
                break;
            }

            var due = new SegmentEvidence
            {
                Stream = stream,
                Seq = segment.Seq,
                State = SegmentState.Dropped,
                Outcome = new Outcome(OutcomeCode.Dropped, "the segment before it was still in flight"),
                DurationMicros = Micros(segment.Duration),
                ReadyMicros = Micros(ready),
            };
            if (inFlight.IsCompleted)
            {
                var sent = new SentSegment(due with { Bytes = segment.Bytes.Length }, start + ToTimestamp(ready), time);
                var transfer = exchange.SendAsync(segment, Profiles, sent.HandedOver, stopping);
                inFlight = transfer;
                judging.Add(JudgeAsync(sent, transfer, segment));
            }
            else
            {
                End(due);
            }

            ready += segment.Duration;
        }

        await Task.WhenAll(judging);
        return end;
    }

    private async Task JudgeAsync(SentSegment sent, Task<SegmentTransfer> transfer, ClipSegment segment) =>
        End(SegmentVerdict.Of(sent.Due, await transfer, segment, Profiles, judge) with { LateMicros = sent.LateMicros });

    private void End(SegmentEvidence evidence)
    {
        Volatile.Write(ref _segments[evidence.Seq], evidence);
        observer?.SegmentEnded(evidence);
    }

    /// <summary>Waits until a segment is ready.</summary>
    /// <returns>False when nothing more is to be sent.</returns>
    private async Task<bool> WaitAsync(TimeSpan left, CancellationToken sending)
    {
        if (sending.IsCancellationRequested) return false;
        if (left <= TimeSpan.Zero) return true;
        try
        {
            await Task.Delay(left, time, sending);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <returns>Why it is no use to send more; null while it is.</returns>
    private Outcome? HopelessSoFar()
    {
        var failed = 0;
        SegmentEvidence? last = null;
        for (var i = 0; i < _segments.Length && Volatile.Read(ref _segments[i]) is { } segment; i++)
        {
            if (segment.State is SegmentState.Complete or SegmentState.Partial) return null;
            if (segment.State != SegmentState.Failed) continue;
            failed++;
            last = segment;
        }

        if (failed < options.GiveUpAfter) return null;
        return new Outcome(last!.Outcome.Code, Outcome.Clean($"not sent: the first {failed} segments brought nothing, the last one because of {last.Outcome}"));
    }

    private async Task EndAsync(OrchestratorSession session)
    {
        // Even when this process is stopping: the slot is somebody else's to use, and the call is bounded.
        using var limit = new CancellationTokenSource(options.Limits.Call, time);
        try
        {
            await discovery.EndTranscodingSessionAsync(session, limit.Token);
        }
        catch (OperationCanceledException)
        {
            // It ends by itself after 70 s.
        }
    }

    private StreamReport Report(DiscoveryAnswer found, Outcome end)
    {
        var ready = TimeSpan.Zero;
        var all = ImmutableArray.CreateBuilder<SegmentEvidence>(_segments.Length);
        foreach (var segment in clip.Segments)
        {
            all.Add(_segments[segment.Seq] ?? new SegmentEvidence
            {
                Stream = stream,
                Seq = segment.Seq,
                State = SegmentState.NotSent,
                Outcome = end,
                DurationMicros = Micros(segment.Duration),
                ReadyMicros = Micros(ready),
            });
            ready += segment.Duration;
        }

        return new StreamReport(found, all.MoveToImmutable());
    }

    private long ToTimestamp(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);

    private static long Micros(TimeSpan span) => span.Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>A segment that is being sent, and how late it was handed over.</summary>
    private sealed class SentSegment(SegmentEvidence due, long readyAt, TimeProvider time)
    {
        public SegmentEvidence Due => due;

        public long LateMicros { get; private set; }

        public void HandedOver() => LateMicros = Math.Max(0, Micros(time.GetElapsedTime(readyAt)));
    }
}

/// <summary>What one stream saw.</summary>
/// <param name="Discovery">Its discovery.</param>
/// <param name="Segments">Every segment of the clip, in order.</param>
internal sealed record StreamReport(DiscoveryAnswer Discovery, ImmutableArray<SegmentEvidence> Segments);
