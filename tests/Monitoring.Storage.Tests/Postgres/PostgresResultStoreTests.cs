using Monitoring.Storage.Postgres;
using Monitoring.Storage.Tests.Results;

namespace Monitoring.Storage.Tests.Postgres;

public sealed class PostgresResultStoreTests : ResultStoreContract
{
    private Database? _database;

    private protected override async Task<IResultStore> OpenAsync()
    {
        _database ??= await Database.CreateAsync();
        return await PostgresResultStore.OpenAsync(_database.Url, new PostgresRetention(), Time, null, Cancel);
    }
}
