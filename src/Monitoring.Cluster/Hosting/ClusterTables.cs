using Monitoring.Storage.Migrations;

namespace Monitoring.Cluster.Hosting;

/// <summary>What the cluster keeps in PostgreSQL beside the results.</summary>
public static class ClusterTables
{
    /// <summary>Orleans' tables, for the <see cref="Migrator"/>, beside <see cref="MigrationSource.Results"/>.</summary>
    public static MigrationSource Source { get; } = MigrationSource.Embedded("orleans", typeof(ClusterTables).Assembly, "Monitoring.Cluster.Sql.");
}
