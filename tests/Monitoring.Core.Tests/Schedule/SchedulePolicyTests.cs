namespace Monitoring.Core.Tests;

public sealed class SchedulePolicyTests
{
    private static readonly SchedulePolicy Good = Sample.Schedule;

    [Fact]
    public void The_defaults_can_be_kept()
    {
        Assert.Empty(Good.Problems());
        Assert.Equal(TimeSpan.FromSeconds(29), Good.StartTolerance);
        Assert.Equal(TimeSpan.FromHours(1), Good.SlotLength);
    }

    [Fact]
    public void A_policy_that_fills_every_second_can_be_kept()
    {
        Assert.Empty((Good with { TestsPerDay = 320 }).Problems());
        Assert.Equal(Good.Guard, (Good with { TestsPerDay = 320 }).SlotLength);
        Assert.Empty((Good with { TestBudget = TimeSpan.FromSeconds(89) }).Problems());
    }

    public static TheoryData<string, SchedulePolicy> Bad => new()
    {
        { "no region", Good with { Regions = [] } },
        { "no region", Good with { Regions = default } },
        { "listed twice", Good with { Regions = [Sample.Mdw, Sample.Fra, Sample.Mdw] } },
        { "GLOBAL", Good with { Regions = [Sample.Mdw, RegionId.Global] } },
        { "TestsPerDay is 0", Good with { TestsPerDay = 0 } },
        { "TestsPerDay is -1", Good with { TestsPerDay = -1 } },
        { "TestsPerDay is 2881", Good with { TestsPerDay = 2881 } },
        { "SurpriseOneIn is -1", Good with { SurpriseOneIn = -1 } },
        { "TestBudget", Good with { TestBudget = TimeSpan.Zero } },
        { "Guard (60 s)", Good with { Guard = TimeSpan.FromSeconds(60) } },
        { "shorter than the guard", Good with { TestsPerDay = 321 } },
    };

    [Theory]
    [MemberData(nameof(Bad), DisableDiscoveryEnumeration = true)]
    public void What_cannot_be_kept_is_said(string says, SchedulePolicy policy) => Assert.Contains(policy.Problems(), p => p.Contains(says, StringComparison.Ordinal));

    [Fact]
    public void Every_problem_is_said_at_once() =>
        Assert.Equal(4, (Good with { Regions = [], TestsPerDay = 0, SurpriseOneIn = -1, TestBudget = TimeSpan.Zero }).Problems().Length);
}
