using Monitoring.Core;

namespace Monitoring.Livepeer;

/// <summary>
/// Opens a new session in place of one that runs out (protocol reference, 3.10). The old one is given back: it would hold a slot for another
/// 70 s. The first price stays the one by which later ones are judged.
/// </summary>
internal sealed class SessionRenewal(IDiscovery discovery, string serviceUri, OrchestratorLimits limits, TimeProvider time)
{
    /// <summary>Asks discovery again.</summary>
    /// <param name="old">The session that runs out.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The new session; null when there is none, and then the old one goes on.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public async Task<OrchestratorSession?> RenewAsync(OrchestratorSession old, CancellationToken cancellationToken)
    {
        var found = await discovery.GetOrchestratorAsync(serviceUri, cancellationToken);
        if (found.Session is not { } renewed) return null;
        await EndAsync(old);
        return renewed with { InitialPrice = old.InitialPrice ?? renewed.InitialPrice };
    }

    /// <summary>Gives a session back, within the time of a call and whatever comes of it.</summary>
    public async Task EndAsync(OrchestratorSession session)
    {
        // Even when this process is stopping: the slot is somebody else's to use, and the call is bounded.
        using var limit = new CancellationTokenSource(limits.Call, time);
        try
        {
            await discovery.EndTranscodingSessionAsync(session, limit.Token);
        }
        catch (OperationCanceledException)
        {
            // It ends by itself after 70 s.
        }
    }
}
