namespace Monitoring.Core.Tests;

/// <summary>The anomaly rule (design section 5).</summary>
public sealed class RegionHealthTests
{
    private static readonly AnomalyPolicy Policy = new();
    private static readonly DateTimeOffset At = Sample.Noon;

    private static RegionHealth GoodElsewhere(int orchestrators, DateTimeOffset? when = null)
    {
        var health = RegionHealth.New(Policy);
        for (var i = 0; i < orchestrators; i++) health = health.OnEvidence(Sample.Fra, Sample.Orchestrator(i), (when ?? At).AddHours(-1), true, (when ?? At).AddHours(-1));
        return health;
    }

    private static RegionHealth Fail(RegionHealth health, int bad)
    {
        for (var i = 0; i < bad; i++) health = health.OnEvidence(Sample.Mdw, Sample.Orchestrator(i), At, false, At);
        return health;
    }

    [Theory]
    [InlineData(5, 0, true)]
    [InlineData(4, 0, false)]
    [InlineData(3, 2, true)]
    [InlineData(2, 3, false)]
    [InlineData(3, 3, false)]
    [InlineData(4, 3, true)]
    [InlineData(0, 9, false)]
    public void More_than_half_of_at_least_five_that_are_good_elsewhere_must_fail(int bad, int good, bool anomaly)
    {
        // The good ones first: what is seen at the end is what counts.
        var health = GoodElsewhere(bad + good);
        for (var i = bad; i < bad + good; i++) health = health.OnEvidence(Sample.Mdw, Sample.Orchestrator(i), At, true, At);
        for (var i = 0; i < bad; i++) health = health.OnEvidence(Sample.Mdw, Sample.Orchestrator(i), At.AddSeconds(1), false, At.AddSeconds(1));
        Assert.Equal(anomaly, health.Anomalies.Length == 1);
        if (anomaly) Assert.Equal((Sample.Mdw, At.AddSeconds(1) - Policy.Span, (DateTimeOffset?)null), (health.Anomalies[0].Region, health.Anomalies[0].From, health.Anomalies[0].Until));
    }

    [Fact]
    public void Orchestrators_that_are_bad_elsewhere_too_say_nothing_about_the_region()
    {
        var health = RegionHealth.New(Policy);
        for (var i = 0; i < 9; i++) health = health.OnEvidence(Sample.Fra, Sample.Orchestrator(i), At.AddHours(-1), false, At.AddHours(-1));
        Assert.Empty(Fail(health, 9).Anomalies);
    }

    [Fact]
    public void Orchestrators_that_nobody_saw_elsewhere_lately_say_nothing()
    {
        Assert.Empty(Fail(RegionHealth.New(Policy), 9).Anomalies);
        Assert.Empty(Fail(GoodElsewhere(9, At.AddHours(-23).AddTicks(-1)), 9).Anomalies);
        Assert.Single(Fail(GoodElsewhere(9, At.AddHours(-23)), 9).Anomalies);
    }

    [Fact]
    public void What_a_region_saw_during_its_own_anomaly_says_nothing_about_another()
    {
        var health = GoodElsewhere(9).Remembering([new AnomalySpan(Sample.Fra, At.AddHours(-2), At, "its own")]);
        Assert.Single(Fail(health, 9).Anomalies);
        Assert.Equal(Sample.Fra, Fail(health, 9).Anomalies[0].Region);
    }

    [Fact]
    public void Tests_older_than_the_span_are_no_longer_asked()
    {
        var health = GoodElsewhere(9);
        for (var i = 0; i < 3; i++) health = health.OnEvidence(Sample.Mdw, Sample.Orchestrator(i), At, false, At);
        for (var i = 3; i < 6; i++) health = health.OnEvidence(Sample.Mdw, Sample.Orchestrator(i), At + Policy.Span, false, At + Policy.Span);
        Assert.Empty(health.Anomalies);
    }

    [Fact]
    public void A_failed_control_is_an_anomaly_at_once_and_for_20_minutes_before()
    {
        var health = RegionHealth.New(Policy).OnControls(Sample.Mdw, false, At);
        var view = new RegionHealthView([], health.Anomalies);
        Assert.NotNull(view.Covering(Sample.Mdw, At - Policy.Span));
        Assert.Null(view.Covering(Sample.Mdw, At - Policy.Span - TimeSpan.FromTicks(1)));
        Assert.NotNull(view.Covering(Sample.Mdw, At.AddDays(1)));
        Assert.Null(view.Covering(Sample.Fra, At));
        Assert.Same(health.Anomalies[0], health.OnControls(Sample.Mdw, false, At.AddMinutes(5)).Anomalies[0]);
    }

    [Fact]
    public void An_anomaly_ends_when_tests_are_good_again_and_covers_all_until_then()
    {
        var health = Fail(GoodElsewhere(9), 9);
        Assert.Single(health.Anomalies);
        var later = At.AddMinutes(15);
        for (var i = 0; i < 5; i++)
        {
            Assert.Null(health.Anomalies[0].Until);
            health = health.OnEvidence(Sample.Mdw, Sample.Orchestrator(i), later, true, later);
        }

        Assert.Equal(later, Assert.Single(health.Anomalies).Until);
        Assert.True(health.Anomalies[0].Covers(later));
        Assert.False(health.Anomalies[0].Covers(later.AddTicks(1)));
    }

    [Fact]
    public void With_controls_and_everybody_well_an_anomaly_ends_at_once()
    {
        var health = GoodElsewhere(5);
        for (var i = 0; i < 5; i++) health = health.OnEvidence(Sample.Mdw, Sample.Orchestrator(i), At, true, At);
        health = health.OnControls(Sample.Mdw, false, At);
        Assert.Null(Assert.Single(health.Anomalies).Until);
        Assert.Equal(At.AddMinutes(1), Assert.Single(health.OnControls(Sample.Mdw, true, At.AddMinutes(1)).Anomalies).Until);
    }

    [Fact]
    public void An_anomaly_with_nobody_left_to_ask_ends_after_a_second_span()
    {
        var health = RegionHealth.New(Policy).OnControls(Sample.Mdw, false, At).OnControls(Sample.Mdw, true, At.AddMinutes(5));
        Assert.Null(health.Anomalies[0].Until);
        Assert.Null(health.OnTick(At.AddMinutes(20).AddTicks(-1)).Anomalies[0].Until);
        Assert.Equal(At.AddMinutes(20), health.OnTick(At.AddMinutes(20)).Anomalies[0].Until);
    }

    [Theory]
    [InlineData(9, true)]
    [InlineData(5, true)]
    [InlineData(4, false)]
    public void It_does_not_end_for_want_of_tests_while_most_who_answer_elsewhere_do_not_answer_here(int silent, bool lasts)
    {
        var (early, late) = (At.AddMinutes(10), At.AddMinutes(19));
        var health = Fail(GoodElsewhere(9), 9)
            .OnChecks(Sample.Fra, Enumerable.Range(0, 9).Select(i => (Sample.Orchestrator(i), early, true)), early)
            .OnChecks(Sample.Mdw, Enumerable.Range(0, 9).Select(i => (Sample.Orchestrator(i), late, i >= silent)), late);

        // The tests are too old to ask by now, and 40 minutes have passed since the beginning.
        Assert.Equal(lasts, health.OnTick(At.AddMinutes(20)).Anomalies[0].Until is null);
        Assert.NotNull(health.OnTick(late + Policy.Span + TimeSpan.FromTicks(1)).Anomalies[0].Until);
    }

    [Fact]
    public void A_closed_anomaly_is_remembered_for_72_hours()
    {
        var health = RegionHealth.New(Policy).Remembering([new AnomalySpan(Sample.Mdw, At.AddHours(-1), At, "it was")]);
        Assert.Single(health.OnTick(At.AddHours(72)).Anomalies);
        Assert.Empty(health.OnTick(At.AddHours(72).AddTicks(1)).Anomalies);
    }

    [Fact]
    public void Late_evidence_does_not_replace_newer_evidence()
    {
        var health = GoodElsewhere(5);
        for (var i = 0; i < 5; i++) health = health.OnEvidence(Sample.Fra, Sample.Orchestrator(i), At.AddHours(-2), false, At.AddMinutes(-30));
        Assert.Single(Fail(health, 5).Anomalies);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Whoever_answers_no_other_region_is_not_good_elsewhere(bool answersElsewhere)
    {
        var health = GoodElsewhere(10).OnChecks(Sample.Fra, [.. Enumerable.Range(0, 10).Select(i => (Sample.Orchestrator(i), At.AddMinutes(-30), true))], At);
        health = health.OnChecks(Sample.Fra, [.. Enumerable.Range(0, 10).Select(i => (Sample.Orchestrator(i), At.AddMinutes(-1), answersElsewhere))], At);
        for (var i = 0; i < 10; i++) health = health.OnEvidence(Sample.Mdw, Sample.Orchestrator(i), At, false, At);
        Assert.Equal(answersElsewhere ? 1 : 0, health.Anomalies.Length);
    }

    [Fact]
    public void To_answer_elsewhere_is_not_to_have_done_good_work_there()
    {
        // The first tests after a start, of orchestrators that are alive and send rubbish: their fault, not the region's.
        var health = RegionHealth.New(Policy).OnChecks(Sample.Fra, Enumerable.Range(0, 9).Select(i => (Sample.Orchestrator(i), At.AddMinutes(-1), true)), At);
        Assert.Empty(Fail(health, 9).Anomalies);
    }

    [Fact]
    public void Whoever_has_come_back_elsewhere_since_he_failed_here_contradicts_nothing()
    {
        var health = RegionHealth.OfChecks(Policy);
        foreach (var region in new[] { Sample.Fra, Sample.Mdw }) health = health.OnEvidence(region, Checks(At.AddMinutes(-6), true, 0, 10), At.AddMinutes(-6));

        // One sees some of it, then the other more, as they ask in turn.
        foreach (var (region, from, count) in new[] { (Sample.Fra, 0, 2), (Sample.Mdw, 0, 4), (Sample.Fra, 2, 4), (Sample.Mdw, 4, 4), (Sample.Fra, 6, 4), (Sample.Mdw, 8, 2) })
        {
            health = health.OnEvidence(region, Checks(At.AddMinutes(-1), false, from, count), At.AddMinutes(-1));
        }

        health = health.OnEvidence(Sample.Fra, Checks(At, true, 0, 10), At).OnTick(At);
        Assert.Empty(health.Anomalies);

        // Who fails here still, while he answers there, does.
        health = health.OnEvidence(Sample.Mdw, Checks(At.AddSeconds(30), false, 0, 10), At.AddSeconds(30));
        Assert.Equal(Sample.Mdw, Assert.Single(health.Anomalies).Region);

        static List<(OrchestratorId, DateTimeOffset, bool)> Checks(DateTimeOffset at, bool good, int from, int count) => [.. Enumerable.Range(from, count).Select(i => (Sample.Orchestrator(i), at, good))];
    }

    [Theory]
    [InlineData(1UL)]
    [InlineData(2UL)]
    [InlineData(3UL)]
    public void It_decides_as_one_who_counts_everything_each_time(ulong seed)
    {
        var random = new SplitMix(seed);
        RegionId[] regions = [Sample.Fra, Sample.Mdw, Sample.Sin];
        var evidence = new Dictionary<(RegionId Region, OrchestratorId Orchestrator, DateTimeOffset At), bool>();
        var (health, now, opened, closed) = (RegionHealth.New(Policy), At, 0, 0);
        RegionId? failing = null;
        for (var step = 0; step < 2000; step++)
        {
            now = now.AddTicks(1 + random.Below(TimeSpan.FromSeconds(30).Ticks));
            if (random.OneIn(100)) failing = random.OneIn(2) ? random.Pick(regions) : null;
            var region = random.Pick(regions);
            var good = random.Share() < (region == failing ? 0.2 : 0.9);
            var late = TimeSpan.FromTicks(random.Below(random.OneIn(20) ? TimeSpan.FromMinutes(30).Ticks : TimeSpan.FromMinutes(1).Ticks));
            var seen = (Region: region, Orchestrator: Sample.Orchestrator(random.Below(14)), At: now - late);
            if (evidence.Count > 0 && random.OneIn(20)) seen = evidence.Keys.Last();
            evidence[seen] = good;
            var before = health.Anomalies.FirstOrDefault(a => a.Region == seen.Region && a.Until is null);
            var (asked, bad) = Count(evidence, seen.Region, health.Anomalies, now);
            var fails = asked >= Policy.LeastOrchestrators && bad * 2 > asked;
            health = health.OnEvidence(seen.Region, seen.Orchestrator, seen.At, good, now);
            var after = health.Anomalies.FirstOrDefault(a => a.Region == seen.Region && a.Until is null);
            if (before is null)
            {
                Assert.Equal(fails && !good, after is not null);
                if (after is null) continue;
                Assert.StartsWith($"{bad} of {asked} orchestrators", after.Reason, StringComparison.Ordinal);
                opened++;
            }
            else
            {
                var lasts = fails || (asked < Policy.LeastOrchestrators && now - before.From < Policy.Span + Policy.Span);
                Assert.Equal(lasts, after is not null);
                if (!lasts) closed++;
            }
        }

        Assert.True(opened >= 5 && closed >= 5, $"{opened} opened, {closed} closed: too little to prove anything");
    }

    // Of all that ever was told: of the orchestrators tested here within the span how many are good elsewhere, and how many of those fail here.
    private static (int Asked, int Failing) Count(
        Dictionary<(RegionId Region, OrchestratorId Orchestrator, DateTimeOffset At), bool> evidence, RegionId region, IEnumerable<AnomalySpan> anomalies, DateTimeOffset now)
    {
        var here = evidence.Where(e => e.Key.Region == region && e.Key.At > now - Policy.Span).GroupBy(e => e.Key.Orchestrator).Select(g => g.MaxBy(e => e.Key.At));
        var counted = here.Where(e => evidence.Where(o => o.Key.Region != region && o.Key.Orchestrator == e.Key.Orchestrator).GroupBy(o => o.Key.Region).Select(g => g.MaxBy(o => o.Key.At))
            .Where(o => now - o.Key.At <= Policy.GoodElsewhere && !anomalies.Any(a => a.Region == o.Key.Region && a.Covers(o.Key.At))).OrderByDescending(o => o.Key.At).Select(o => o.Value).FirstOrDefault()).ToList();
        return (counted.Count, counted.Count(e => !e.Value));
    }
}
