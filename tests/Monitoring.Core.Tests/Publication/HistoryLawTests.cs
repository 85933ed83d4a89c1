using System.Globalization;

namespace Monitoring.Core.Tests;

/// <summary>
/// Laws over random histories, against <see cref="ReferenceCell"/>. MONITORING_SEED replays a run; a failure names the seed of its history.
/// </summary>
public sealed class HistoryLawTests(ITestOutputHelper output)
{
    private static readonly ulong First = Seed.Of("MONITORING_SEED");

    [Fact]
    public void What_a_settled_window_publishes_is_what_the_whole_history_says()
    {
        const int histories = 100_000;
        var compared = 0;
        for (var n = 0; n < histories; n++)
        {
            var random = new SplitMix(First + (ulong)n);
            var policy = n % 4 == 3 ? Sample.Legacy : Sample.Policy;
            var history = new RandomHistory(random, policy);
            var reference = new ReferenceCell(policy);
            var cell = new Cell { Region = Sample.Mdw };
            var next = 0;
            foreach (var now in history.Looks)
            {
                for (; next < history.Arrivals.Count && history.Arrivals[next].At <= now; next++)
                {
                    var (at, revision) = history.Arrivals[next];
                    reference.Add(revision);
                    cell = PublicationRule.Settle(cell with { Window = cell.Window.With(WindowEntry.Of(revision)) }, at, policy);
                }

                cell = PublicationRule.Settle(cell, now, policy);
                var expected = reference.Publish(history.WithdrawnAt, now);
                var actual = PublicationRule.Of(cell, history.WithdrawnAt, now, policy);
                Assert.True(Equals(expected, actual) || (policy == Sample.Legacy && IsNear(expected, actual)), $"{Where(random, now)}\nexpected {expected}\nbut was  {actual}");
                compared++;
            }
        }

        output.WriteLine($"seed {First}: {histories} histories, {compared} publications compared");
    }

    [Fact]
    public void The_order_of_revisions_changes_no_bit_of_any_score()
    {
        for (var n = 0; n < 30_000; n++)
        {
            var random = new SplitMix(First + (ulong)n);
            var policy = n % 2 == 0 ? Sample.Policy : Sample.Legacy;
            var history = new RandomHistory(random, policy);
            var entries = history.Arrivals.Select(a => WindowEntry.Of(a.Revision)).ToList();
            var window = Window.Of(entries);
            random.Shuffle(entries);
            var other = Window.Of(entries);
            foreach (var now in history.Looks)
            {
                Assert.True(window.Total(now - policy.Window, policy.Capped) == other.Total(now - policy.Window, policy.Capped), Where(random, now));
                Assert.True(window.RoundTripP95(now - policy.Window, policy.Capped) == other.RoundTripP95(now - policy.Window, policy.Capped), Where(random, now));
                var one = PublicationRule.Of(new Cell { Region = Sample.Mdw, Window = window }, history.WithdrawnAt, now, policy);
                var two = PublicationRule.Of(new Cell { Region = Sample.Mdw, Window = other }, history.WithdrawnAt, now, policy);
                Assert.True(Equals(one, two), Where(random, now));
            }
        }
    }

    [Fact]
    public void A_state_replayed_in_any_order_publishes_what_the_living_one_does()
    {
        PlanOf nothing = (_, _, _) => [];
        for (var n = 0; n < 5_000; n++)
        {
            var random = new SplitMix(First + (ulong)n);
            var history = new RandomHistory(random, Sample.Policy);
            var now = history.Looks[^1];
            var living = new Cell { Region = Sample.Mdw };
            foreach (var (at, revision) in history.Arrivals.Where(a => a.At <= now))
            {
                living = PublicationRule.Settle(living with { Window = living.Window.With(WindowEntry.Of(revision)) }, at, Sample.Policy);
            }

            living = PublicationRule.Settle(living, now, Sample.Policy);
            var replay = history.Arrivals.Where(a => a.At <= now).ToList();
            random.Shuffle(replay);
            var state = OrchestratorState.New(Sample.Someone);
            if (history.WithdrawnAt is { } left) state = state with { WithdrawnAt = left };
            var env = new Env(now, Sample.Policy, RegionHealthView.Well, nothing);
            foreach (var (_, revision) in replay) state = Orchestrator.On(state, new Event.OutcomeReplayed(revision), env).State;
            state = Orchestrator.On(state, new Event.Ticked(), env).State;
            var cell = state.CellOf(Sample.Mdw);
            Assert.True(Equals(PublicationRule.Of(living, history.WithdrawnAt, now, Sample.Policy), cell.Published), Where(random, now));
            Assert.True(living.Earlier == cell.Earlier && Equals(living.Held, cell.Held), Where(random, now));
            Assert.True(living.Window.Entries.Select(Key).SequenceEqual(cell.Window.Entries.Select(Key)), Where(random, now));
        }

        static (TestId, int) Key(WindowEntry entry) => (entry.Test, entry.Revision);
    }

    [Fact]
    public void A_failed_test_never_improves_latency_nor_anything_else()
    {
        for (var n = 0; n < 30_000; n++)
        {
            var random = new SplitMix(First + (ulong)n);
            var history = new RandomHistory(random, Sample.Policy);
            var window = Window.Of(history.Arrivals.Select(a => WindowEntry.Of(a.Revision)));
            var now = history.Looks[0];
            var cut = now - Sample.Policy.Window;
            var before = window.Total(cut, Sample.Policy.Capped);
            if (before.Counted == 0) continue;

            // It fails by the method that is in force, somewhere in the window; a capped neighbour may only become a fault by it, never less of one.
            var method = window.Judged(cut, Sample.Policy.Capped).Last(j => j.Entry.Method.Length > 0).Entry.Method;
            var failed = Sample.Entry(cut + TimeSpan.FromTicks(1 + random.Below(TimeSpan.TicksPerDay)), OutcomeCode.Unreachable, summary: Sample.Summary(0, method: method));
            if (window.Entries.Any(e => e.TestTime > failed.TestTime && e.Code == OutcomeCode.Capped)) continue;
            var after = window.With(failed).Total(cut, Sample.Policy.Capped);
            if (after.Counted != before.Counted + 1) continue;
            var (was, now2) = (ScoreFormula.Of(before.Sums), ScoreFormula.Of(after.Sums));
            Assert.True(now2.RoundTripScore <= was.RoundTripScore && now2.SuccessRate <= was.SuccessRate && now2.Total <= was.Total, Where(random, now));
            Assert.True(was.SuccessRate == 0 || now2.SuccessRate < was.SuccessRate, Where(random, now));
            Assert.True(after.RealTimeRate <= before.RealTimeRate, Where(random, now));
        }
    }

    // Sums are exact, and a quotient of equal integers is equal; averages of doubles differ from those of decimals in the last digits.
    private static bool IsNear(PublishedCell? expected, PublishedCell? actual)
    {
        return expected is not null && actual is not null && Near(expected.SuccessRate, actual.SuccessRate) && Near(expected.RoundTripScore, actual.RoundTripScore)
            && Near(expected.Score, actual.Score) && Near(expected.RealTimeRate, actual.RealTimeRate) && Near(expected.SuccessRateLow, actual.SuccessRateLow)
            && Near(expected.SuccessRateHigh, actual.SuccessRateHigh) && (expected.State, expected.Tests, expected.Planned, expected.LastTestAt) == (actual.State, actual.Tests, actual.Planned, actual.LastTestAt);

        static bool Near(double a, double b) => Math.Abs(a - b) < 1e-12;
    }

    private static string Where(SplitMix random, DateTimeOffset now) =>
        string.Create(CultureInfo.InvariantCulture, $"MONITORING_SEED={random.Origin} at {now:O}");
}
