using Monitoring.Storage.Postgres;
using Monitoring.Storage.Tests.Postgres;

namespace Monitoring.Storage.Tests.Outbox;

/// <summary>An outbox in PostgreSQL; every opening is by another holder of the duty.</summary>
public sealed class PostgresOutboxTests : OutboxContract
{
    private Database? _database;
    private PostgresDuty? _duty;

    protected override async Task<LogOutbox> OpenAsync(OutboxBounds bounds)
    {
        _database ??= await Database.CreateWithStateAsync();
        await CloseAsync();
        _duty = await PostgresDuty.TryTakeAsync(_database.Url, "alerts", TimeProvider.System, Cancel);
        return LogOutbox.Open(await _duty!.OpenLogAsync("outbox", Cancel), bounds, null);
    }

    protected override async ValueTask CloseAsync()
    {
        if (_duty is not null) await _duty.DisposeAsync();
    }
}
