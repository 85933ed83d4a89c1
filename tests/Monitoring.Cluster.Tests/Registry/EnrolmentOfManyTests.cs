using Monitoring.Cluster.Registry;
using Monitoring.Cluster.Schedule;
using Monitoring.Core;

namespace Monitoring.Cluster.Tests.Registry;

/// <summary>A walk of more than one turn tells of: it is taken at once, and everybody is told.</summary>
public sealed class EnrolmentOfManyTests
{
    private const int Many = RegistryGrain.MostInTurn + 100;

    [Fact]
    public async Task A_walk_of_many_is_answered_when_it_is_written_down_and_everybody_is_told_after_it()
    {
        OrchestratorId[] all = [.. Enumerable.Range(1, Many).Select(ClusterUnderTest.Orchestrator)];
        await using var under = await ClusterUnderTest.StartAsync();
        Assert.Equal(Many, await WalkAsync(under, all));
        Assert.Equal(Many, (await under.Grains.GetGrain<IRegistryGrain>(0).Active(0))!.Entries.Length);
        Assert.InRange(await ToldAsync(under, all), 1, RegistryGrain.MostInTurn + 64);
        Assert.Equal(Many, (await under.Grains.GetGrain<IScheduleGrain>(0).History(0))!.To().Shares.Length);

        // Between two turns a walk is taken that takes somebody away again who has not been told yet, or has.
        Assert.Equal(Many - 2, await WalkAsync(under, all[1..^1]));
        for (var i = 0; i < 3_000 && await ToldAsync(under, all) < Many - 2; i++)
        {
            under.Time.Advance(TimeSpan.FromMilliseconds(20));
            await Task.Yield();
        }

        Assert.Equal(Many - 2, await ToldAsync(under, all));
        Assert.False((await under.Grain(all[0]).Shown()).Standing.Active);
        Assert.False((await under.Grain(all[^1]).Shown()).Standing.Active);
    }

    private static Task<int> WalkAsync(ClusterUnderTest under, OrchestratorId[] ids) => under.Grains.GetGrain<IRegistryGrain>(0).Walk(
        [.. ids.Select(id => RegistryEntryWire.Of(new RegistryEntry(id, $"https://{id.Text}.example:8935", true)))]);

    private static async Task<int> ToldAsync(ClusterUnderTest under, OrchestratorId[] all) =>
        (await Task.WhenAll(all.Select(id => under.Grain(id).Shown()))).Count(s => s.Standing.Active);
}
