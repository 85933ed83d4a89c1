namespace Monitoring.Core;

/// <summary>
/// Draws one orchestrator's plan of one day (design section 4, step 2). A day has testsPerDay rounds; in each round every region has one
/// slot, in permuted order; the instant is drawn inside the slot less the guard. One test in eight gives its slot up and takes place at any
/// free minute of the day instead. Two instants of one endpoint are never closer than the guard.
/// </summary>
public static class DayPlan
{
    /// <summary>The plan, in order of time.</summary>
    /// <param name="seed">The day's seed.</param>
    /// <param name="day">The UTC day.</param>
    /// <param name="orchestrator">Who is tested.</param>
    /// <param name="share">Its part in the endpoint's slot sequence.</param>
    /// <param name="policy">A policy without problems.</param>
    public static ImmutableArray<PlannedTest> For(DaySeed seed, DateOnly day, OrchestratorId orchestrator, SlotShare share, SchedulePolicy policy)
    {
        var sequence = Sequence(seed, day, share, policy);
        var plan = ImmutableArray.CreateBuilder<PlannedTest>(sequence.Count / share.Count + policy.Regions.Length);
        foreach (var slot in sequence)
        {
            if ((slot.Round + slot.Offset) % share.Count != share.Index) continue;
            plan.Add(new PlannedTest(TestId.Planned(day, slot.Round, slot.Region, orchestrator), orchestrator, slot.Region, slot.At, slot.Surprise));
        }

        plan.Sort((a, b) => a.At != b.At ? a.At.CompareTo(b.At) : a.Id.CompareTo(b.Id));
        return plan.ToImmutable();
    }

    private static List<Slot> Sequence(DaySeed seed, DateOnly day, SlotShare share, SchedulePolicy policy)
    {
        var draws = seed.Sequence("slots " + share.Endpoint);
        var start = new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
        var regions = policy.Regions.Length;
        var count = policy.TestsPerDay * regions;
        var room = Math.Max(1, (policy.SlotLength - policy.Guard).Ticks / TimeSpan.TicksPerMillisecond);
        var offset = (int)draws.Below(share.Count);
        var slots = new List<Slot>(count);
        var order = new RegionId[regions];
        for (var round = 0; round < policy.TestsPerDay; round++)
        {
            policy.Regions.CopyTo(order);
            for (var i = regions - 1; i > 0; i--)
            {
                var j = (int)draws.Below(i + 1);
                (order[i], order[j]) = (order[j], order[i]);
            }

            for (var i = 0; i < regions; i++)
            {
                // The n-th slot of the day starts at n/count of it: exact, whatever does not divide evenly.
                var n = (round * regions) + i;
                var begins = TimeSpan.FromTicks((long)((Int128)TimeSpan.TicksPerDay * n / count / TimeSpan.TicksPerMillisecond) * TimeSpan.TicksPerMillisecond);
                var at = start + begins + TimeSpan.FromMilliseconds(draws.Below(room));
                var surprise = policy.SurpriseOneIn > 0 && draws.Below(policy.SurpriseOneIn) == 0;
                slots.Add(new Slot(round, order[i], at, surprise, offset));
            }
        }

        PlaceSurprises(slots, draws, start, policy.Guard);
        return slots;
    }

    private static void PlaceSurprises(List<Slot> slots, DaySeed.Draws draws, DateTimeOffset start, TimeSpan guard)
    {
        var end = start.AddDays(1);
        // Its own slot stays free for each surprise until it is placed, so that there is room for every one even where the day is full.
        var taken = slots.Select(s => s.At).Order().ToList();
        for (var i = 0; i < slots.Count; i++)
        {
            if (!slots[i].Surprise) continue;
            var at = slots[i].At;
            taken.RemoveAt(taken.BinarySearch(at));
            long free = 0;
            foreach (var (from, until) in Gaps(taken, start, end, guard)) free += Width(from, until);
            var draw = draws.Below(free);
            foreach (var (from, until) in Gaps(taken, start, end, guard))
            {
                var width = Width(from, until);
                if (draw < width)
                {
                    at = from + TimeSpan.FromMilliseconds(draw);
                    break;
                }

                draw -= width;
            }

            slots[i] = slots[i] with { At = at };
            taken.Insert(~taken.BinarySearch(at), at);
        }
    }

    // The instants at which a test may start without touching another: [from, until], both inclusive.
    private static IEnumerable<(DateTimeOffset From, DateTimeOffset Until)> Gaps(List<DateTimeOffset> taken, DateTimeOffset start, DateTimeOffset end, TimeSpan guard)
    {
        var from = start;
        foreach (var at in taken)
        {
            if (at - guard >= from) yield return (from, at - guard);
            from = at + guard;
        }

        if (end - guard >= from) yield return (from, end - guard);
    }

    private static long Width(DateTimeOffset from, DateTimeOffset until) => ((until - from).Ticks / TimeSpan.TicksPerMillisecond) + 1;

    private readonly record struct Slot(int Round, RegionId Region, DateTimeOffset At, bool Surprise, int Offset);
}
