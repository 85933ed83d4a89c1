namespace Monitoring.Core.Tests;

public sealed class DayPlanTests
{
    private static readonly DateOnly Day = new(2026, 11, 20);
    private static readonly DateTimeOffset Midnight = new(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);
    private static readonly SlotShare Alone = new("one.example:8935", 0, 1);

    private static DaySeed SeedOf(int number) => DaySeed.From(DaySeed.SecretOf(BitConverter.GetBytes(number), Day), DaySeed.DateAnchor(Day));

    private static ImmutableArray<PlannedTest> Plan(int seed, SchedulePolicy policy, SlotShare? share = null) =>
        DayPlan.For(SeedOf(seed), Day, Sample.Someone, share ?? Alone, policy);

    [Fact]
    public void Every_round_has_one_test_from_every_region_and_the_plan_is_in_order_of_time()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var plan = Plan(seed, Sample.Schedule);
            var expected = from round in Enumerable.Range(0, 8) from region in Sample.Schedule.Regions select TestId.Planned(Day, round, region, Sample.Someone);
            Assert.Equal(expected.Order(), plan.Select(t => t.Id).Order());
            Assert.All(plan, t => Assert.Contains($"-{t.Region}-", t.Id.Text, StringComparison.Ordinal));
            Assert.All(plan, t => Assert.True(t.At >= Midnight && t.At < Midnight.AddDays(1)));
            Assert.Equal(plan.Select(t => t.At).Order(), plan.Select(t => t.At));
            Assert.All(plan, t => Assert.Equal(0, t.At.Ticks % TimeSpan.TicksPerMillisecond));
        }
    }

    [Fact]
    public void The_same_day_gives_the_same_plan_and_another_seed_or_endpoint_another()
    {
        Assert.Equal(Plan(1, Sample.Schedule), Plan(1, Sample.Schedule));
        Assert.NotEqual(Plan(1, Sample.Schedule), Plan(2, Sample.Schedule));
        Assert.NotEqual(Plan(1, Sample.Schedule), Plan(1, Sample.Schedule, Alone with { Endpoint = "two.example:8935" }));
    }

    public static TheoryData<int, int, int> Policies => new()
    {
        { 8, 3, 8 }, { 24, 8, 8 }, { 1, 1, 1 }, { 7, 3, 2 }, { 320, 3, 8 }, { 319, 3, 4 }, { 300, 3, 1 }, { 480, 2, 2 }, { 13, 5, 0 }, { 960, 1, 3 }, { 900, 1, 2 },
    };

    [Theory]
    [MemberData(nameof(Policies))]
    public void No_two_tests_of_an_endpoint_touch_within_a_day_or_over_midnight(int testsPerDay, int regions, int surpriseOneIn)
    {
        var policy = new SchedulePolicy
        {
            TestsPerDay = testsPerDay,
            Regions = [.. Enumerable.Range(0, regions).Select(i => RegionId.Parse("R" + i))],
            SurpriseOneIn = surpriseOneIn,
        };
        Assert.Empty(policy.Problems());
        for (var seed = 0; seed < 40; seed++)
        {
            var plan = Plan(seed, policy);
            for (var i = 1; i < plan.Length; i++)
            {
                Assert.True(plan[i].At - plan[i - 1].At >= policy.Guard, $"seed {seed}: {plan[i - 1].At:O} and {plan[i].At:O} touch");
            }

            // The next day may begin at its first instant.
            Assert.True(plan[^1].At + policy.Guard <= Midnight.AddDays(1), $"seed {seed}");
            if (surpriseOneIn == 0) Assert.DoesNotContain(plan, t => t.Surprise);
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(11)]
    public void Addresses_behind_one_endpoint_share_its_sequence_and_gain_nothing(int count)
    {
        var seen = new int[count];
        for (var seed = 0; seed < 300; seed++)
        {
            var whole = Plan(seed, Sample.Schedule);
            var parts = Enumerable.Range(0, count).Select(i => DayPlan.For(SeedOf(seed), Day, Sample.Orchestrator(i), Alone with { Index = i, Count = count }, Sample.Schedule)).ToArray();
            Assert.Equal(whole.Select(t => (t.At, t.Region)), parts.SelectMany(p => p).OrderBy(t => t.At).Select(t => (t.At, t.Region)));
            for (var i = 0; i < count; i++)
            {
                seen[i] += parts[i].Length;
                Assert.All(parts[i], t => Assert.Equal(Sample.Orchestrator(i), t.Orchestrator));
                Assert.All(parts[i].GroupBy(t => t.Region), g => Assert.Equal(parts[i].Length / 3, g.Count()));
            }
        }

        // Over many days each has its equal part, whichever index it has.
        var expected = 300 * 24.0 / count;
        Assert.All(seen, n => Assert.InRange(n, expected * 0.85, expected * 1.15));
    }

    [Fact]
    public void Regions_come_in_every_order_equally_often()
    {
        var orders = Enumerable.Range(0, 600).SelectMany(seed =>
        {
            var plain = Plan(seed, Sample.Schedule with { SurpriseOneIn = 0 });
            return Enumerable.Range(0, 8).Select(r => string.Join(' ', plain.Skip(r * 3).Take(3).Select(t => t.Region.Code)));
        }).GroupBy(o => o).Select(g => g.Count()).ToArray();
        Assert.Equal(6, orders.Length);
        Assert.True(ChiSquare.OfUniform(orders) < ChiSquare.Bound(6));
    }

    [Fact]
    public void A_test_without_surprise_lies_in_its_slot_less_the_guard()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var plan = Plan(seed, Sample.Schedule with { SurpriseOneIn = 0 });
            for (var n = 0; n < plan.Length; n++)
            {
                Assert.InRange(plan[n].At - Midnight, Sample.Hours(n), Sample.Hours(n + 1) - Sample.Schedule.Guard);
            }
        }
    }
}
