namespace Monitoring.Core.Tests;

public sealed class DrawnPlansTests
{
    private static readonly SchedulePolicy Policy = new() { Regions = [RegionId.Parse("FRA"), RegionId.Parse("MDW"), RegionId.Parse("SIN")] };
    private static readonly DateOnly Day = new(2026, 11, 20);

    [Fact]
    public void However_many_plans_are_drawn_only_so_many_are_kept_and_one_that_was_let_go_is_drawn_the_same()
    {
        var plans = new DrawnPlans(new byte[32], Policy);
        var first = plans.PlanOf(Id(0), Record(0), Day);
        Assert.Same(first[0], plans.PlanOf(Id(0), Record(0), Day)[0]);
        for (var i = 1; i < 2 * DrawnPlans.MostKept; i++)
        {
            plans.PlanOf(Id(i), Record(i), Day);
            Assert.InRange(plans.Kept, 1, DrawnPlans.MostKept);
        }

        var again = plans.PlanOf(Id(0), Record(0), Day);
        Assert.NotSame(first[0], again[0]);
        Assert.Equal(first, again);
    }

    private static OrchestratorId Id(int n) => OrchestratorId.Parse($"0x{n + 1:x40}");

    private static OrchestratorRecord Record(int n) => new($"https://192.0.2.1:{n + 1}", true, new SlotShare($"192.0.2.1:{n + 1}", 0, 1));
}
