using Monitoring.Core;
using Monitoring.Livepeer;

namespace Monitoring.Probing;

/// <summary>Asks one orchestrator whether it lives. It never throws for what an orchestrator does.</summary>
public interface ILivenessProbe
{
    /// <summary>Asks once.</summary>
    /// <param name="serviceUri">The address to dial, as the registry has it.</param>
    /// <param name="cancellationToken">Gives the check up.</param>
    Task<LivenessAnswer> AskAsync(string serviceUri, CancellationToken cancellationToken);
}

/// <summary>What a check brought.</summary>
/// <param name="Alive">Any well-formed gRPC answer came, an error included.</param>
/// <param name="Code">Completed with a session, else why there is none.</param>
public readonly record struct LivenessAnswer(bool Alive, OutcomeCode Code);

/// <summary>A check by discovery: free, signed as a gateway signs, and it takes no session of the orchestrator.</summary>
public sealed class DiscoveryProbe(IDiscovery discovery) : ILivenessProbe
{
    /// <inheritdoc />
    public async Task<LivenessAnswer> AskAsync(string serviceUri, CancellationToken cancellationToken)
    {
        var answer = await discovery.GetOrchestratorAsync(serviceUri, cancellationToken);
        return new LivenessAnswer(answer.Alive, answer.Outcome.Code);
    }
}
