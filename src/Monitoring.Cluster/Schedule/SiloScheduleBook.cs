using Monitoring.Cluster.Status;
using Monitoring.Web;

namespace Monitoring.Cluster.Schedule;

/// <summary>What one hub silo may tell of the days' plans.</summary>
internal sealed class SiloScheduleBook(IGrainFactory grains, SiloPlans plans, TimeProvider time) : IScheduleBook, ISiloView
{
    private Seen _seen = new(0, 0, PlanHistory.Empty);

    /// <inheritdoc />
    public PublishedDay? Find(DateOnly day)
    {
        // Before the first pull there is nothing to tell, and no secret to tell it by.
        var seen = Volatile.Read(ref _seen);
        if (seen.Version == 0) return null;
        var now = time.GetUtcNow();
        return seen.History.Of(day, now, plans.Commitment(day), plans.Reveal(day, now));
    }

    /// <inheritdoc />
    public async Task PullAsync()
    {
        await plans.LoadAsync();
        var seen = Volatile.Read(ref _seen);
        if (await grains.GetGrain<IScheduleGrain>(0).History(seen.Version, seen.Life) is { } newer) Volatile.Write(ref _seen, new Seen(newer.Version, newer.Life, newer.On(seen.History)));
    }

    private sealed record Seen(long Version, long Life, PlanHistory History);
}
