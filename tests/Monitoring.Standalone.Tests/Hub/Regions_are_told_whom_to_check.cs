using Monitoring.Core;

namespace Monitoring.Standalone.Tests.Hub;

public sealed class Regions_are_told_whom_to_check
{
    private static readonly OrchestratorId One = HubUnderTest.Orchestrator(1);
    private static readonly OrchestratorId Two = HubUnderTest.Orchestrator(2);

    [Fact]
    public async Task A_region_gets_the_list_once_and_again_when_it_changes()
    {
        await using var under = await HubUnderTest.StartAsync(enrolled: [One, Two]);
        var first = await under.Hub.LivenessOrdersAsync(HubUnderTest.Fra, 0, TimeSpan.FromMinutes(1), CancellationToken.None);
        Assert.Equal([One, Two], first.Targets!.Value.Select(t => t.Orchestrator));
        Assert.Equal("https://192.0.2.1:8935", first.Targets.Value[0].ServiceUri);
        Assert.Equal(TimeSpan.FromMinutes(5), first.Every);

        var same = await under.Hub.LivenessOrdersAsync(HubUnderTest.Fra, first.Version, TimeSpan.Zero, CancellationToken.None);
        Assert.Null(same.Targets);
        Assert.Equal(first.Version, same.Version);

        var waiting = under.Hub.LivenessOrdersAsync(HubUnderTest.Fra, first.Version, TimeSpan.FromMinutes(1), CancellationToken.None);
        await under.EnrolAsync(One);
        var next = await waiting;
        Assert.Equal([One], next.Targets!.Value.Select(t => t.Orchestrator));
        Assert.True(next.Version > first.Version);
    }

    [Fact]
    public async Task A_wait_that_is_given_up_ends()
    {
        await using var under = await HubUnderTest.StartAsync(enrolled: One);
        var first = await under.Hub.LivenessOrdersAsync(HubUnderTest.Fra, 0, TimeSpan.FromMinutes(1), CancellationToken.None);
        using var giveUp = new CancellationTokenSource();
        var waiting = under.Hub.LivenessOrdersAsync(HubUnderTest.Fra, first.Version, TimeSpan.FromMinutes(1), giveUp.Token);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task A_report_that_cannot_be_is_refused_in_words()
    {
        await using var under = await HubUnderTest.StartAsync(enrolled: One);
        var tomorrow = new LivenessReport { Checks = [new LivenessCheck(One, under.Time.GetUtcNow().AddDays(1), true, OutcomeCode.Completed)] };
        var refused = await Assert.ThrowsAsync<ArgumentException>(() => under.Hub.LivenessAsync(HubUnderTest.Fra, tomorrow, CancellationToken.None));
        Assert.Contains("in the future", refused.Message, StringComparison.Ordinal);
        var elsewhere = await Assert.ThrowsAsync<ArgumentException>(() => under.Hub.LivenessAsync(RegionId.Parse("SIN"), new LivenessReport(), CancellationToken.None));
        Assert.Contains("SIN", elsewhere.Message, StringComparison.Ordinal);
        await under.Hub.LivenessAsync(HubUnderTest.Fra, new LivenessReport { ControlsWell = true }, CancellationToken.None);
    }
}
