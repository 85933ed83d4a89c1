using Monitoring.Storage;
using Monitoring.Web;

namespace Monitoring.Standalone.Run;

/// <summary>Asks the store for its newest result: an answer, even none, means that it can be read.</summary>
internal sealed class StoreHealth(IResultStore store, TimeProvider time) : IStoreHealth
{
    public async ValueTask<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var newest = new ResultQuery { From = now - TimeSpan.FromMinutes(5), Until = now, Limit = 1 };
        await foreach (var _ in store.ReadAsync(newest, cancellationToken)) break;
        return true;
    }
}
