namespace Monitoring.Core;

/// <summary>The latest liveness check of each orchestrator from one region, in order of time. Immutable.</summary>
internal sealed class LatestChecks
{
    private readonly ImmutableArray<Check> _checks;
    private readonly Dictionary<OrchestratorId, Check> _of;

    private LatestChecks(ImmutableArray<Check> checks) => (_checks, _of) = (checks, checks.ToDictionary(c => c.Orchestrator));

    /// <summary>Nobody was checked.</summary>
    public static LatestChecks None { get; } = new([]);

    /// <summary>The same with further checks; one that is older than what is known changes nothing.</summary>
    /// <param name="seen">The checks.</param>
    /// <param name="forgetBefore">Checks that are older are forgotten, UTC.</param>
    public LatestChecks With(IEnumerable<(OrchestratorId Orchestrator, DateTimeOffset At, bool Good)> seen, DateTimeOffset forgetBefore)
    {
        var latest = new Dictionary<OrchestratorId, Check>(_of);
        foreach (var (orchestrator, at, good) in seen)
        {
            var isKnown = latest.TryGetValue(orchestrator, out var known);
            if (isKnown && known.At > at) continue;

            // Of one who answers when he is first heard of nobody knows that he ever did not.
            var since = isKnown && known.Good == good ? known.Since : isKnown || !good ? at : default;
            latest[orchestrator] = new Check(orchestrator, at, good, since, good ? known.FailedFrom : since);
        }

        return new LatestChecks([.. latest.Values.Where(c => c.At >= forgetBefore).OrderBy(c => c.At)]);
    }

    /// <summary>When an orchestrator was checked last, whether it answered, and since when it does or does not; null when it never was.</summary>
    public (DateTimeOffset At, bool Good, DateTimeOffset Since)? Of(OrchestratorId orchestrator) => _of.TryGetValue(orchestrator, out var check) ? (check.At, check.Good, check.Since) : null;

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
        for (var i = _checks.Length - 1; i >= 0 && _checks[i].At >= since; i--)
        {
            if (_checks[i].Orchestrator == except) continue;
            var check = _checks[i];
            if (check.Good && check.Since <= until) answered++;
            else if (check.FailedFrom == default || check.FailedFrom > until) later++;
            else if (check.FailedFrom >= since - before) failed++;
        }

        return (answered, failed, later);
    }

    private readonly record struct Check(OrchestratorId Orchestrator, DateTimeOffset At, bool Good, DateTimeOffset Since, DateTimeOffset FailedFrom);
}
