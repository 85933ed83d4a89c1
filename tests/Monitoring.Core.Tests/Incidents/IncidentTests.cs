using System.Text.Json;
using static Monitoring.Core.Tests.Sample;

namespace Monitoring.Core.Tests;

public sealed class IncidentTests
{
    private static readonly InstrumentPolicy Rules = new();

    private static readonly InstrumentReadings Well = new()
    {
        Regions = [new RegionReading(Fra, Noon), new RegionReading(Mdw, Noon)], Planned = 1000, Counted = 950, Funds = "", Chain = "",
    };

    [Fact]
    public void A_book_opens_each_incident_once_resolves_it_once_and_counts_epochs()
    {
        var random = new SplitMix(Seed.Of("MONITORING_INCIDENT_SEED"));
        for (var run = 0; run < 100; run++)
        {
            var book = IncidentBook.Empty;
            var told = new Dictionary<IncidentKey, List<Notification>>();
            for (var step = 0; step < 200; step++)
            {
                var rule = random.OneIn(2) ? IncidentRule.OrchestratorDown : IncidentRule.ScoreSlide;
                RegionId? region = random.OneIn(2) ? null : Fra;
                var before = book;
                book = random.Below(4) switch
                {
                    0 => book.Opened(Found(rule, region)),
                    1 => book.Changed(rule, region, i => i with { Summary = "otherwise" }),
                    2 => book.Resolved(rule, region, Noon, "over"),
                    _ => book.Owed.IsEmpty ? book : book.Taken(book.Owed[0].Incident.Key, book.Owed[0].Sequence),
                };
                if (random.OneIn(10)) book = JsonSerializer.Deserialize<IncidentBook>(JsonSerializer.Serialize(book))!;
                foreach (var n in book.Owed.Skip(before.Owed.Length))
                {
                    if (!told.TryGetValue(n.Incident.Key, out var all)) told[n.Incident.Key] = all = [];
                    Assert.Equal(all.Count, n.Sequence);
                    Assert.Equal(n.Sequence == 0, n.Kind == NotificationKind.Opened);
                    Assert.True(all.Count == 0 || all[^1].Kind != NotificationKind.Resolved);
                    all.Add(n);
                }
            }

            foreach (var of in told.Keys.GroupBy(k => (k.Rule, k.Region))) Assert.Equal(Enumerable.Range(1, of.Count()), of.Select(k => k.Epoch).Order());
            Assert.Equal(told.Count(t => t.Value[^1].Kind != NotificationKind.Resolved), book.Open.Length);
        }
    }

    public static TheoryData<IncidentRule> InstrumentRules => [IncidentRule.RegionStale, IncidentRule.RegionAnomaly, IncidentRule.CoverageLow, IncidentRule.FloatLow, IncidentRule.ChainUnreachable, IncidentRule.SnapshotOld];

    [Theory]
    [MemberData(nameof(InstrumentRules))]
    public void Each_fault_of_the_instrument_is_one_incident_that_wakes_nobody_and_is_resolved(IncidentRule rule)
    {
        var ill = rule switch
        {
            IncidentRule.RegionStale => Well with { Regions = [new RegionReading(Fra, Noon.AddMinutes(-11)), new RegionReading(Mdw, Noon)] },
            IncidentRule.RegionAnomaly => Well with { Anomalies = [new AnomalySpan(Fra, Noon.AddMinutes(-9), null, "most fail here")] },
            IncidentRule.CoverageLow => Well with { Counted = 799 },
            IncidentRule.FloatLow => Well with { Funds = "The deposit is nearly spent" },
            IncidentRule.ChainUnreachable => Well with { Chain = "No endpoint answers" },
            _ => Well with { UnpublishedSince = Noon.AddMinutes(-6) },
        };
        Assert.Same(IncidentBook.Empty, InstrumentHealth.Look(IncidentBook.Empty, Well, Noon, Rules));
        var book = InstrumentHealth.Look(IncidentBook.Empty, ill, Noon, Rules);
        var opened = Assert.Single(book.Owed);
        Assert.Equal((rule, NotificationKind.Opened, Severity.Warning), (opened.Incident.Key.Rule, opened.Kind, opened.Incident.Severity));
        Assert.Same(book, InstrumentHealth.Look(book, ill, Noon.AddMinutes(1), Rules with { StaleFor = TimeSpan.FromMinutes(11.5) }));
        book = InstrumentHealth.Look(book, Well, Noon, Rules);
        Assert.Equal(NotificationKind.Resolved, book.Owed[^1].Kind);
        Assert.Empty(book.Open);
    }

    [Fact]
    public void What_is_not_known_opens_and_resolves_nothing()
    {
        var low = InstrumentHealth.Look(IncidentBook.Empty, Well with { Funds = "low", Counted = 100 }, Noon, Rules);
        Assert.Same(low, InstrumentHealth.Look(low, Well with { Funds = null, Planned = 99, Counted = 99 }, Noon, Rules));
        Assert.Same(low, InstrumentHealth.Look(low, Well with { Funds = null, Counted = 820 }, Noon, Rules));
    }

    [Theory]
    [InlineData(3, 10, false)]
    [InlineData(4, 10, false)]
    [InlineData(5, 10, true)]
    [InlineData(5, 14, true)]
    [InlineData(5, 15, false)]
    [InlineData(34, 100, true)]
    public void A_third_of_all_and_at_least_five_is_the_network(int down, int active, bool wide)
    {
        var policy = Sample.Policy.Availability;
        var book = NetworkAvailability.Look(IncidentBook.Empty, new NetworkCounts(active, down, down, 0), Noon, policy);
        Assert.Equal(wide, book.Find(IncidentRule.OrchestratorDown) is { Severity: Severity.Page });
        Assert.Same(book, NetworkAvailability.Look(book, new NetworkCounts(active, down, down, 0), Noon, policy));
        Assert.Empty(NetworkAvailability.Look(book, new NetworkCounts(active, 0, 0, 0), Noon, policy).Open);
    }

    [Fact]
    public void It_is_not_over_while_a_third_are_in_doubt()
    {
        var policy = Sample.Policy.Availability;
        var book = NetworkAvailability.Look(IncidentBook.Empty, new NetworkCounts(60, 60, 0, 60), Noon, policy);
        Assert.Single(book.Open);
        Assert.Same(book, NetworkAvailability.Look(book, new NetworkCounts(60, 21, 0, 0), Noon, policy));
        Assert.Empty(NetworkAvailability.Look(book, new NetworkCounts(60, 20, 0, 0), Noon, policy).Open);
    }

    [Theory]
    [InlineData(0, 3, 10, false)]
    [InlineData(0, 4, 10, true)]
    [InlineData(0, 2, 3, true)]
    [InlineData(20, 9, 100, false)]
    [InlineData(22, 9, 100, true)]
    public void Whoever_is_unheard_is_told_of_by_the_network_and_that_it_may_be_us(int down, int unheard, int active, bool wide)
    {
        var policy = Sample.Policy.Availability;
        var book = NetworkAvailability.Look(IncidentBook.Empty, new NetworkCounts(active, down + unheard, down, unheard), Noon, policy);
        Assert.Equal(wide, book.Find(IncidentRule.OrchestratorDown) is { Severity: Severity.Page } page && page.Summary.Contains("our own connection", StringComparison.Ordinal));
        Assert.Same(book, NetworkAvailability.Look(book, new NetworkCounts(active, down + unheard, down, unheard), Noon, policy));
        Assert.Empty(NetworkAvailability.Look(book, new NetworkCounts(active, 0, 0, 0), Noon, policy).Open);
    }

    [Fact]
    public void What_a_muted_region_found_and_what_was_found_just_now_is_nobodys_incident()
    {
        var tests = Enumerable.Range(1, 12).Select(i => Entry(Noon.AddHours(-i * 1.5), i <= 4 ? OutcomeCode.Unreachable : OutcomeCode.Completed));
        var state = OrchestratorState.New(Someone) with { Cells = [new Cell { Region = Fra, Window = Window.Of(tests) }] };
        Assert.NotEmpty(PerformanceRules.Look(state, Noon.AddDays(-2), Noon, Sample.Policy, RegionHealthView.Well).Open);
        var muted = RegionHealthView.Well with { Muted = [new AnomalySpan(Fra, Noon.AddHours(-6), null, "most fail here")] };
        Assert.Empty(PerformanceRules.Look(state, Noon.AddDays(-2), Noon, Sample.Policy, muted).Open);
        var late = state with { Cells = [new Cell { Region = Fra, Window = Window.Of(Enumerable.Range(0, 12).Select(i => Entry(Noon.AddHours(-i * 1.5).AddMinutes(-29), i == 0 ? OutcomeCode.Unreachable : OutcomeCode.Completed))) }] };
        Assert.Empty(PerformanceRules.Look(late, Noon.AddDays(-2), Noon, Sample.Policy, RegionHealthView.Well).Open);
        Assert.NotEmpty(PerformanceRules.Look(late, Noon.AddDays(-2), Noon.AddMinutes(2), Sample.Policy, RegionHealthView.Well).Open);
    }

    [Theory]
    [InlineData(OutcomeCode.PricedOut, IncidentRule.PricedOut)]
    [InlineData(OutcomeCode.Unreachable, IncidentRule.ScoreSlide)]
    [InlineData(OutcomeCode.Capped, IncidentRule.PersistentlyCapped)]
    [InlineData(OutcomeCode.Partial, IncidentRule.RealTimeRateLow)]
    [InlineData(OutcomeCode.OurNetwork, IncidentRule.NotTested)]
    public void What_an_orchestrator_does_for_hours_is_an_incident_of_low_severity(OutcomeCode code, IncidentRule rule)
    {
        var state = OrchestratorState.New(Someone);
        foreach (var region in new[] { Fra, Mdw })
        {
            var tests = Enumerable.Range(1, 30).Select(i => Entry(Noon.AddHours(0.5 - (i * 1.5)), i <= 8 ? code : OutcomeCode.Completed));
            state = state with { Cells = state.Cells.Add(new Cell { Region = region, Window = Window.Of(tests) }) };
        }

        var book = PerformanceRules.Look(state, Noon.AddDays(-2), Noon, Sample.Policy with { Availability = new AvailabilityPolicy { NotTestedFor = TimeSpan.FromHours(12) } }, RegionHealthView.Well);
        var incident = Assert.IsType<Incident>(book.Find(rule));
        Assert.NotEqual(Severity.Page, incident.Severity);
        var well = state with { Cells = [.. state.Cells.Select(c => c with { Window = Window.Of(Enumerable.Range(1, 30).Select(i => Entry(Noon.AddHours(0.5 - (i * 1.5)), OutcomeCode.Completed))) })] };
        var after = PerformanceRules.Look(well with { Availability = well.Availability with { Incidents = book } }, Noon.AddDays(-2), Noon, Sample.Policy, RegionHealthView.Well);
        Assert.Empty(after.Open);
        Assert.Empty(PerformanceRules.Look(well, Noon.AddDays(-2), Noon, Sample.Policy, RegionHealthView.Well).Owed);
    }

    [Fact]
    public void The_window_of_intervals_is_what_a_list_of_all_checks_says()
    {
        var random = new SplitMix(Seed.Of("MONITORING_LIVENESS_SEED"));
        for (var run = 0; run < 50; run++)
        {
            var checks = new List<(DateTimeOffset At, bool Alive)>();
            var window = LivenessWindow.Empty;
            var now = Noon;
            for (var i = 0; i < 300; i++)
            {
                now += TimeSpan.FromSeconds(random.Below(1200));
                if (random.OneIn(50)) now += TimeSpan.FromHours(random.Below(60));
                var at = now - TimeSpan.FromSeconds(random.OneIn(5) ? random.Below(100_000) : 0);
                var check = (at, !random.OneIn(3));
                if (now - at < TimeSpan.FromHours(24)) checks.Add(check);
                window = window.With(check.at, check.Item2);
                if (random.OneIn(40))
                {
                    var (from, until) = (now.AddMinutes(-random.Below(600)), now.AddMinutes(-random.Below(100)));
                    if (from > until) (from, until) = (until, from);
                    window = window.Without(from, until);
                    checks.RemoveAll(c => Number(c.At) >= Number(from) && Number(c.At) <= Number(until));
                }

                if (random.OneIn(10)) window = JsonSerializer.Deserialize<LivenessWindow>(JsonSerializer.Serialize(window))!;
                var day = checks.Where(c => Number(c.At) > Number(now) - 288).GroupBy(c => Number(c.At)).ToList();
                Assert.Equal((day.Count, day.Count(g => g.Any(c => c.Alive))), window.Count(now));
            }
        }

        static long Number(DateTimeOffset at) => at.UtcTicks / LivenessWindow.Interval.Ticks;
    }

    private static Incident Found(IncidentRule rule, RegionId? region) => new()
    {
        Key = new IncidentKey(rule, Someone, region, 0), Severity = Severity.Warning, Since = Noon, OpenedAt = Noon, Summary = "so",
    };
}
