namespace Monitoring.Core.Tests;

/// <summary>
/// What an operator can learn from all the tests so far about when the next one comes: statistics over every planned test of a thousand
/// orchestrators in a week. Everything here but the secret is public, so the operator of these tests knows the slots too.
/// </summary>
public sealed class UnpredictabilityTests
{
    private const int Orchestrators = 1_000;
    private const int Days = 7;
    private const int PerDay = 24;

    private static readonly DateOnly First = new(2026, 11, 20);
    private static readonly DateTimeOffset Start = new(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);
    private static readonly Lazy<ImmutableArray<PlannedTest>[]> Week = new(Plan);

    /// <summary>Surprises a minute that are planned on average: 24 tests a day, one in eight.</summary>
    private const double SurprisesPerMinute = PerDay / 8.0 / 1440;

    // Each orchestrator's tests of the whole week, in order of time.
    private static ImmutableArray<PlannedTest>[] Plan() => [.. Enumerable.Range(0, Orchestrators).Select(i =>
    {
        var plan = ImmutableArray.CreateBuilder<PlannedTest>();
        for (var day = 0; day < Days; day++)
        {
            var seed = DaySeed.From(DaySeed.SecretOf("a secret of the instrument"u8, First.AddDays(day)), DaySeed.DateAnchor(First.AddDays(day)));
            plan.AddRange(DayPlan.For(seed, First.AddDays(day), Sample.Orchestrator(i), new SlotShare($"o{i}.example:8935", 0, 1), Sample.Schedule));
        }

        return plan.ToImmutable();
    })];

    private static IEnumerable<PlannedTest> All => Week.Value.SelectMany(p => p);

    private static void Uniform(IEnumerable<double> shares, int bins)
    {
        var counts = new int[bins];
        foreach (var share in shares) counts[(int)(share * bins)]++;
        Assert.True(ChiSquare.OfUniform(counts) < ChiSquare.Bound(bins), string.Join(' ', counts));
    }

    private static double ShareOfDay(DateTimeOffset at) => at.TimeOfDay / TimeSpan.FromDays(1);

    [Fact]
    public void Tests_are_uniform_over_the_day_from_every_region_and_so_are_surprises()
    {
        Assert.Equal(Orchestrators * Days * PerDay, All.Count());
        Uniform(All.Select(t => ShareOfDay(t.At)), 24);
        foreach (var region in Sample.Schedule.Regions) Uniform(All.Where(t => t.Region == region).Select(t => ShareOfDay(t.At)), 24);
        Uniform(All.Where(t => t.Surprise).Select(t => ShareOfDay(t.At)), 24);
        for (var weekday = 0; weekday < Days; weekday++) Uniform(All.Where(t => (t.At - Start).Days == weekday).Select(t => ShareOfDay(t.At)), 24);
    }

    [Fact]
    public void A_slots_test_is_uniform_over_the_slot_less_the_guard() =>
        Uniform(All.Where(t => !t.Surprise).Select(t => SecondsIntoSlot(t.At) / (Sample.Schedule.SlotLength - Sample.Schedule.Guard).TotalSeconds), 39);

    [Fact]
    public void One_test_in_eight_is_a_surprise()
    {
        double n = All.Count();
        var deviation = Math.Sqrt(n / 8 * 7 / 8);
        Assert.InRange(All.Count(t => t.Surprise), (n / 8) - (5 * deviation), (n / 8) + (5 * deviation));
    }

    [Fact]
    public void One_slots_offset_says_nothing_about_the_next_nor_about_tomorrows()
    {
        var series = Week.Value.Select(p => p.Where(t => !t.Surprise).ToArray()).ToArray();
        foreach (var lag in new[] { 1, 2, 3, 21, 24 })
        {
            var pairs = series.SelectMany(s => s.Skip(lag).Zip(s, (b, a) => (A: SecondsIntoSlot(a.At), B: SecondsIntoSlot(b.At)))).ToArray();
            var (meanA, meanB) = (pairs.Average(p => p.A), pairs.Average(p => p.B));
            var covariance = pairs.Average(p => (p.A - meanA) * (p.B - meanB));
            var correlation = covariance / Math.Sqrt(pairs.Average(p => Math.Pow(p.A - meanA, 2)) * pairs.Average(p => Math.Pow(p.B - meanB, 2)));
            Assert.InRange(correlation, -5 / Math.Sqrt(pairs.Length), 5 / Math.Sqrt(pairs.Length));
        }
    }

    [Fact]
    public void No_minute_after_a_test_is_safe_but_those_of_the_guard()
    {
        // The rate at which a test starts in each minute after another, whatever came between.
        var starts = new int[180];
        var asked = new int[180];
        foreach (var plan in Week.Value)
        {
            for (var i = 0; i < plan.Length; i++)
            {
                for (var minute = 0; minute < starts.Length && plan[i].At.AddMinutes(minute + 1) <= Start.AddDays(Days); minute++) asked[minute]++;
                for (var j = i + 1; j < plan.Length && (plan[j].At - plan[i].At).TotalMinutes < starts.Length; j++) starts[(int)(plan[j].At - plan[i].At).TotalMinutes]++;
            }
        }

        Assert.Equal(0, starts[0]);
        for (var minute = 2; minute < starts.Length; minute++)
        {
            Assert.True(starts[minute] >= asked[minute] * SurprisesPerMinute / 2, $"minute {minute}: {starts[minute]} of {asked[minute]}");
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Several_tests_in_a_row_make_the_next_quarter_of_an_hour_no_safer_than_surprises_leave_it(int row)
    {
        int asked = 0, hit = 0;
        foreach (var plan in Week.Value)
        {
            for (var i = row - 1; i < plan.Length; i++)
            {
                if (plan[i].At - plan[i - row + 1].At > TimeSpan.FromMinutes(30 * (row - 1))) continue;
                asked++;
                if (i + 1 < plan.Length && plan[i + 1].At - plan[i].At < TimeSpan.FromMinutes(16.5)) hit++;
            }
        }

        Assert.True(asked > 1_000);
        Assert.True(hit >= asked * SurprisesPerMinute * 15 / 2, $"{hit} of {asked}");
    }

    [Fact]
    public void Whoever_knows_the_slots_is_safe_in_no_minute_of_one_that_has_had_its_test()
    {
        // Starts in each minute of a slot in which the slot's own test lies more than the guard back.
        var (starts, asked) = ByMinuteOfSlot((own, minute) => own is { } at && at + Sample.Schedule.Guard.TotalSeconds <= minute * 60);
        for (var minute = 2; minute < 60; minute++)
        {
            Assert.True(asked[minute] > 1_000);
            Assert.True(starts[minute] >= asked[minute] * SurprisesPerMinute / 2, $"minute {minute}: {starts[minute]} of {asked[minute]}");
        }
    }

    [Fact]
    public void Whoever_knows_the_slots_and_has_waited_in_vain_still_cannot_say_that_now_it_comes()
    {
        // Near the end of a slot without a test it is either about to come or was given up: one in eight of all are.
        var (starts, asked) = ByMinuteOfSlot((own, minute) => own is null || own >= minute * 60);
        for (var minute = 0; minute < 60; minute++) Assert.True(starts[minute] <= asked[minute] * 0.2, $"minute {minute}: {starts[minute]} of {asked[minute]}");
    }

    private static (int[] Starts, int[] Asked) ByMinuteOfSlot(Func<double?, int, bool> condition)
    {
        var starts = new int[60];
        var asked = new int[60];
        foreach (var plan in Week.Value)
        {
            foreach (var slot in Enumerable.Range(0, Days * PerDay).GroupJoin(plan, s => s, t => (int)((t.At - Start) / Sample.Schedule.SlotLength), (_, tests) => tests.ToArray()))
            {
                var own = slot.Where(t => !t.Surprise).Select(t => (double?)SecondsIntoSlot(t.At)).FirstOrDefault();
                for (var minute = 0; minute < 60; minute++)
                {
                    if (!condition(own, minute)) continue;
                    asked[minute]++;
                    if (slot.Any(t => (int)(SecondsIntoSlot(t.At) / 60) == minute)) starts[minute]++;
                }
            }
        }

        return (starts, asked);
    }

    private static double SecondsIntoSlot(DateTimeOffset at) => (at - Start).TotalSeconds % Sample.Schedule.SlotLength.TotalSeconds;
}
