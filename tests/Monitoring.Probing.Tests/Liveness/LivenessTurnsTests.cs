using Monitoring.Core;
using static Monitoring.Probing.Tests.Liveness.LivenessHub;

namespace Monitoring.Probing.Tests.Liveness;

public sealed class LivenessTurnsTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(5);

    [Fact]
    public void Each_is_checked_once_a_period_and_the_checks_are_spread_evenly()
    {
        var turns = new LivenessTurns();
        Order(turns, 600, TimeSpan.Zero);
        var taken = Play(turns, TimeSpan.FromHours(1));
        Assert.All(taken.GroupBy(t => t.Who), who => Assert.Equal(12, who.Count()));
        Assert.All(taken.GroupBy(t => t.Who), who => Assert.All(who.Zip(who.Skip(1)), pair => Assert.Equal(Every, pair.Second.At - pair.First.At)));
        var perMinute = taken.GroupBy(t => (t.At - Noon).Ticks / TimeSpan.TicksPerMinute).Select(g => g.Count()).ToList();
        Assert.All(perMinute, n => Assert.InRange(n, 60, 180));
    }

    [Fact]
    public void Another_process_keeps_the_same_turns_and_another_region_is_shifted()
    {
        var first = new LivenessTurns();
        var second = new LivenessTurns();
        var shifted = new LivenessTurns();
        Order(first, 50, TimeSpan.Zero);
        Order(second, 50, TimeSpan.Zero);
        Order(shifted, 50, TimeSpan.FromSeconds(100));
        var at = Play(first, Every).ToDictionary(t => t.Who, t => t.At);
        Assert.All(Play(second, Every), t => Assert.Equal(at[t.Who], t.At));
        Assert.All(Play(shifted, Every), t => Assert.Equal(100, (t.At - at[t.Who]).TotalSeconds < 0 ? (t.At - at[t.Who] + Every).TotalSeconds : (t.At - at[t.Who]).TotalSeconds, 1.0));
    }

    [Fact]
    public void Who_is_no_longer_listed_is_not_checked()
    {
        var turns = new LivenessTurns();
        Order(turns, 10, TimeSpan.Zero);
        turns.Obey(new LivenessOrders { Version = 2, Targets = [Target(3)] }, Noon);
        Assert.Equal([Orchestrator(3)], Play(turns, Every).Select(t => t.Who).Distinct());
    }

    [Fact]
    public void Nobody_is_checked_twice_at_a_time()
    {
        var turns = new LivenessTurns();
        Order(turns, 1, TimeSpan.Zero);
        turns.Obey(new LivenessOrders { Version = 1, CheckNow = [Orchestrator(1)] }, Noon);
        Assert.NotNull(turns.Take(Noon, out _));
        turns.Obey(new LivenessOrders { Version = 1, CheckNow = [Orchestrator(1)] }, Noon);
        Assert.Null(turns.Take(Noon.AddMinutes(20), out _));
        Assert.Equal((false, true), turns.Done(Orchestrator(1), true));
        Assert.NotNull(turns.Take(Noon.AddMinutes(40), out _));
        Assert.Equal((false, false), turns.Done(Orchestrator(1), true));
    }

    private static void Order(LivenessTurns turns, int count, TimeSpan shift)
    {
        turns.Obey(new LivenessOrders { Version = 1, Every = Every, Shift = shift, Targets = [.. Enumerable.Range(1, count).Select(Target)] }, Noon);

        // Who is new is checked out of turn.
        for (var i = 0; i < count; i++) turns.Done(turns.Take(Noon, out _)!.Orchestrator, true);
    }

    private static List<(OrchestratorId Who, DateTimeOffset At)> Play(LivenessTurns turns, TimeSpan span)
    {
        var taken = new List<(OrchestratorId, DateTimeOffset)>();
        for (var now = Noon; now < Noon + span;)
        {
            if (turns.Take(now, out var next) is { } target)
            {
                taken.Add((target.Orchestrator, now));
                turns.Done(target.Orchestrator, true);
            }
            else now = next!.Value;
        }

        return taken;
    }
}
