namespace Monitoring.Core;

/// <summary>The latest liveness check of each orchestrator from one region, in order of time. Immutable.</summary>
internal sealed class LatestChecks
{
    private readonly ImmutableDictionary<OrchestratorId, Check> _of;
    private readonly ImmutableSortedSet<(DateTimeOffset At, OrchestratorId Orchestrator)> _inOrder;

    private LatestChecks(ImmutableDictionary<OrchestratorId, Check> of, ImmutableSortedSet<(DateTimeOffset, OrchestratorId)> inOrder) => (_of, _inOrder) = (of, inOrder);

    /// <summary>Nobody was checked.</summary>
    public static LatestChecks None { get; } = new(ImmutableDictionary<OrchestratorId, Check>.Empty, []);

    /// <summary>The same with further checks; one that is older than what is known changes nothing.</summary>
    /// <param name="seen">The checks.</param>
    /// <param name="forgetBefore">Checks that are older are forgotten, UTC.</param>
    public LatestChecks With(IEnumerable<(OrchestratorId Orchestrator, DateTimeOffset At, bool Good)> seen, DateTimeOffset forgetBefore)
    {
        var (of, inOrder) = (_of.ToBuilder(), _inOrder.ToBuilder());
        foreach (var (orchestrator, at, good) in seen)
        {
            var isKnown = of.TryGetValue(orchestrator, out var known);
            if (isKnown && known.At > at) continue;
            if (isKnown) inOrder.Remove((known.At, orchestrator));

            // Of one who answers when he is first heard of nobody knows that he ever did not.
            var since = isKnown && known.Good == good ? known.Since : isKnown || !good ? at : default;
            of[orchestrator] = new Check(at, good, since, good ? known.FailedFrom : since);
            inOrder.Add((at, orchestrator));
        }

        while (inOrder.Count > 0 && inOrder.Min.At < forgetBefore)
        {
            of.Remove(inOrder.Min.Orchestrator);
            inOrder.Remove(inOrder.Min);
        }

        return new LatestChecks(of.ToImmutable(), inOrder.ToImmutable());
    }

    /// <summary>When an orchestrator was checked last, whether it answered, and since when it does or does not; null when it never was.</summary>
    public (DateTimeOffset At, bool Good, DateTimeOffset Since)? Of(OrchestratorId orchestrator) => _of.TryGetValue(orchestrator, out var check) ? (check.At, check.Good, check.Since) : null;

    /// <summary>The checks that are not older than an instant, the newest first.</summary>
    public IEnumerable<(OrchestratorId Orchestrator, DateTimeOffset At, bool Good)> Since(DateTimeOffset instant) =>
        _inOrder.Reverse().TakeWhile(c => c.At >= instant).Select(c => (c.Orchestrator, c.At, _of[c.Orchestrator].Good));

    /// <summary>
    /// How others were between two instants: how many answered, how many did not at the second whose failing had begun then or not long before, and
    /// of how many it is only known how they are later.
    /// </summary>
    /// <param name="except">Who is not counted.</param>
    /// <param name="since">The first instant, UTC, inclusive.</param>
    /// <param name="until">The second, UTC, inclusive.</param>
    /// <param name="before">How long before the first.</param>
    public (int Answered, int Failed, int Later) Between(OrchestratorId except, DateTimeOffset since, DateTimeOffset until, TimeSpan before)
    {
        int answered = 0, failed = 0, later = 0;
        foreach (var (at, orchestrator) in _inOrder.Reverse())
        {
            if (at < since) break;
            if (orchestrator == except) continue;
            var check = _of[orchestrator];
            if (check.Good && check.Since <= until) answered++;
            else if (check.FailedFrom == default || check.FailedFrom > until) later++;
            else if (check.FailedFrom >= since - before) failed++;
        }

        return (answered, failed, later);
    }

    private readonly record struct Check(DateTimeOffset At, bool Good, DateTimeOffset Since, DateTimeOffset FailedFrom);
}
