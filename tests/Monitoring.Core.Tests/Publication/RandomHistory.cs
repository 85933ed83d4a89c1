namespace Monitoring.Core.Tests;

/// <summary>
/// What may happen to one cell: tests every few hours, each with up to three revisions that arrive at once, late, doubled or in another
/// order; runs of capped tests; changes of method; tests of one instant; instants at midnight and exactly on an edge of the rules.
/// </summary>
internal sealed class RandomHistory
{
    private static readonly OutcomeCode[] Good = [OutcomeCode.Completed, OutcomeCode.Partial];
    private static readonly OutcomeCode[] Any =
    [
        OutcomeCode.Completed, OutcomeCode.Partial, OutcomeCode.Unreachable, OutcomeCode.WrongSize, OutcomeCode.Capped, OutcomeCode.PricedOut, OutcomeCode.Incompatible,
        OutcomeCode.Maintenance, OutcomeCode.OurNetwork,
    ];

    private static readonly OutcomeCode[] Ours = [OutcomeCode.OurNetwork, OutcomeCode.NoReport, OutcomeCode.NoWorker];
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    /// <summary>Arrivals in order of time.</summary>
    public List<(DateTimeOffset At, OutcomeRevision Revision)> Arrivals { get; }

    /// <summary>Instants at which somebody looks, in order; many of them lie on an edge.</summary>
    public List<DateTimeOffset> Looks { get; } = [];

    public DateTimeOffset? WithdrawnAt { get; }

    public RandomHistory(SplitMix random, Policy policy)
    {
        var arrivals = new List<(DateTimeOffset At, OutcomeRevision Revision)>();
        var count = 1 + random.Below(random.OneIn(12) ? 60 : 12);
        var at = new DateTimeOffset(2026, 11, 20, 0, 0, 0, TimeSpan.Zero).AddHours(random.Below(24));
        var codes = random.Below(6) switch { 0 => Good, 1 => Ours, _ => Any };
        var capped = random.OneIn(3);
        var method = Sample.Method;
        var times = new List<DateTimeOffset>();
        for (var i = 0; i < count; i++)
        {
            at += random.Below(12) switch
            {
                0 => TimeSpan.Zero,
                1 => Tick,
                2 => TimeSpan.FromHours(24),
                3 => TimeSpan.FromDays(random.Below(9)),
                4 => at.AddDays(1).Date - at.UtcDateTime,
                _ => TimeSpan.FromMinutes(random.Below(360)),
            };
            times.Add(at);
            if (random.OneIn(10)) method = TestMethod.StreamTest("clip1", 15, 1 + random.Below(3));
            var test = TestId.Parse($"t-{random.Below(1000):D3}-{i}");
            var measured = capped && !random.OneIn(3) ? OutcomeCode.Capped : random.Pick(codes);
            if (random.OneIn(8)) codes = random.OneIn(2) ? Ours : Any;
            var revisions = new List<OutcomeRevision>();
            if (random.OneIn(3) || OutcomeCodes.ClassOf(measured) == OutcomeClass.NotRun) revisions.Add(Revision(random, test, at, OutcomeCode.NoReport, 0, method));
            if (OutcomeCodes.ClassOf(measured) != OutcomeClass.NotRun) revisions.Add(Revision(random, test, at, measured, 1, method));
            if (random.OneIn(9)) revisions.Add(Revision(random, test, at, OutcomeCode.RegionAnomaly, 2, method));
            foreach (var revision in revisions)
            {
                var arrives = at + (random.Below(6) switch { 0 => policy.Final, 1 => TimeSpan.FromHours(random.Below(48)), _ => TimeSpan.FromMinutes(1 + random.Below(10)) });
                arrivals.Add((arrives, revision));

                // Whatever comes later than that the decider refuses before it is folded.
                while (random.OneIn(6)) arrivals.Add((Earlier(arrives + TimeSpan.FromHours(random.Below(40)), at + policy.Final), revision));
            }
        }

        random.Shuffle(arrivals);
        Arrivals = [.. arrivals.OrderBy(a => a.At)];
        if (random.OneIn(5)) WithdrawnAt = random.Pick(times).AddHours(random.Below(30));
        for (var i = 0; i < 4; i++)
        {
            var edge = random.Pick(times) + (random.Below(5) switch { 0 => policy.Window, 1 => policy.HoldFor, 2 => policy.ZeroFor, 3 => policy.Final, _ => TimeSpan.FromHours(random.Below(400)) });
            Looks.Add(edge + (Tick * (random.Below(3) - 1)));
        }

        Looks.Add(Arrivals[^1].At);
        Looks.Sort();
    }

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;

    private static OutcomeRevision Revision(SplitMix random, TestId test, DateTimeOffset at, OutcomeCode code, int revision, string method)
    {
        var complete = code == OutcomeCode.Completed ? 15 : code == OutcomeCode.Partial ? 1 + random.Below(14) : 0;
        return Sample.Revision(at, code, revision, summary: OutcomeCodes.ClassOf(code) == OutcomeClass.NotRun
            ? null
            : Sample.Summary(complete, 0.001 * (1 + random.Below(4000)), method)) with { Test = test };
    }
}
