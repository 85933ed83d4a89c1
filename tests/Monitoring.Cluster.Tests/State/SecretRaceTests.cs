using System.Text.Json;
using Monitoring.Cluster.Regions;
using Monitoring.Cluster.Schedule;
using Monitoring.Cluster.State;

namespace Monitoring.Cluster.Tests.State;

/// <summary>Two activations of a grain that draws a secret, at once: everybody gets the one that was written.</summary>
public sealed class SecretRaceTests
{
    private static readonly string Theirs = new('5', 64);

    [Theory]
    [InlineData(StateNames.LeaseSeal)]
    [InlineData(StateNames.Schedule)]
    public async Task Whoever_draws_second_takes_what_was_drawn_first(string name)
    {
        await using var under = await ClusterUnderTest.StartAsync();
        await under.PullAsync();
        var seal = under.Grains.GetGrain<ISealGrain>(0);
        var schedule = under.Grains.GetGrain<IScheduleGrain>(0);
        Func<Task<byte[]>> ask = name == StateNames.Schedule ? schedule.Master : seal.Secret;
        under.Storage.Remove(name, name == StateNames.Schedule ? schedule.GetGrainId() : seal.GetGrainId());
        await under.Cluster.DeactivateAsync(schedule);
        var isFirst = true;
        under.Storage.OnWrite = (written, id) =>
        {
            if (written != name || !isFirst) return null;

            // The other activation is a little faster.
            isFirst = false;
            under.Storage.Put(name, id, name == StateNames.Schedule
                ? JsonSerializer.SerializeToUtf8Bytes(new ScheduleDocument { Schema = ScheduleDocument.Current, Master = Theirs })
                : JsonSerializer.SerializeToUtf8Bytes(new SealDocument { Schema = SealDocument.Current, Secret = Theirs }));
            return null;
        };
        await Assert.ThrowsAnyAsync<Exception>(ask);
        Assert.Equal(Theirs, Convert.ToHexStringLower(await ask()));
        Assert.Contains(Theirs, under.Storage.Json(name, "0"), StringComparison.Ordinal);
    }
}
