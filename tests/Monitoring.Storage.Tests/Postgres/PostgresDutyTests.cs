using Monitoring.Storage.Postgres;
using Monitoring.Testing.Postgres;
using Monitoring.Testing.Processes;
using Npgsql;

namespace Monitoring.Storage.Tests.Postgres;

/// <summary>One process of several at a time, and what it must not forget.</summary>
public sealed class PostgresDutyTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [LimitedFact]
    public async Task One_of_several_has_a_duty_and_the_next_gets_it_when_that_one_is_gone()
    {
        var database = await Database.CreateWithStateAsync();
        var first = await PostgresDuty.TryTakeAsync(database.Url, "alerts", TimeProvider.System, Cancel);
        Assert.NotNull(first);
        Assert.Null(await PostgresDuty.TryTakeAsync(database.Url, "alerts", TimeProvider.System, Cancel));
        await using (var other = await PostgresDuty.TryTakeAsync(database.Url, "canary", TimeProvider.System, Cancel)) Assert.NotNull(other);
        await first.DisposeAsync();
        await using var second = await PostgresDuty.TryTakeAsync(database.Url, "alerts", TimeProvider.System, Cancel);
        Assert.NotNull(second);
    }

    [LimitedFact]
    public async Task What_a_log_holds_is_there_for_the_next_holder_to_the_last_character()
    {
        var database = await Database.CreateWithStateAsync();
        await using (var duty = (await PostgresDuty.TryTakeAsync(database.Url, "alerts", TimeProvider.System, Cancel))!)
        {
            var log = await duty.OpenLogAsync("outbox", Cancel);
            await log.PutAsync("secret", "2026-11-20", "{\"a\":1}", Cancel);
            await log.PutAllAsync([new("secret", "2026-11-20", "{\"a\":[2,\"\\u0000é\"]}"), new("secret", "2026-11-19", "null"), new("owed", "x", "7"), new("owed", "x", "8"), new("owed", "y", "9")], Cancel);
            await log.RemoveAsync("owed", "y", Cancel);
            await log.RemoveAsync("owed", "never there", Cancel);
            await Assert.ThrowsAnyAsync<System.Text.Json.JsonException>(() => log.PutAsync("owed", "z", "{", Cancel));
            Assert.Empty((await duty.OpenLogAsync("other", Cancel)).Read("owed"));
        }

        await using var next = (await PostgresDuty.TryTakeAsync(database.Url, "alerts", TimeProvider.System, Cancel))!;
        var read = await next.OpenLogAsync("outbox", Cancel);
        Assert.Equal([new("secret", "2026-11-19", "null"), new("secret", "2026-11-20", "{\"a\":[2,\"\\u0000é\"]}")], read.Read("secret"));
        Assert.Equal([new("owed", "x", "8")], read.Read("owed"));
        Assert.Null(read.Find("owed", "y"));
    }

    [LimitedFact]
    public async Task Who_lost_his_connection_can_write_nothing_any_more_and_knows_it()
    {
        var database = await Database.CreateWithStateAsync();
        await using var first = (await PostgresDuty.TryTakeAsync(database.Url, "alerts", TimeProvider.System, Cancel))!;
        var log = await first.OpenLogAsync("outbox", Cancel);
        await log.PutAsync("owed", "x", "1", Cancel);
        await database.QueryAsync("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())");

        PostgresDuty? second = null;
        while (second is null) second = await PostgresDuty.TryTakeAsync(database.Url, "alerts", TimeProvider.System, Cancel);
        await using var held = second;
        await Assert.ThrowsAsync<StorageFullException>(() => log.PutAsync("owed", "x", "2", Cancel));
        Assert.True(first.Lost.IsCancellationRequested);
        Assert.Equal("1", log.Find("owed", "x"));
        await Assert.ThrowsAsync<StorageFullException>(() => log.RemoveAsync("owed", "x", Cancel));
        Assert.Equal("1", (await held.OpenLogAsync("outbox", Cancel)).Find("owed", "x"));
    }

    [LimitedFact]
    public async Task A_duty_whose_server_is_gone_is_lost_without_anybody_writing()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        await using var server = await PostgresServer.StartAsync();
        var url = PostgresUrl.Parse(await server.CreateDatabaseAsync());
        await using var duty = (await PostgresDuty.TryTakeAsync(url, "alerts", TimeProvider.System, Cancel))!;
        var lost = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var told = duty.Lost.Register(() => lost.TrySetResult());
        await server.KillAsync();
        await lost.Task.WaitAsync(TimeSpan.FromSeconds(60), Cancel);
        await Assert.ThrowsAsync<IOException>(() => duty.OpenLogAsync("outbox", Cancel));
        await Assert.ThrowsAsync<IOException>(() => PostgresDuty.TryTakeAsync(url, "alerts", TimeProvider.System, Cancel));
    }
}
