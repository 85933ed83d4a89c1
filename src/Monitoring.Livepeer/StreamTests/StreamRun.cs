using Monitoring.Core;
using Monitoring.Net;

namespace Monitoring.Livepeer;

/// <summary>
/// One stream of a test in real time, as a gateway carries it: a session of its own, a segment ready every time the one before has played,
/// dropped when that one is still in flight.
/// </summary>
internal sealed class StreamRun(
    int stream, Clip clip, StreamTestOptions options, IDiscovery discovery, SafeDialer dialer, IPurse purse, RenditionJudge judge,
    IStreamTestObserver? observer, TimeProvider time)
{
    private static readonly ImmutableArray<RenditionProfile> Profiles = RenditionProfile.StreamTest;

    private static readonly Outcome OurShutdown = new(OutcomeCode.OurShutdown, "the test was stopped during discovery");

    private readonly SegmentEvidence?[] _segments = new SegmentEvidence?[clip.Segments.Length];
    private readonly bool[] _charged = new bool[clip.Segments.Length];

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
            found = new DiscoveryAnswer { Outcome = OurShutdown };
        }

        observer?.Discovered(stream, found);
        if (found.Session is not { } session)
        {
            found = found with { Outcome = await AskPurseAsync(() => purse.ConfirmAsync(found.Outcome, null, stopping), stopping) };
            return Report(found, found.Outcome);
        }

        var renewal = new SessionRenewal(discovery, serviceUri, options.Limits, time);
        if (session.IsDearerThan(options.PriceCeiling))
        {
            await renewal.EndAsync(session);
            return Report(found, new Outcome(
                OutcomeCode.PricedOut, $"it asks {session.PriceText} wei per pixel, more than the ceiling of {options.PriceCeiling}"));
        }

        (session, var examined) = await ExamineAsync(session, renewal, stopping);
        if (examined.Code != OutcomeCode.Completed)
        {
            await renewal.EndAsync(session);
            return Report(found, examined);
        }

        using var exchange = new SegmentExchange(dialer, purse, renewal, options.Limits, time, session, manifestId);
        var end = await SendAllAsync(exchange, sending, stopping);
        await renewal.EndAsync(exchange.Session);
        return Report(found, end);
    }

    /// <summary>Before the clock of the stream starts. A session that is stale from the beginning is renewed once.</summary>
    private async Task<(OrchestratorSession Session, Outcome Outcome)> ExamineAsync(
        OrchestratorSession session, SessionRenewal renewal, CancellationToken stopping)
    {
        var order = new StreamOrder([.. clip.Segments.Select(segment => segment.Duration)], Profiles, options.Streams);
        var examined = await AskPurseAsync(() => purse.ExamineAsync(session, order, stopping), stopping);
        if (examined.Class == OutcomeClass.Void || !purse.NeedsRefresh(session)) return (session, examined);
        try
        {
            if (await renewal.RenewAsync(session, stopping) is not { } renewed) return (session, examined);
            session = renewed;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return (session, OurShutdown);
        }

        return (session, await AskPurseAsync(() => purse.ExamineAsync(session, order, stopping), stopping));
    }

    private static async Task<Outcome> AskPurseAsync(Func<ValueTask<Outcome>> ask, CancellationToken stopping)
    {
        try
        {
            return await ask();
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return OurShutdown;
        }
        catch (Exception e)
        {
            return new Outcome(OutcomeCode.OurFault, Outcome.Clean($"{e.GetType().Name}: {e.Message}"));
        }
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
                var transfer = exchange.SendAsync(segment, Profiles, sent.HandedOver, segment.Seq == clip.Segments.Length - 1, stopping);
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

    private async Task JudgeAsync(SentSegment sent, Task<SegmentTransfer> sending, ClipSegment segment)
    {
        var transfer = await sending;
        Volatile.Write(ref _charged[segment.Seq], transfer.Charged);
        End(SegmentVerdict.Of(sent.Due, transfer, segment, Profiles, judge) with { LateMicros = sent.LateMicros });
    }

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
        var sent = new List<SegmentEvidence>();
        var charged = 0;
        for (var i = 0; i < _segments.Length && Volatile.Read(ref _segments[i]) is { } segment; i++)
        {
            if (segment.State is not (SegmentState.Complete or SegmentState.Partial or SegmentState.Failed)) continue;
            sent.Add(segment);
            charged = segment.State == SegmentState.Failed && Volatile.Read(ref _charged[i]) ? charged + 1 : 0;
        }

        // The whole test is void by it, so that more of it would cost and tell nothing.
        if (sent.Find(segment => segment.Outcome.Class == OutcomeClass.Void) is { } ours) return Hopeless("the test is void", ours);

        // Whoever charges and brings nothing is paid a few times in a row and no more.
        if (charged >= options.GiveUpAfterCharged) return Hopeless($"the last {charged} segments were charged and brought nothing", sent[^1]);
        return sent.Count >= options.GiveUpAfter && sent.All(segment => segment.State == SegmentState.Failed)
            ? Hopeless($"the first {sent.Count} segments brought nothing", sent[^1])
            : null;

        static Outcome Hopeless(string why, SegmentEvidence last) =>
            new(last.Outcome.Code, Outcome.Clean($"not sent: {why}, the last one because of {last.Outcome}"));
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
