using Monitoring.Storage.Migrations;

namespace Monitoring.Cluster.Hosting;

/// <summary>What the cluster keeps in PostgreSQL beside the results.</summary>
public static class ClusterTables
{
    /// <summary>All that a hub needs in its database, for the <see cref="Migrator"/>, in order.</summary>
    public static ImmutableArray<MigrationSource> Sources => [MigrationSource.Results, MigrationSource.State, Source];

    /// <summary>Orleans' tables, and those of the grains that keep rows of their own, for the <see cref="Migrator"/>, beside <see cref="MigrationSource.Results"/>.</summary>
    public static MigrationSource Source { get; } = MigrationSource.Embedded("orleans", typeof(ClusterTables).Assembly, "Monitoring.Cluster.Sql.");
}
