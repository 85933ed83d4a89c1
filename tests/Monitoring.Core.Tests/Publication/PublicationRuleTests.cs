namespace Monitoring.Core.Tests;

/// <summary>What a cell publishes (design section 6), each rule with the instants at which it begins and ends.</summary>
public sealed class PublicationRuleTests
{
    private static readonly Policy Policy = Sample.Policy;
    private static readonly DateTimeOffset At = Sample.Noon;
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    private static PublishedCell? Of(Cell cell, DateTimeOffset now, DateTimeOffset? withdrawnAt = null, Policy? policy = null) =>
        PublicationRule.Of(PublicationRule.Settle(cell, now, policy ?? Policy), withdrawnAt, now, policy ?? Policy);

    private static void ZerosUntil(Cell cell, DateTimeOffset end, DateTimeOffset? withdrawnAt = null)
    {
        var last = Of(cell, end - Tick, withdrawnAt);
        Assert.NotNull(last);
        Assert.Equal((CellState.Zero, 0.0, 0.0, 0.0, 0), (last.State, last.SuccessRate, last.RoundTripScore, last.Score, last.Tests));
        Assert.Null(Of(cell, end, withdrawnAt));
    }

    [Fact]
    public void Never_measured_is_omitted()
    {
        Assert.Null(Of(Sample.CellOf(), At));
        Assert.Null(Of(Sample.CellOf((At, OutcomeCode.OurNetwork), (At.AddHours(1), OutcomeCode.NoReport)), At.AddHours(2)));
        Assert.Null(Of(Sample.CellOf((At, OutcomeCode.OurNetwork)), At.AddHours(2), withdrawnAt: At.AddHours(1)));
    }

    [Fact]
    public void Counted_tests_in_the_window_publish_their_scores()
    {
        var cell = Of(Sample.CellOf((At, OutcomeCode.Completed), (At.AddHours(3), OutcomeCode.Unreachable), (At.AddHours(4), OutcomeCode.OurChain)), At.AddHours(5))!;
        Assert.Equal(CellState.Measured, cell.State);
        Assert.Equal(0.5, cell.SuccessRate);
        Assert.Equal(1 - Math.Exp(-2), cell.RoundTripScore, 15);
        Assert.Equal(cell.SuccessRate * cell.RoundTripScore, cell.Score);
        Assert.Equal((2, 3), (cell.Tests, cell.Planned));
        Assert.Equal(2 / 3.0, cell.Coverage!.Value, 15);
        Assert.Equal(0.5, cell.RealTimeRate);
        Assert.Equal(At.AddHours(3), cell.LastTestAt);
        Assert.Equal(WilsonInterval.Of(0.5, 2), (cell.SuccessRateLow, cell.SuccessRateHigh));
        Assert.Equal(cell.SuccessRateLow * cell.RoundTripScore, cell.ScoreLow);
        Assert.Equal(cell.SuccessRateHigh * cell.RoundTripScore, cell.ScoreHigh);
    }

    [Fact]
    public void Three_good_tests_and_a_dead_one_score_0_474_here_and_0_552_by_the_old_method()
    {
        var good = Sample.Summary(15, 2);
        var cell = new Cell
        {
            Region = Sample.Mdw,
            Window = Window.Of(
            [
                .. Enumerable.Range(0, 3).Select(i => Sample.Entry(At.AddHours(i), OutcomeCode.Completed, summary: good)),
                Sample.Entry(At.AddHours(3), OutcomeCode.Unreachable),
            ]),
        };
        var ours = Of(cell, At.AddHours(4))!;
        Assert.Equal(0.75, ours.SuccessRate);
        Assert.Equal(0.632, ours.RoundTripScore, 3);
        Assert.Equal(0.474, ours.Score, 3);
        var old = Of(cell, At.AddHours(4), policy: Sample.Legacy)!;
        Assert.Equal(0.75, old.SuccessRate);
        Assert.Equal(0.736, old.RoundTripScore, 3);
        Assert.Equal(0.552, old.Score, 3);
        Assert.Equal(4, old.Tests);
    }

    [Fact]
    public void The_old_method_leaves_out_what_does_not_count_as_well()
    {
        var tests = new[] { (At, OutcomeCode.Completed), (At.AddHours(1), OutcomeCode.OurNetwork), (At.AddHours(2), OutcomeCode.Capped), (At.AddHours(3), OutcomeCode.NoReport) };
        Assert.Equal(1, Of(Sample.CellOf(tests), At.AddHours(4), policy: Sample.Legacy)!.SuccessRate);
    }

    [Theory]
    [InlineData(OutcomeCode.Unreachable)]
    [InlineData(OutcomeCode.WrongSize)]
    [InlineData(OutcomeCode.PricedOut)]
    [InlineData(OutcomeCode.Incompatible)]
    public void Evidence_against_the_orchestrator_publishes_zeros_for_30_days(OutcomeCode against)
    {
        var cell = Sample.CellOf((At.AddDays(-1), OutcomeCode.Completed), (At, against));
        Assert.NotEqual(CellState.Held, Of(cell, At.AddDays(1))!.State);
        ZerosUntil(cell, At.AddDays(30));
    }

    [Fact]
    public void The_zero_begins_when_the_last_counted_test_leaves_the_window()
    {
        var cell = Sample.CellOf((At, OutcomeCode.Completed), (At.AddHours(1), OutcomeCode.PricedOut));
        Assert.Equal(CellState.Measured, Of(cell, At.AddDays(1) - Tick)!.State);
        Assert.Equal(CellState.Zero, Of(cell, At.AddDays(1))!.State);
    }

    [Fact]
    public void Persistent_capping_publishes_zeros_for_30_days()
    {
        var cell = Sample.CellOf([.. Enumerable.Range(0, 8).Select(i => (At.AddHours(3 * (i - 7)), OutcomeCode.Capped))]);
        Assert.Equal(CellState.Measured, Of(cell, At.AddDays(1) - Tick)!.State);
        ZerosUntil(cell, At.AddDays(30));
    }

    [Theory]
    [InlineData(OutcomeCode.OurNetwork)]
    [InlineData(OutcomeCode.RegionAnomaly)]
    [InlineData(OutcomeCode.RegionStale)]
    [InlineData(OutcomeCode.Capped)]
    [InlineData(OutcomeCode.Maintenance)]
    public void Nothing_counted_for_no_fault_of_its_own_holds_the_last_value_for_7_days(OutcomeCode after)
    {
        var cell = Sample.CellOf((At.AddHours(-2), OutcomeCode.Unreachable), (At, OutcomeCode.Completed), (At.AddHours(1), after));
        var measured = Of(cell, At.AddDays(1).AddHours(-3))!;
        Assert.Equal((CellState.Measured, 0.5), (measured.State, measured.SuccessRate));
        foreach (var now in new[] { At.AddDays(1), At.AddDays(3), At.AddDays(5), At.AddDays(7) - Tick })
        {
            var held = Of(cell, now)!;
            Assert.Equal((CellState.Held, 0.5, At, 0), (held.State, held.SuccessRate, held.LastTestAt!.Value, held.Tests));
            Assert.Equal(measured.Score, held.Score);
        }

        Assert.Null(Of(cell, At.AddDays(7)));
    }

    [Fact]
    public void The_held_value_is_that_of_the_window_that_ended_with_the_last_counted_test()
    {
        // The failure a day earlier had left the window when the last test came.
        var cell = Sample.CellOf((At.AddDays(-1), OutcomeCode.Unreachable), (At.AddDays(-1) + Tick, OutcomeCode.Completed), (At, OutcomeCode.Completed));
        Assert.Equal(1, Of(cell, At.AddDays(2))!.SuccessRate);
    }

    [Fact]
    public void It_makes_no_difference_how_often_a_cell_is_settled_on_the_way()
    {
        Cell[] histories =
        [
            Sample.CellOf([.. Enumerable.Range(0, 16).Select(i => (At.AddHours(3 * (i - 15)), i % 3 == 0 ? OutcomeCode.Unreachable : OutcomeCode.Completed)), (At.AddHours(1), OutcomeCode.OurNetwork)]),
            Sample.CellOf([.. Enumerable.Range(0, 16).Select(i => (At.AddHours(3 * (i - 15)), OutcomeCode.Capped))]),
            Sample.CellOf([.. Enumerable.Range(0, 16).Select(i => (At.AddHours(3 * (i - 15)), i < 8 ? OutcomeCode.Completed : OutcomeCode.Capped)), (At.AddHours(2), OutcomeCode.NoReport)]),
        ];
        foreach (var whole in histories)
        {
            var often = whole;
            for (var now = At; now < At.AddDays(32); now = now.AddHours(1))
            {
                often = PublicationRule.Settle(often, now, Policy);
                Assert.Equal(PublicationRule.Of(whole, null, now, Policy), PublicationRule.Of(often, null, now, Policy));
            }

            Assert.Equal(Window.Empty.Entries, often.Window.Entries);
        }
    }

    [Fact]
    public void An_orchestrator_that_left_publishes_its_window_and_then_zeros_for_30_days()
    {
        var cell = Sample.CellOf((At, OutcomeCode.Completed));
        var left = At.AddHours(5);
        Assert.Equal(CellState.Measured, Of(cell, At.AddDays(1) - Tick, left)!.State);
        Assert.Equal(CellState.Zero, Of(cell, At.AddDays(1), left)!.State);
        ZerosUntil(cell, left.AddDays(30), left);
    }

    [Fact]
    public void Zeros_last_from_the_later_of_the_last_fault_and_the_leaving()
    {
        ZerosUntil(Sample.CellOf((At, OutcomeCode.Unreachable)), At.AddDays(33), withdrawnAt: At.AddDays(3));
        ZerosUntil(Sample.CellOf((At, OutcomeCode.Unreachable)), At.AddDays(30), withdrawnAt: At.AddDays(-3));
    }

    [Fact]
    public void The_next_change_is_when_the_answer_next_changes()
    {
        (Cell Cell, DateTimeOffset? Left)[] cases =
        [
            (Sample.CellOf((At, OutcomeCode.Completed), (At.AddHours(2), OutcomeCode.Unreachable)), null),
            (Sample.CellOf((At, OutcomeCode.Completed), (At.AddHours(2), OutcomeCode.OurNetwork)), null),
            (Sample.CellOf((At, OutcomeCode.Completed), (At.AddHours(2), OutcomeCode.PricedOut)), null),
            (Sample.CellOf((At, OutcomeCode.Completed)), At.AddHours(7)),
            (Sample.CellOf([.. Enumerable.Range(0, 9).Select(i => (At.AddHours(i), OutcomeCode.Capped))]), null),
        ];
        foreach (var (cell, left) in cases)
        {
            var now = At.AddHours(9);
            var settled = PublicationRule.Settle(cell, now, Policy);
            var changes = 0;
            while (PublicationRule.NextChange(settled, left, now, Policy) is { } next)
            {
                Assert.True(next > now);
                var before = PublicationRule.Of(settled, left, now, Policy);
                Assert.Equal(before, PublicationRule.Of(PublicationRule.Settle(settled, next - Tick, Policy), left, next - Tick, Policy));
                now = next;
                settled = PublicationRule.Settle(settled, now, Policy);
                if (!Equals(before, PublicationRule.Of(settled, left, now, Policy))) changes++;
                Assert.True(changes < 100);
            }

            Assert.Null(PublicationRule.Of(settled, left, now, Policy));
            Assert.True(changes >= 2);
        }
    }
}
