using Monitoring.Core;

namespace Monitoring.Alerting;

/// <summary>Which incidents go to which channels. What is left empty matches everything.</summary>
public sealed record Route
{
    /// <summary>Its name, 1 to 40 of lower-case letters, digits and hyphens.</summary>
    public required string Name { get; init; }

    /// <summary>Only incidents of these orchestrators.</summary>
    public ImmutableHashSet<OrchestratorId> Orchestrators { get; init; } = [];

    /// <summary>
    /// Only incidents of these regions. An incident of all regions matches when one of these has evidence of it.
    /// </summary>
    public ImmutableHashSet<RegionId> Regions { get; init; } = [];

    /// <summary>Only incidents of these rules.</summary>
    public ImmutableHashSet<IncidentRule> Rules { get; init; } = [];

    /// <summary>Only incidents at least so loud.</summary>
    public Severity Least { get; init; } = Severity.Info;

    /// <summary>Names of the channels it leads to; none means that nobody is told.</summary>
    public ImmutableArray<string> Channels { get; init; } = [];

    /// <summary>True when the routes after it are asked as well.</summary>
    public bool GoesOn { get; init; }

    /// <summary>When it keeps still; null for never.</summary>
    public QuietHours? Quiet { get; init; }

    /// <summary>Whether an incident takes this route.</summary>
    public bool Matches(Incident incident)
    {
        ArgumentNullException.ThrowIfNull(incident);
        return incident.Severity >= Least
            && (Rules.IsEmpty || Rules.Contains(incident.Key.Rule))
            && (Orchestrators.IsEmpty || (incident.Key.Orchestrator is { } orchestrator && Orchestrators.Contains(orchestrator)))
            && (Regions.IsEmpty || (incident.Key.Region is { } region ? Regions.Contains(region) : incident.Evidence.Any(e => Regions.Contains(e.Region))));
    }
}
