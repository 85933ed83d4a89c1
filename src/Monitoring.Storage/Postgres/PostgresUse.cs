namespace Monitoring.Storage.Postgres;

/// <summary>What connections are for: each use has its own limits of time, set for the session so that the server keeps them too.</summary>
internal enum PostgresUse
{
    /// <summary>Batches of results.</summary>
    Write,

    /// <summary>Queries that change nothing.</summary>
    Read,

    /// <summary>Partitions, sums of days, retention.</summary>
    Upkeep,

    /// <summary>Scripts: one connection, not pooled.</summary>
    Migrate,
}
