using Monitoring.Storage.Postgres;

namespace Monitoring.Web;

/// <summary>Section <c>Store</c>, where it names a database.</summary>
/// <param name="Url">The database, with a password only where it was given in a way that others cannot read.</param>
/// <param name="Retention">How long what is kept.</param>
/// <param name="Migrate">Bring the tables up at start; else a database that lacks something is refused.</param>
public sealed record StoreOptions(PostgresUrl Url, PostgresRetention Retention, bool Migrate);
