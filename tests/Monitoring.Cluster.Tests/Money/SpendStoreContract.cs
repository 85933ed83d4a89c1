using System.Numerics;
using Monitoring.Cluster.Hosting;
using Monitoring.Cluster.Money;
using Monitoring.Core;
using Monitoring.Storage.Migrations;
using Monitoring.Storage.Postgres;
using Monitoring.Testing.Postgres;
using Monitoring.Testing.Processes;

namespace Monitoring.Cluster.Tests.Money;

/// <summary>What every place that spending is kept in must do.</summary>
public abstract class SpendStoreContract
{
    private static readonly DateOnly Day = new(2026, 11, 20);
    private static readonly SpendReservation One = Entry(1, BigInteger.Pow(10, 30), false);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private protected abstract Task<ISpendStore> OpenAsync();

    [LimitedFact]
    public async Task What_was_written_is_read_exactly_and_a_day_without_anything_is_empty()
    {
        var store = await OpenAsync();
        var nothing = await store.ReadAsync(Day, Cancel);
        Assert.Equal((0, 0), (nothing.Version, nothing.Entries.Length));
        await store.WriteAsync(Day, 0, [One, Entry(2, 7, false)], Cancel);
        await store.WriteAsync(Day, 1, [One with { Wei = 3, Settled = true }], Cancel);
        var kept = await store.ReadAsync(Day, Cancel);
        Assert.Equal(2, kept.Version);
        Assert.Equal([One with { Wei = 3, Settled = true }, Entry(2, 7, false)], kept.Entries.OrderBy(e => e.Test));
        Assert.Empty((await store.ReadAsync(Day.AddDays(1), Cancel)).Entries);
        await store.WriteAsync(Day.AddDays(1), 0, [One], Cancel);
        Assert.Equal(BigInteger.Pow(10, 30), Assert.Single((await store.ReadAsync(Day.AddDays(1), Cancel)).Entries).Wei);
    }

    [LimitedFact]
    public async Task Of_many_who_follow_the_same_version_one_is_taken_and_of_the_others_nothing()
    {
        var store = await OpenAsync();
        for (var version = 0L; version < 5; version++)
        {
            var won = await Task.WhenAll(Enumerable.Range(0, 8).Select(async n =>
            {
                try
                {
                    await store.WriteAsync(Day, version, [Entry((int)((version * 10) + n), n, false)], Cancel);
                    return 1;
                }
                catch (SpendConflictException)
                {
                    return 0;
                }
            }));
            Assert.Equal(1, won.Sum());
            Assert.Equal(version + 1, (await store.ReadAsync(Day, Cancel)).Entries.Length);
        }
    }

    private static SpendReservation Entry(int test, BigInteger wei, bool settled) => new(TestId.Planned(Day, test, ClusterUnderTest.Fra, ClusterUnderTest.Orchestrator(1)), ClusterUnderTest.Orchestrator(1), ClusterUnderTest.Fra, wei, settled);
}

/// <summary>The one of the other tests.</summary>
public sealed class MemorySpendStoreTests : SpendStoreContract
{
    private protected override Task<ISpendStore> OpenAsync() => Task.FromResult<ISpendStore>(new MemorySpendStore());
}

/// <summary>The product's, on a real PostgreSQL.</summary>
public sealed class PostgresSpendStoreTests : SpendStoreContract
{
    private protected override async Task<ISpendStore> OpenAsync()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        var url = PostgresUrl.Parse(await (await PostgresServer.SharedAsync()).CreateDatabaseAsync());
        await new Migrator(url, ClusterTables.Source).MigrateAsync(null, TestContext.Current.CancellationToken);
        return new PostgresSpendStore(url);
    }
}
