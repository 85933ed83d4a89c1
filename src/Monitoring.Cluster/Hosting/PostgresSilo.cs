using Microsoft.Extensions.DependencyInjection;
using Monitoring.Cluster.Incidents;
using Monitoring.Cluster.Keys;
using Monitoring.Cluster.Money;
using Monitoring.Cluster.State;
using Monitoring.Storage.Postgres;
using Monitoring.Web;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Monitoring.Cluster.Hosting;

/// <summary>A silo whose membership, states and reminders are in PostgreSQL, and what a hub keeps there beside them.</summary>
internal static class PostgresSilo
{
    private const string Invariant = "Npgsql";

    /// <summary>Adds it. The tables are there already (<see cref="ClusterTables"/>).</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="url">The database.</param>
    /// <param name="clusterId">Who belongs together: silos of another id in the same database are strangers.</param>
    public static ISiloBuilder UsePostgres(this ISiloBuilder silo, PostgresUrl url, string clusterId)
    {
        // The service's id is in every row, so it never changes.
        silo.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (clusterId, "monitoring"));
        silo.UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = (Invariant, url.ForPool(5)));
        silo.UseAdoNetReminderService(options => (options.Invariant, options.ConnectionString) = (Invariant, url.ForPool(5)));
        silo.AddAdoNetGrainStorage(StateNames.Storage, options =>
        {
            (options.Invariant, options.ConnectionString) = (Invariant, url.ForPool(20));
            options.GrainStorageSerializer = new StateFormat();
        });
        return silo;
    }

    /// <summary>What the hub keeps in SQL beside that: the spending of the days, and the keys of regions.</summary>
    public static ISiloBuilder AddHubTables(this ISiloBuilder silo, PostgresUrl url)
    {
        silo.Services.AddSingleton(_ => new RegionKeyTable(url));
        silo.Services.AddView<IRegionKeys, SiloRegionKeys>();
        silo.Services.AddSingleton<ISpendStore>(_ => new PostgresSpendStore(url));
        return silo;
    }

    /// <summary>Has this hub tell of incidents whenever it has the duty.</summary>
    public static ISiloBuilder AddAlerts(this ISiloBuilder silo, PostgresUrl url, OpenTeller open)
    {
        silo.Services.AddSingleton(s => ActivatorUtilities.CreateInstance<AlertDuty>(s, url, open));
        silo.Services.AddHostedService(s => s.GetRequiredService<AlertDuty>());
        silo.Services.AddSingleton<AskedDesk>();
        return silo;
    }
}
