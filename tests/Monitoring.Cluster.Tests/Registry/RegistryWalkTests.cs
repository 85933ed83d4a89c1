using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Monitoring.Cluster.Registry;
using Monitoring.Core;
using Monitoring.Livepeer;
using Monitoring.Storage.Migrations;
using Monitoring.Storage.Postgres;
using Monitoring.Testing.Postgres;
using Monitoring.Testing.Processes;
using Npgsql;

namespace Monitoring.Cluster.Tests.Registry;

/// <summary>Who tells the registry whom the source lists, and when it is believed.</summary>
public sealed class RegistryWalkTests
{
    private static readonly OrchestratorId[] Ids = [.. Enumerable.Range(1, 9).Select(ClusterUnderTest.Orchestrator)];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [LimitedFact]
    public async Task One_hub_walks_at_a_time_and_another_goes_on_when_it_ends()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        var url = PostgresUrl.Parse(await (await PostgresServer.SharedAsync()).CreateDatabaseAsync());
        await new Migrator(url, MigrationSource.State).MigrateAsync(null, Cancel);
        await using var under = await ClusterUnderTest.StartAsync();
        var (few, many) = (new Listed(own: true, Ids[..1]), new Listed(own: true, Ids));
        using var first = Walk(few, url, under.Grains);
        await first.StartAsync(Cancel);
        await UntilActiveAsync(under, Ids[..1]);

        // Its list is another, as while a configuration is exchanged hub by hub: nobody asks it.
        using var second = Walk(many, url, under.Grains);
        await second.StartAsync(Cancel);
        var reads = few.Reads;
        while (few.Reads < reads + 20) await Task.Yield();
        Assert.Equal(0, many.Reads);
        Assert.Equal(Ids[..1], await ActiveAsync(under));

        await first.StopAsync(Cancel);
        await UntilActiveAsync(under, Ids);
        var last = few.Reads;
        reads = many.Reads;
        while (many.Reads < reads + 20) await Task.Yield();
        Assert.Equal(last, few.Reads);
        await second.StopAsync(Cancel);
    }

    [LimitedFact]
    public async Task A_hub_whose_connection_was_cut_takes_the_duty_again_and_gives_it_up_when_it_stops()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        var url = PostgresUrl.Parse(await (await PostgresServer.SharedAsync()).CreateDatabaseAsync());
        await new Migrator(url, MigrationSource.State).MigrateAsync(null, Cancel);
        await using var under = await ClusterUnderTest.StartAsync();
        var source = new Listed(own: true, Ids[..1]);
        var log = new Heard("lost the duty");
        using var walk = Walk(source, url, under.Grains, log);
        await walk.StartAsync(Cancel);
        await UntilActiveAsync(under, Ids[..1]);

        // Another has the duty before the hub notices; from then on it asks nobody and tells nothing.
        var other = await TakeFromAsync(url);
        await log.Seen.WaitAsync(Cancel);
        var reads = source.Reads;
        await other.DisposeAsync();
        while (source.Reads == reads) await Task.Yield();
        await walk.StopAsync(Cancel);
        other = await PostgresDuty.TryTakeAsync(url, RegistryWalk.Name, TimeProvider.System, Cancel) ?? throw new InvalidOperationException("It was not given up.");
        await other.DisposeAsync();
    }

    [LimitedFact]
    public async Task A_list_that_the_operator_wrote_is_believed_at_once_and_anybody_elses_when_it_says_the_same_again()
    {
        await using var under = await ClusterUnderTest.StartAsync(1, null, Ids[..3]);
        var registry = under.Grains.GetGrain<IRegistryGrain>(0);
        Assert.Equal(3, await registry.Walk(Entries(Ids), own: false));
        Assert.Equal(9, await registry.Walk(Entries(Ids), own: true));
        Assert.Equal(1, await registry.Walk(Entries(Ids[..1]), own: true));
        Assert.Equal(Ids[..1], await ActiveAsync(under));
    }

    private static ImmutableArray<RegistryEntryWire> Entries(OrchestratorId[] ids) => [.. ids.Select((id, i) => RegistryEntryWire.Of(Entry(id, i)))];

    private static RegistryEntry Entry(OrchestratorId id, int number) => new(id, $"https://192.0.2.{number + 1}:8935", true);

    private static RegistryWalk Walk(IOrchestratorSource source, PostgresUrl url, IGrainFactory grains, ILogger<RegistryWalk>? log = null) => new(
        source, new SourceOptions(SourceKind.List, [], null, TimeSpan.FromMilliseconds(10), AllowLoopback: true, ImmutableDictionary<OrchestratorId, ImmutableArray<MaintenanceWindow>>.Empty), url, grains, TimeProvider.System, log ?? NullLogger<RegistryWalk>.Instance);

    private static async Task<OrchestratorId[]> ActiveAsync(ClusterUnderTest under) => [.. (await under.Grains.GetGrain<IRegistryGrain>(0).Active(0))!.Entries.Select(e => e.Id)];

    private static async Task UntilActiveAsync(ClusterUnderTest under, OrchestratorId[] ids)
    {
        while (!(await ActiveAsync(under)).SequenceEqual(ids)) await Task.Yield();
    }

    // As the server ends a connection whose other end is gone for it.
    private static async Task<PostgresDuty> TakeFromAsync(PostgresUrl url)
    {
        await using var database = NpgsqlDataSource.Create(url.ForPool(1));
        await using var command = database.CreateCommand(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())");
        Assert.Equal(1L, await command.ExecuteScalarAsync(Cancel));
        while (true)
        {
            if (await PostgresDuty.TryTakeAsync(url, RegistryWalk.Name, TimeProvider.System, Cancel) is { } taken) return taken;
        }
    }

    /// <summary>A log in which one line is waited for.</summary>
    private sealed class Heard(string text) : ILogger<RegistryWalk>
    {
        private readonly TaskCompletionSource _seen = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Seen => _seen.Task;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (formatter(state, exception).Contains(text, StringComparison.Ordinal)) _seen.TrySetResult();
        }
    }

    /// <summary>A list that counts how often it is read.</summary>
    private sealed class Listed(bool own, OrchestratorId[] ids) : IOrchestratorSource
    {
        private int _reads;

        public int Reads => Volatile.Read(ref _reads);

        public bool IsOwn => own;

        public Task<IReadOnlyList<RegistryEntry>> ReadAsync(CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _reads);
            return Task.FromResult<IReadOnlyList<RegistryEntry>>([.. ids.Select(Entry)]);
        }
    }
}
