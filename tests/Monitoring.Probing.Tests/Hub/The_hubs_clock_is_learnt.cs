using Monitoring.Core;
using Monitoring.Probing.Tests.Worker;
using Monitoring.Testing;

namespace Monitoring.Probing.Tests.Hub;

public sealed class The_hubs_clock_is_learnt
{
    private static readonly DateTimeOffset Start = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
    private readonly HubClock _clock = new();

    [Fact]
    public void The_time_that_a_long_poll_waits_is_no_part_of_the_way()
    {
        // 40 ms there, 20 s at the hub, 60 ms back, and the hub 7 s ahead.
        Learn(there: 40, atTheHub: 20_000, back: 60, ahead: 7_000);
        Assert.Equal(7_000 - 10, _clock.Offset!.Value.TotalMilliseconds, 1.0);
        Assert.True(_clock.IsOffBy(TimeSpan.FromSeconds(5)));
        Assert.False(_clock.IsOffBy(TimeSpan.FromSeconds(6.95)));
    }

    [Fact]
    public void The_call_that_was_under_way_for_the_shortest_time_counts()
    {
        Learn(there: 900, atTheHub: 0, back: 100, ahead: 0);
        Learn(there: 10, atTheHub: 0, back: 10, ahead: 0);
        Learn(there: 100, atTheHub: 0, back: 900, ahead: 0);
        Assert.Equal(TimeSpan.Zero, _clock.Offset);
    }

    [Fact]
    public void A_clock_that_was_set_is_believed_at_once()
    {
        for (var i = 0; i < 8; i++) Learn(there: 5, atTheHub: 0, back: 5, ahead: 0);
        Learn(there: 50, atTheHub: 0, back: 50, ahead: -10_000);
        Assert.Equal(-10, _clock.Offset!.Value.TotalSeconds, 0.1);
    }

    [Fact]
    public void An_answer_that_came_before_it_was_asked_for_teaches_nothing()
    {
        _clock.Learn(Start, Start, Start.AddSeconds(10), Start.AddSeconds(1));
        _clock.Learn(Start, Start.AddSeconds(5), Start, Start.AddSeconds(1));
        Assert.Null(_clock.Offset);
    }

    [Fact]
    public async Task A_region_whose_clock_is_off_by_more_than_5_s_measures_nothing_and_says_so()
    {
        var health = new HubClockHealth(new ScriptedHealth(), _clock);
        Assert.Null((await health.CheckAsync(false, TestContext.Current.CancellationToken)).Fault);
        Learn(there: 5, atTheHub: 0, back: 5, ahead: 4_900);
        Assert.Null((await health.CheckAsync(false, TestContext.Current.CancellationToken)).Fault);
        Learn(there: 5, atTheHub: 0, back: 5, ahead: 10_000);
        var report = await health.CheckAsync(false, TestContext.Current.CancellationToken);
        Assert.Equal(OutcomeCode.OurClock, report.Fault);
        Assert.Contains("10.0 s", report.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_regions_time_is_the_hubs_and_its_timers_are_its_own()
    {
        var ours = new VirtualTime(Start);
        var time = new HubTime(_clock, ours);
        Assert.Equal(Start, time.GetUtcNow());
        Learn(there: 0, atTheHub: 0, back: 0, ahead: 10_000);
        Assert.Equal(Start.AddSeconds(10), time.GetUtcNow());
        var fired = false;
        using var timer = time.CreateTimer(_ => fired = true, null, TimeSpan.FromSeconds(3), Timeout.InfiniteTimeSpan);
        ours.Advance(TimeSpan.FromSeconds(3));
        Assert.True(fired);
        Assert.Equal(ours.GetTimestamp(), time.GetTimestamp());
    }

    private void Learn(int there, int atTheHub, int back, int ahead)
    {
        var reached = Start.AddMilliseconds(there + ahead);
        _clock.Learn(Start, reached, reached.AddMilliseconds(atTheHub), Start.AddMilliseconds(there + atTheHub + back));
    }
}
