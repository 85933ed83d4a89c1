using Monitoring.Standalone.Hub;
using Monitoring.Storage;
using Monitoring.Web;

namespace Monitoring.Standalone.Run;

/// <summary>Ready means that results can be written, by the hub's last try, and read: the store is asked for its newest.</summary>
internal sealed class StoreHealth(MonitorHub hub, IResultStore store, TimeProvider time) : IStoreHealth
{
    public async ValueTask<string?> TroubleAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var newest = new ResultQuery { From = now - TimeSpan.FromMinutes(5), Until = now, Limit = 1 };
        await foreach (var _ in store.ReadAsync(newest, cancellationToken)) break;
        return hub.IsStoring ? null : "results cannot be stored";
    }
}
