namespace Monitoring.Core;

/// <summary>What ended lately in one region: every piece of evidence, and of each orchestrator the latest, apart by how it went. Immutable.</summary>
internal sealed class RecentEvidence
{
    private readonly ImmutableSortedSet<(DateTimeOffset At, OrchestratorId Orchestrator)> _all;

    private RecentEvidence(
        ImmutableSortedSet<(DateTimeOffset, OrchestratorId)> all,
        ImmutableDictionary<OrchestratorId, DateTimeOffset> passing,
        ImmutableDictionary<OrchestratorId, DateTimeOffset> failing) => (_all, Passing, Failing) = (all, passing, failing);

    /// <summary>Nothing ended.</summary>
    public static RecentEvidence None { get; } =
        new([], ImmutableDictionary<OrchestratorId, DateTimeOffset>.Empty, ImmutableDictionary<OrchestratorId, DateTimeOffset>.Empty);

    /// <summary>Whose latest evidence is good, and of when it is, UTC.</summary>
    public ImmutableDictionary<OrchestratorId, DateTimeOffset> Passing { get; }

    /// <summary>Whose latest evidence is bad, and of when it is, UTC.</summary>
    public ImmutableDictionary<OrchestratorId, DateTimeOffset> Failing { get; }

    /// <summary>The same with further evidence, in any order; the same instant of the same orchestrator again corrects what was said of it.</summary>
    public RecentEvidence With(IEnumerable<(OrchestratorId Orchestrator, DateTimeOffset At, bool Good)> seen)
    {
        var (all, passing, failing) = (_all.ToBuilder(), Passing.ToBuilder(), Failing.ToBuilder());
        foreach (var (orchestrator, at, good) in seen)
        {
            all.Add((at, orchestrator));
            if (passing.TryGetValue(orchestrator, out var latest) || failing.TryGetValue(orchestrator, out latest))
            {
                if (latest > at) continue;
                (passing.ContainsKey(orchestrator) ? passing : failing).Remove(orchestrator);
            }

            (good ? passing : failing)[orchestrator] = at;
        }

        return new RecentEvidence(all.ToImmutable(), passing.ToImmutable(), failing.ToImmutable());
    }

    /// <summary>The same without what is as old as this instant or older.</summary>
    public RecentEvidence After(DateTimeOffset instant)
    {
        if (_all.IsEmpty || _all.Min.At > instant) return this;
        var (all, passing, failing) = (_all.ToBuilder(), Passing.ToBuilder(), Failing.ToBuilder());
        while (all.Count > 0 && all.Min.At <= instant)
        {
            var (at, orchestrator) = all.Min;
            all.Remove((at, orchestrator));
            if (passing.TryGetValue(orchestrator, out var latest) && latest == at) passing.Remove(orchestrator);
            if (failing.TryGetValue(orchestrator, out latest) && latest == at) failing.Remove(orchestrator);
        }

        return new RecentEvidence(all.ToImmutable(), passing.ToImmutable(), failing.ToImmutable());
    }
}
