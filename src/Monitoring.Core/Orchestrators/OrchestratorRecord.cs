namespace Monitoring.Core;

/// <summary>What the registry knows of an orchestrator.</summary>
/// <param name="ServiceUri">The address to dial, as the registry has it; it may be unusable, which a test will find.</param>
/// <param name="Verified">False when the id was made from the URI because the source named no address.</param>
/// <param name="Share">Its part in the slot sequence of its endpoint.</param>
public sealed record OrchestratorRecord(string ServiceUri, bool Verified, SlotShare Share)
{
    /// <summary>Announced maintenance, in order of start.</summary>
    public ImmutableArray<MaintenanceWindow> Maintenance { get; init; } = [];

    /// <inheritdoc />
    public bool Equals(OrchestratorRecord? other) => other is not null && ServiceUri == other.ServiceUri && Verified == other.Verified
        && Share == other.Share && Maintenance.AsSpan().SequenceEqual(other.Maintenance.AsSpan());

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(ServiceUri, Verified, Share, Maintenance.Length);

    /// <summary>
    /// True when a test at this time is excused by announced maintenance: it lies in the first window announced for that calendar month, and
    /// in the first <paramref name="limit"/> of it.
    /// </summary>
    public bool InMaintenance(DateTimeOffset at, TimeSpan limit)
    {
        foreach (var window in Maintenance)
        {
            if (at < window.From || at >= window.Until || at >= window.From + limit) continue;
            return Maintenance.First(w => w.From.Year == window.From.Year && w.From.Month == window.From.Month) == window;
        }

        return false;
    }
}

/// <summary>A span of time in which the operator said beforehand that the orchestrator may be down.</summary>
/// <param name="From">Start, UTC.</param>
/// <param name="Until">End, UTC, exclusive.</param>
public readonly record struct MaintenanceWindow(DateTimeOffset From, DateTimeOffset Until);
