namespace Monitoring.Core.Tests;

public sealed class WindowTests
{
    private static readonly CappedRule Rule = Sample.Policy.Capped;
    private static readonly DateTimeOffset Now = Sample.Noon;
    private static readonly DateTimeOffset Cut = Now.AddDays(-1);

    [Fact]
    public void A_test_leaves_exactly_when_it_is_24_hours_old()
    {
        var window = Sample.WindowOf((Cut, OutcomeCode.Completed), (Cut.AddTicks(1), OutcomeCode.Unreachable));
        Assert.Equal(1, window.Total(Cut, Rule).Counted);
        Assert.Equal(0, window.Total(Cut, Rule).Sums.Received);
        Assert.Equal(2, window.Total(Cut.AddTicks(-1), Rule).Counted);
        Assert.Equal(0, window.Total(Cut.AddTicks(1), Rule).Counted);
        Assert.Equal(Cut.AddTicks(1), window.Oldest(Cut));
    }

    [Fact]
    public void The_highest_revision_of_a_test_is_its_outcome_in_whatever_order_they_come()
    {
        WindowEntry[] revisions =
        [
            Sample.Entry(Now, OutcomeCode.NoReport, 0), Sample.Entry(Now, OutcomeCode.Completed, 1), Sample.Entry(Now, OutcomeCode.RegionAnomaly, 2),
        ];
        foreach (var order in new[] { "012", "021", "102", "120", "201", "210" })
        {
            var window = Window.Of(order.Select(c => revisions[c - '0']));
            Assert.Equal(OutcomeCode.RegionAnomaly, Assert.Single(window.Entries).Code);
        }

        Assert.Equal(1, Window.Of(revisions.Take(2)).Total(Cut, Rule).Counted);
    }

    [Fact]
    public void The_same_revision_again_changes_nothing()
    {
        var window = Sample.WindowOf((Now, OutcomeCode.Completed));
        Assert.Same(window, window.With(Sample.Entry(Now, OutcomeCode.Completed)));
        Assert.Same(window, window.With(Sample.Entry(Now, OutcomeCode.Unreachable)));
    }

    [Fact]
    public void Tests_of_one_instant_are_kept_apart()
    {
        var a = Sample.Entry(Now, OutcomeCode.Completed) with { Test = TestId.Parse("a") };
        var b = Sample.Entry(Now, OutcomeCode.Unreachable) with { Test = TestId.Parse("b") };
        Assert.Equal(2, Window.Of([a, b]).Total(Cut, Rule).Counted);
        Assert.Equal(Window.Of([a, b]).Entries, Window.Of([b, a]).Entries);
        Assert.Same(b, Window.Of([a, b]).Find(b.Test, Now));
        Assert.Null(Window.Of([a, b]).Find(TestId.Parse("c"), Now));
    }

    [Fact]
    public void Only_successes_and_faults_count_and_every_outcome_is_planned()
    {
        var window = Sample.WindowOf(
            (Now.AddMinutes(-9), OutcomeCode.Completed), (Now.AddMinutes(-8), OutcomeCode.Partial), (Now.AddMinutes(-7), OutcomeCode.Unreachable),
            (Now.AddMinutes(-6), OutcomeCode.Capped), (Now.AddMinutes(-5), OutcomeCode.OurNetwork), (Now.AddMinutes(-4), OutcomeCode.NoReport), (Now.AddMinutes(-3), OutcomeCode.Maintenance));
        var totals = window.Total(Cut, Rule);
        Assert.Equal(3, totals.Counted);
        Assert.Equal(7, totals.Planned);
        Assert.Equal(new ScoreSums(60 + 36, 180, 48_000_000, 24_000_000), totals.Sums);
        Assert.Equal(24 / 45.0, totals.RealTimeRate);
        Assert.Equal(Now.AddMinutes(-7), totals.LastCountedAt);
    }

    [Fact]
    public void Posted_results_have_no_plan()
    {
        var posted = Sample.Entry(Now, OutcomeCode.Completed, summary: Sample.Summary(15, method: TestMethod.Posted));
        Assert.Equal(0, Window.Of([posted]).Total(Cut, Rule).Planned);
        Assert.Equal(1, Window.Of([posted]).Total(Cut, Rule).Counted);
    }

    [Fact]
    public void A_new_method_begins_a_new_window_with_its_first_counted_test()
    {
        var other = TestMethod.StreamTest("clip2", 15, 3);
        var before = Sample.Entry(Now.AddHours(-3), OutcomeCode.Completed);
        var first = Sample.Entry(Now.AddHours(-1), OutcomeCode.Partial, summary: Sample.Summary(9, method: other));
        var window = Window.Of([before, first]);
        Assert.Equal(first.Sums, window.Total(Cut, Rule).Sums);
        Assert.Equal(first, Assert.Single(window.Judged(Cut, Rule)).Entry);
        Assert.Equal(before.Sums, window.Total(Cut, Rule, Now.AddHours(-2)).Sums);
    }

    [Theory]
    [InlineData(OutcomeCode.OurNetwork)]
    [InlineData(OutcomeCode.RegionAnomaly)]
    [InlineData(OutcomeCode.Capped)]
    [InlineData(OutcomeCode.PricedOut)]
    public void A_test_that_does_not_count_begins_no_new_window(OutcomeCode code)
    {
        var before = Sample.Entry(Now.AddHours(-3), OutcomeCode.Completed);
        var after = Sample.Entry(Now.AddHours(-1), code, summary: Sample.Summary(0, method: TestMethod.StreamTest("clip2", 15, 3)));
        Assert.Equal(before.Sums, Window.Of([before, after]).Total(Cut, Rule).Sums);
    }

    [Fact]
    public void The_95th_percentile_is_the_nearest_rank_of_successful_tests()
    {
        Assert.Null(Window.Empty.RoundTripP95(Cut, Rule));
        Assert.Null(Sample.WindowOf((Now, OutcomeCode.Unreachable)).RoundTripP95(Cut, Rule));
        var entry = Sample.Entry(Now, OutcomeCode.Completed) with { RoundTripsMicros = [.. Enumerable.Range(1, 100).Select(i => i * 1000L).Reverse()] };
        Assert.Equal(TimeSpan.FromMilliseconds(95), Window.Of([entry]).RoundTripP95(Cut, Rule));
        Assert.Equal(TimeSpan.FromMilliseconds(7), Window.Of([entry with { RoundTripsMicros = [7000] }]).RoundTripP95(Cut, Rule));
    }

    [Fact]
    public void Trimming_drops_what_is_not_after_the_horizon_and_nothing_else()
    {
        var window = Sample.WindowOf((Now.AddHours(-2), OutcomeCode.Completed), (Now.AddHours(-1), OutcomeCode.Completed), (Now, OutcomeCode.Completed));
        for (var h = -3; h <= 1; h++)
        {
            var horizon = Now.AddHours(h);
            Assert.Equal(window.Entries.Where(e => e.TestTime > horizon), window.Trim(horizon).Entries);
        }
    }

    [Fact]
    public void A_window_knows_a_test_by_id_on_its_day_whatever_its_instant()
    {
        var day = DateOnly.FromDateTime(Now.UtcDateTime);
        var entry = Sample.Entry(Now, OutcomeCode.Rescheduled) with { Test = TestId.Planned(day, 1, Sample.Mdw, Sample.Someone) };
        var window = Window.Of([Sample.Entry(Now.AddDays(-1), OutcomeCode.Completed), entry]);
        Assert.True(window.Knows(entry.Test, day));
        Assert.False(window.Knows(entry.Test, day.AddDays(-1)));
        Assert.False(window.Knows(TestId.Planned(day, 2, Sample.Mdw, Sample.Someone), day));
    }

    [Fact]
    public void A_test_touches_what_lies_less_than_the_guard_from_it()
    {
        var window = Sample.WindowOf((Now, OutcomeCode.Completed));
        var guard = TimeSpan.FromSeconds(90);
        foreach (var sign in new[] { -1, 1 })
        {
            Assert.False(window.Touches(Now + (sign * guard), guard));
            Assert.True(window.Touches(Now + (sign * (guard - TimeSpan.FromTicks(1))), guard));
        }
    }
}
