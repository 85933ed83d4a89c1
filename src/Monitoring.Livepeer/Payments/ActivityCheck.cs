using Monitoring.Core;
using Monitoring.Ethereum;

namespace Monitoring.Livepeer;

/// <summary>Confirms or refutes, by our own chain read, an orchestrator that calls itself inactive.</summary>
public interface IActivityCheck
{
    /// <summary>Whether an orchestrator or the recipient of its tickets is in the active set of the last initialized round.</summary>
    /// <param name="orchestrator">Who was tested.</param>
    /// <param name="recipient">Who its tickets are for; null where it named nobody.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ChainException">The chain could not be read.</exception>
    ValueTask<bool> IsActiveAsync(OrchestratorId orchestrator, Address? recipient, CancellationToken cancellationToken);
}

/// <summary>
/// Walks the pool anew for each claim, since a claim is rare and an old walk is just what is in doubt; claims within half a minute share
/// one. The recipient counts as well: an orchestrator refuses by its own address, so whoever is active under either has no excuse.
/// </summary>
/// <param name="chain">Where it reads.</param>
/// <param name="time">The clock.</param>
public sealed class ActivityCheck(IChain chain, TimeProvider time) : IActivityCheck, IDisposable
{
    private static readonly TimeSpan Shared = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _gate = new(1);
    private ActiveSet? _set;
    private long _readAt;

    /// <inheritdoc />
    public async ValueTask<bool> IsActiveAsync(OrchestratorId orchestrator, Address? recipient, CancellationToken cancellationToken)
    {
        var set = await ReadAsync(cancellationToken);
        return set.Members.Any(member => member.IsActiveIn(set.Round) && (member.Address.ToOrchestratorId() == orchestrator || member.Address == recipient));
    }

    /// <inheritdoc />
    public void Dispose() => _gate.Dispose();

    private async ValueTask<ActiveSet> ReadAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (_set is { } known && time.GetElapsedTime(_readAt) < Shared) return known;
            var readAt = time.GetTimestamp();
            (_set, _readAt) = (await chain.WalkActiveSetAsync(cancellationToken), readAt);
            return _set;
        }
        finally
        {
            _gate.Release();
        }
    }
}
