using Monitoring.Simulator;

namespace Monitoring.Cluster.Tests.Processes;

/// <summary>The executable as it is run: migrate, hubs, regions.</summary>
[Collection(WholeProcesses.Name)]
public sealed class Two_hubs_and_a_region
{
    private static readonly string[] Fra = ["FRA"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static FleetOptions Three => FleetOptions.Default with { Nodes = [.. FleetOptions.Default.Nodes.Take(3)] };

    [Fact(Timeout = 600_000)]
    public async Task Test_everybody_and_show_the_same_board()
    {
        await using var cluster = await ClusterProcesses.CreateAsync(Three, Fra, Cancel);
        var first = cluster.Hub();
        using var one = await ClusterProcesses.UntilReadyAsync(first, Cancel);
        var second = cluster.Hub();
        using var other = await ClusterProcesses.UntilReadyAsync(second, Cancel);
        var region = cluster.Region("FRA");
        using var health = await ClusterProcesses.UntilReadyAsync(region, Cancel);
        await region.SaysAsync("FRA is tested from here", Cancel);

        var wanted = cluster.Fleet.Nodes.Select(n => (n.Id.Text, "FRA")).ToHashSet();
        while (!wanted.IsSubsetOf(await ClusterProcesses.CellsAsync(one, Cancel))) await Task.Delay(TimeSpan.FromMilliseconds(500), Cancel);
        await UntilBothSayTheSameAsync(one, other);

        region.Signal(15);
        Assert.Equal(0, await region.ExitAsync(Cancel));

        // The hub's clock is the right one: a region whose own is off measures nothing.
        var off = cluster.Region("FRA", "Simulate:ClockOffset=-10");
        await off.SaysAsync(": OurClock,", Cancel);
        off.Signal(15);
        Assert.Equal(0, await off.ExitAsync(Cancel));
        second.Signal(15);
        Assert.Equal(0, await second.ExitAsync(Cancel));
        Assert.Contains("Stopping", second.Said, StringComparison.Ordinal);
    }

    // Of one snapshot both give the same bytes; between two pulls one may have a newer one.
    private static async Task UntilBothSayTheSameAsync(HttpClient one, HttpClient other)
    {
        while (true)
        {
            var before = await one.GetByteArrayAsync("/api/aggregated_stats", Cancel);
            var there = await other.GetByteArrayAsync("/api/aggregated_stats", Cancel);
            var after = await one.GetByteArrayAsync("/api/aggregated_stats", Cancel);
            if (before.AsSpan().SequenceEqual(after) && before.AsSpan().SequenceEqual(there)) return;
            await Task.Delay(TimeSpan.FromMilliseconds(200), Cancel);
        }
    }
}
