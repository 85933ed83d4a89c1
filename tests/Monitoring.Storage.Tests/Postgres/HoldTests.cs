using System.Diagnostics;
using Monitoring.Storage.Postgres;
using Monitoring.Testing.Processes;
using Npgsql;

namespace Monitoring.Storage.Tests.Postgres;

/// <summary>One monitor holds a database, also after its connection was cut.</summary>
public sealed class HoldTests
{
    private const string Holders = "FROM pg_locks WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [LimitedFact]
    public async Task A_second_monitor_is_refused_until_the_first_gives_up()
    {
        var database = await Database.CreateAsync();
        var first = await TakeAsync(database);
        await Assert.ThrowsAsync<StateDirectoryException>(() => TakeAsync(database));
        await first.DisposeAsync();
        await using var second = await TakeAsync(database);
        Assert.Null(second.Trouble);
    }

    [LimitedFact]
    public async Task Processes_of_one_cluster_share_it_and_keep_strangers_off()
    {
        var database = await Database.CreateAsync();
        var first = await ShareAsync(database, "blue");
        await using (var second = await ShareAsync(database, "blue"))
        {
            await Assert.ThrowsAsync<StateDirectoryException>(() => TakeAsync(database));
            await Assert.ThrowsAsync<StateDirectoryException>(() => ShareAsync(database, "green"));
            await first.DisposeAsync();
            await Assert.ThrowsAsync<StateDirectoryException>(() => TakeAsync(database));
            Assert.Null(second.Trouble);
        }

        await using var alone = await TakeAsync(database);
        await Assert.ThrowsAsync<StateDirectoryException>(() => ShareAsync(database, "blue"));
    }

    [LimitedFact]
    public async Task Whose_connection_was_cut_takes_the_database_again()
    {
        var database = await Database.CreateAsync();
        await using var hold = await TakeAsync(database);
        var before = await database.QueryAsync($"SELECT pid {Holders}");
        await database.QueryAsync($"SELECT pg_terminate_backend(pid) {Holders}");
        await UntilAsync(async () => await database.QueryAsync($"SELECT pid {Holders}") is { Length: > 0 } now && now != before);
        await UntilAsync(() => Task.FromResult(hold.Trouble is null));
        await Assert.ThrowsAsync<StateDirectoryException>(() => TakeAsync(database));
    }

    [LimitedFact]
    public async Task While_another_monitor_holds_it_nothing_is_stored_and_then_everything()
    {
        var database = await Database.CreateAsync();
        await using var hold = await TakeAsync(database);
        var inner = await PostgresResultStore.OpenAsync(database.Url, new PostgresRetention(), TimeProvider.System, null, Cancel);
        await using var store = new HeldResultStore(inner, hold);
        Assert.True(await store.AppendAsync(Samples.Revision("a"), null, Cancel));

        // The other waits for the lock itself, so it has it as soon as the connection of the holder is cut.
        await using (var other = new NpgsqlConnection(database.Url.ForPool(1)))
        {
            await other.OpenAsync(Cancel);
            await using var take = new NpgsqlCommand($"SELECT pg_advisory_lock((SELECT (classid::bigint << 32) | objid::bigint {Holders}))", other);
            var taken = take.ExecuteNonQueryAsync(Cancel);
            await UntilAsync(async () => await database.QueryAsync("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted") != "0");
            await database.QueryAsync($"SELECT pg_terminate_backend(pid) {Holders}");
            await taken;
            await UntilAsync(() => Task.FromResult(hold.Trouble is { IsTaken: true }));
            var e = await Assert.ThrowsAsync<StorageFullException>(() => store.AppendAsync(Samples.Revision("b"), null, Cancel));
            Assert.Contains("Another monitor works on", e.Message, StringComparison.Ordinal);
            Assert.Equal(["a/1"], (await Samples.AllAsync(store)).Select(Samples.Name));
            await using var release = new NpgsqlCommand("SELECT pg_advisory_unlock_all()", other);
            await release.ExecuteNonQueryAsync(Cancel);
        }

        await UntilAsync(() => Task.FromResult(hold.Trouble is null));
        Assert.True(await store.AppendAsync(Samples.Revision("b"), null, Cancel));
    }

    private static Task<PostgresHold> TakeAsync(Database database) => PostgresHold.TakeAsync(database.Url, TimeSpan.Zero, TimeProvider.System, Cancel);

    private static Task<PostgresHold> ShareAsync(Database database, string cluster) =>
        PostgresHold.ShareAsync(database.Url, cluster, TimeSpan.Zero, TimeProvider.System, Cancel);

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        var start = Stopwatch.GetTimestamp();
        while (!await isSo())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Limit, "It took too long.");
            await Task.Delay(20, Cancel);
        }
    }
}
