using Microsoft.Extensions.DependencyInjection;
using Monitoring.Cluster.State;
using Monitoring.Storage.Postgres;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Monitoring.Cluster.Hosting;

/// <summary>A silo whose membership, states and reminders are in PostgreSQL.</summary>
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
}
