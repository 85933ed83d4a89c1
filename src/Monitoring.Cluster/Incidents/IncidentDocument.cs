using Monitoring.Core;

namespace Monitoring.Cluster.Incidents;

/// <summary>What is owed and what was decided of the whole, as it is stored.</summary>
internal sealed record IncidentDocument
{
    /// <summary>The schema that this program writes.</summary>
    public const int Current = 1;

    public int Schema { get; init; }

    /// <summary>The incidents of the network and of the instrument.</summary>
    public IncidentBook Network { get; init; } = IncidentBook.Empty;

    /// <summary>Whether so many failed at the last look that one incident tells of them: known before the next look, also after the silo died.</summary>
    public bool NetworkFails { get; init; }

    /// <summary>What orchestrators owed and nobody tells yet, in the order in which it came.</summary>
    public ImmutableArray<Notification> Waiting { get; init; } = [];
}
