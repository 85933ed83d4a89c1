using Monitoring.Cluster.Hosting;
using Monitoring.Cluster.Keys;
using Monitoring.Core;
using Monitoring.Probing;
using Monitoring.Storage.Migrations;
using Monitoring.Storage.Postgres;
using Monitoring.Testing;
using Monitoring.Testing.Postgres;
using Monitoring.Testing.Processes;

namespace Monitoring.Cluster.Tests.Keys;

/// <summary>Who may speak for a region, on a real PostgreSQL.</summary>
public sealed class RegionKeyTests
{
    private static readonly RegionId Fra = ClusterUnderTest.Fra;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [LimitedFact]
    public async Task A_key_speaks_for_its_region_until_it_is_revoked_and_stays_in_the_list()
    {
        await using var table = await OpenAsync();
        using var key = RegionKey.Create(Fra);
        using var other = RegionKey.Create(ClusterUnderTest.Mdw);
        await table.AddAsync(key, "ab12", Cancel);
        await table.AddAsync(other, null, Cancel);
        var time = new VirtualTime(new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero));
        var hub = new SiloRegionKeys(table, time);
        Assert.Null(hub.Find(Fra, key.Id));
        await hub.PullAsync();
        var identity = hub.Find(Fra, key.Id)!;
        Assert.Equal(key.PublicKey(), identity.PublicKey);
        Assert.Equal("ab12", identity.ClientCertificateSha256);
        Assert.Null(hub.Find(ClusterUnderTest.Mdw, key.Id));

        Assert.Equal(0, await table.RevokeAsync(Fra, "another", Cancel));
        Assert.Equal(1, await table.RevokeAsync(Fra, null, Cancel));
        Assert.Equal(0, await table.RevokeAsync(Fra, null, Cancel));
        await hub.PullAsync();
        Assert.Null(hub.Find(Fra, key.Id));
        Assert.NotNull(hub.Find(ClusterUnderTest.Mdw, other.Id));
        var listed = await table.ReadAsync(Cancel);
        Assert.Equal([(Fra, false), (ClusterUnderTest.Mdw, true)], listed.Select(k => (k.Identity.Region, k.RevokedAt is null)));
    }

    [LimitedFact]
    public async Task Who_could_have_been_revoked_is_not_believed_for_long_without_a_database()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        await using var server = await PostgresServer.StartAsync();
        var url = PostgresUrl.Parse(await server.CreateDatabaseAsync());
        await new Migrator(url, ClusterTables.Source).MigrateAsync(null, Cancel);
        await using var table = new RegionKeyTable(url);
        using var key = RegionKey.Create(Fra);
        await table.AddAsync(key, null, Cancel);
        var time = new VirtualTime(new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero));
        var hub = new SiloRegionKeys(table, time);
        await hub.PullAsync();
        await server.KillAsync();
        await Assert.ThrowsAsync<IOException>(hub.PullAsync);
        Assert.NotNull(hub.Find(Fra, key.Id));
        time.Advance(TimeSpan.FromSeconds(61));
        Assert.Null(hub.Find(Fra, key.Id));
        await server.RestartAsync();
        await hub.PullAsync();
        Assert.NotNull(hub.Find(Fra, key.Id));
    }

    private static async Task<RegionKeyTable> OpenAsync()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        var url = PostgresUrl.Parse(await (await PostgresServer.SharedAsync()).CreateDatabaseAsync());
        await new Migrator(url, ClusterTables.Source).MigrateAsync(null, Cancel);
        return new RegionKeyTable(url);
    }
}
