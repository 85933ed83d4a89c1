using Microsoft.Extensions.DependencyInjection;
using Monitoring.Cluster.Leaderboard;
using Monitoring.Cluster.Orchestrators;
using Monitoring.Cluster.Regions;
using Monitoring.Cluster.Registry;
using Monitoring.Cluster.State;
using Monitoring.Core;
using Monitoring.Storage.Migrations;
using Monitoring.Testing;
using Monitoring.Testing.Postgres;
using Monitoring.Testing.Processes;
using Orleans.Core;
using Orleans.Runtime;
using Orleans.Storage;

namespace Monitoring.Cluster.Tests.Postgres;

/// <summary>Orleans' own providers on our tables, in a real PostgreSQL.</summary>
public sealed class PostgresTests
{
    private static readonly OrchestratorId One = ClusterUnderTest.Orchestrator(1);

    [LimitedFact]
    public async Task Two_silos_are_one_cluster_and_what_one_stored_the_other_serves()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        await using var cluster = await PostgresCluster.StartAsync(2);
        var grains = cluster.Hosts[0].Services.GetRequiredService<IGrainFactory>();
        var hub = new GrainHub(grains);
        OrchestratorId[] all = [.. Enumerable.Range(1, 12).Select(ClusterUnderTest.Orchestrator)];
        Assert.Equal(12, await grains.GetGrain<IRegistryGrain>(0).Walk(
            [.. all.Select((id, i) => RegistryEntryWire.Of(new RegistryEntry(id, $"https://192.0.2.{i + 1}:8935", true)))]));
        var measured = new HashSet<OrchestratorId>();
        for (var i = 0; i < 2_000 && measured.Count < 12; i++)
        {
            cluster.Time.Advance(TimeSpan.FromSeconds(5));
            foreach (var id in all) await grains.GetGrain<IOrchestratorGrain>(id.Text).Tick();
            foreach (var job in await hub.LeaseAsync(ClusterUnderTest.Fra, 100, TimeSpan.Zero, CancellationToken.None))
            {
                Assert.True((await hub.ReportAsync(ClusterUnderTest.Result(job, received: 30), CancellationToken.None)).Accepted);
                measured.Add(job.Orchestrator);
            }
        }

        Assert.Equal(12, measured.Count);
        var before = await BoardAsync(cluster, 0);
        Assert.Equal(12, before.Rows.Length);
        Assert.Equal(before.Version, (await BoardAsync(cluster, 1)).Version);

        // The silo that the caller did not choose goes; its grains come back on the other with all that they knew.
        await cluster.StopAsync(cluster.Hosts[0]);
        var after = await BoardAsync(cluster, 0);
        Assert.Equal(before.Rows.Select(r => (r.Orchestrator, r.Cells.Single(c => c.Region == ClusterUnderTest.Fra).Cell)), after.Rows.Select(r => (r.Orchestrator, r.Cells.Single(c => c.Region == ClusterUnderTest.Fra).Cell)));
    }

    [LimitedFact]
    public async Task Of_many_first_writes_of_one_state_one_wins_and_the_grain_can_always_be_read()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        await using var cluster = await PostgresCluster.StartAsync(1);
        var storage = cluster.Hosts[0].Services.GetRequiredKeyedService<IGrainStorage>(StateNames.Storage);
        for (var key = 0; key < 100; key++)
        {
            var id = GrainId.Create(GrainType.Create("orchestrator"), ClusterUnderTest.Orchestrator(1000 + key).Text);
            var won = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
            {
                try
                {
                    await storage.WriteStateAsync(StateNames.Orchestrator, id, new GrainState<OrchestratorDocument>(new OrchestratorDocument { Schema = 1 }));
                    return 1;
                }
                catch (InconsistentStateException)
                {
                    return 0;
                }
            }));
            Assert.Equal(1, won.Sum());
            var read = new GrainState<OrchestratorDocument>(new OrchestratorDocument());
            await storage.ReadStateAsync(StateNames.Orchestrator, id, read);
            Assert.True(read.RecordExists);

            // An outdated version loses too, and the newer row stands.
            await storage.WriteStateAsync(StateNames.Orchestrator, id, new GrainState<OrchestratorDocument>(new OrchestratorDocument { Schema = 2 }, read.ETag));
            await Assert.ThrowsAsync<InconsistentStateException>(() =>
                storage.WriteStateAsync(StateNames.Orchestrator, id, new GrainState<OrchestratorDocument>(new OrchestratorDocument { Schema = 3 }, read.ETag)));
            await storage.ReadStateAsync(StateNames.Orchestrator, id, read);
            Assert.Equal(2, read.State!.Schema);
        }
    }

    [LimitedFact]
    public async Task Reminders_are_read_by_ranges_of_the_ring_through_an_index()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        var server = await PostgresServer.SharedAsync();
        var address = await server.CreateDatabaseAsync();
        await new Migrator(Storage.Postgres.PostgresUrl.Parse(address), ClusterTables()).MigrateAsync(null, CancellationToken.None);
        var database = new Uri(address).AbsolutePath.Trim('/');
        await server.QueryAsync(database, """
            INSERT INTO grain_reminder (service_id, grain_id, reminder_name, start_time, period_ms, grain_hash)
            SELECT 'monitoring', 'orchestrator/' || i, 'tick', now(), 1800000, hashint4(i) FROM generate_series(1, 50000) i;
            ANALYZE grain_reminder
            """);
        var plan = await server.QueryAsync(database, "EXPLAIN SELECT * FROM grain_reminder WHERE service_id = 'monitoring' AND grain_hash > 0 AND grain_hash <= 20000000");
        Assert.Contains("grain_reminder_ring", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("Seq Scan", plan, StringComparison.Ordinal);
    }

    [LimitedFact]
    public async Task The_tables_are_made_once_however_often_somebody_migrates()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        var url = Storage.Postgres.PostgresUrl.Parse(await (await PostgresServer.SharedAsync()).CreateDatabaseAsync());
        Assert.NotEmpty(await new Migrator(url, MigrationSource.Results, ClusterTables()).MigrateAsync(null, CancellationToken.None));
        Assert.Empty(await new Migrator(url, MigrationSource.Results, ClusterTables()).MigrateAsync(null, CancellationToken.None));
    }

    private static MigrationSource ClusterTables() => Hosting.ClusterTables.Source;

    private static async Task<LeaderboardSnapshot> BoardAsync(PostgresCluster cluster, int silo)
    {
        var services = cluster.Hosts[silo].Services;
        var grains = services.GetRequiredService<IGrainFactory>();
        var board = services.GetRequiredService<SiloLeaderboard>();
        for (var i = 0; i < 3_000; i++)
        {
            await grains.GetGrain<ILeaderboardGrain>(0).Refresh();
            await board.PullAsync();
            if (board.Current.Rows.Length == 12) return await grains.GetGrain<ILeaderboardReader>(0).Current();
            cluster.Time.Advance(TimeSpan.FromMilliseconds(10));
        }

        throw new InvalidOperationException($"Only {board.Current.Rows.Length} rows came to the board of silo {silo}.");
    }
}
