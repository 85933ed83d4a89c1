using Monitoring.Core;

namespace Monitoring.Cluster.State;

/// <summary>
/// Whose part of what a grain tells changed since which version. Whoever has a version of this life of the grain is told what changed after it;
/// whoever has one of another life, which says nothing here, is told all. Used by one caller at a time.
/// </summary>
/// <param name="time">The clock that versions are taken from.</param>
internal sealed class ChangeLog(TimeProvider time)
{
    private readonly Dictionary<OrchestratorId, long> _changedAt = [];

    /// <summary>The grain's life. Never 0.</summary>
    public long Life { get; } = Random.Shared.NextInt64(1, long.MaxValue);

    /// <summary>Grows with each change, and over activations too, so that nobody takes one for another.</summary>
    public long Version { get; private set; } = time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>True for whoever has everything as it is.</summary>
    /// <param name="version">The version that it has.</param>
    /// <param name="life">Of which life; 0 for one that does not say.</param>
    public bool IsCurrent(long version, long life) => version == Version && (life == Life || life == 0);

    /// <summary>Who changed after a version.</summary>
    /// <param name="version">The version.</param>
    /// <param name="life">Of which life.</param>
    /// <returns>Null when all must be told.</returns>
    public HashSet<OrchestratorId>? Since(long version, long life) => life == Life ? [.. _changedAt.Where(c => c.Value > version).Select(c => c.Key)] : null;

    /// <summary>A new version, in which these are otherwise than before.</summary>
    public void Change(IEnumerable<OrchestratorId> changed)
    {
        Version = Math.Max(Version + 1, time.GetUtcNow().ToUnixTimeMilliseconds());
        foreach (var id in changed) _changedAt[id] = Version;
    }

    /// <summary>Nobody asks about this one any more.</summary>
    public void Forget(OrchestratorId orchestrator) => _changedAt.Remove(orchestrator);
}
