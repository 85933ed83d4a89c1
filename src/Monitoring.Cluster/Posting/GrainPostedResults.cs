using Monitoring.Cluster.Hosting;
using Monitoring.Cluster.Orchestrators;
using Monitoring.Core;
using Monitoring.Storage;
using Monitoring.Web;

namespace Monitoring.Cluster.Posting;

/// <summary>Results that another tester posted, to the grain of their orchestrator.</summary>
internal sealed class GrainPostedResults(IGrainFactory grains, StoreGate store) : IPostedResults
{
    /// <inheritdoc />
    public async Task<PostAnswer> PostAsync(OutcomeRevision posted, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(posted);
        if (!store.IsOpen) return PostAnswer.Unavailable;
        try
        {
            if (posted.Summary?.Posted is { IsAi: true })
            {
                // AI results have no window here: they are stored, and read from the store.
                await store.AppendAsync(posted, null);
                return PostAnswer.Stored;
            }

            return await grains.GetGrain<IOrchestratorGrain>(posted.Orchestrator.Text).Post(posted).WaitAsync(cancellationToken) ? PostAnswer.Stored : PostAnswer.Refused;
        }
        catch (Exception e) when (e is StorageFullException or IOException or TimeoutException or OrleansException or InvalidOperationException)
        {
            // Nothing was stored as far as anybody knows, or as many are known from posts alone as may be; the same post again counts once.
            return PostAnswer.Unavailable;
        }
    }
}
