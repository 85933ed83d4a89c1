using Monitoring.Cluster.Hosting;
using Monitoring.Storage;
using Monitoring.Storage.Migrations;
using Monitoring.Storage.Postgres;

namespace Monitoring.Cluster.Run;

/// <summary>The tables of a cluster: results, what hubs must not forget, and those of Orleans and of the grains.</summary>
internal static class Tables
{
    /// <summary>Whoever makes them, or looks at them.</summary>
    public static Migrator Of(PostgresUrl database) => new(database, MigrationSource.Results, MigrationSource.State, ClusterTables.Source);

    /// <summary>Sees that all of them are there.</summary>
    /// <param name="database">The database.</param>
    /// <param name="make">True to make what is missing.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="IOException">Something is missing, or the database cannot be reached.</exception>
    public static async Task RequireAsync(PostgresUrl database, bool make, CancellationToken cancellationToken)
    {
        var tables = Of(database);
        if (make) await tables.MigrateAsync(null, cancellationToken);
        else if (!(await tables.LookAsync(cancellationToken)).IsReady) throw new StateDirectoryException($"{database.Display} lacks tables of this program: run 'monitor-cluster migrate'.");
    }
}
