using System.Text;
using Monitoring.Core;
using Monitoring.Testing;

namespace Monitoring.Standalone.Tests.Hub;

public sealed class ScheduleBookTests
{
    private static readonly DateOnly Day = new(2026, 11, 20);

    [Fact]
    public async Task A_day_is_committed_to_before_it_begins_and_told_in_full_once_it_is_over()
    {
        using var scratch = new Scratch();
        var time = new VirtualTime(new DateTimeOffset(2026, 11, 19, 12, 0, 0, TimeSpan.Zero));
        await using var under = await HubUnderTest.StartAsync(scratch, time, wrap: null, HubUnderTest.Orchestrator(1), HubUnderTest.Orchestrator(2));
        var before = under.Schedule.Find(Day)!;
        Assert.Null(before.Secret);
        Assert.Empty(before.Enrolment);
        Assert.Null(under.Schedule.Find(Day.AddDays(1)));

        time.Advance(TimeSpan.FromHours(36) - TimeSpan.FromMilliseconds(1));
        Assert.Null(under.Schedule.Find(Day)!.Secret);
        time.Advance(TimeSpan.FromMilliseconds(1));
        var after = under.Schedule.Find(Day)!;
        Assert.Equal(before.Commitment, after.Commitment);
        Assert.Equal(after.Commitment, DaySeed.Commitment(Convert.FromHexString(after.Secret!)));
    }

    [Fact]
    public async Task Anybody_can_recompute_the_plan_of_a_day_that_is_over()
    {
        using var scratch = new Scratch();
        var time = new VirtualTime(new DateTimeOffset(2026, 11, 20, 0, 0, 0, TimeSpan.Zero));
        await using var under = await HubUnderTest.StartAsync(scratch, time, wrap: null, HubUnderTest.Orchestrator(1));
        var planned = (await under.LeaseSomeAsync(HubUnderTest.Fra)).Single();
        time.Advance(TimeSpan.FromHours(24));

        var told = under.Schedule.Find(Day)!;
        var rules = Assert.Single(told.Rules);
        var share = Assert.Single(told.Enrolment);
        var seed = DaySeed.From(Convert.FromHexString(told.Secret!), Encoding.ASCII.GetBytes(told.Anchor!));
        var policy = new SchedulePolicy
        {
            Regions = rules.Regions, TestsPerDay = rules.TestsPerDay, Guard = TimeSpan.FromSeconds(rules.GuardSeconds), SurpriseOneIn = rules.SurpriseOneIn,
        };
        var plan = DayPlan.For(seed, told.Day, share.Orchestrator, new SlotShare(share.Endpoint!, share.Index, share.Count), policy);
        Assert.Contains(plan, t => t.Id == planned.Id && t.At == planned.NotBefore);
    }

    [Fact]
    public async Task A_change_of_the_set_during_the_day_is_told_with_its_instant_and_survives_a_restart()
    {
        using var scratch = new Scratch();
        var time = new VirtualTime(new DateTimeOffset(2026, 11, 20, 6, 0, 0, TimeSpan.Zero));
        var under = await HubUnderTest.StartAsync(scratch, time, wrap: null, HubUnderTest.Orchestrator(1));
        time.Advance(TimeSpan.FromHours(1));
        var changed = time.GetUtcNow();
        await under.EnrolAsync(HubUnderTest.Orchestrator(2));
        await under.KillAsync();
        time.Advance(TimeSpan.FromHours(30));
        await using var again = await HubUnderTest.StartAsync(scratch, time, wrap: null, HubUnderTest.Orchestrator(2));
        var told = again.Schedule.Find(Day)!.Enrolment;
        Assert.Contains(told, s => s.Orchestrator == HubUnderTest.Orchestrator(1) && s.Endpoint is null && s.From == changed);
        Assert.Contains(told, s => s.Orchestrator == HubUnderTest.Orchestrator(2) && s.Endpoint == "192.0.2.1:8935" && s.From == changed);
    }
}
