namespace Monitoring.Core;

/// <summary>Something that somebody should know of, from its beginning to its end.</summary>
public sealed record Incident
{
    /// <summary>Which one.</summary>
    public required IncidentKey Key { get; init; }

    /// <summary>How loud.</summary>
    public required Severity Severity { get; init; }

    /// <summary>When it began, by the evidence, UTC.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>When it was opened: the rule was satisfied, UTC.</summary>
    public required DateTimeOffset OpenedAt { get; init; }

    /// <summary>When it was resolved, UTC; null while it lasts.</summary>
    public DateTimeOffset? ResolvedAt { get; init; }

    /// <summary>One sentence in our own words, at most 300 characters.</summary>
    public required string Summary { get; init; }

    /// <summary>What each region saw, in order of its code; at most one entry a region.</summary>
    public ImmutableArray<RegionEvidence> Evidence { get; init; } = [];
}

/// <summary>What one region saw of an incident.</summary>
/// <param name="Region">The region.</param>
/// <param name="At">When it looked last, UTC.</param>
/// <param name="Text">What it saw, in our own words, at most 300 characters; a stranger's words only after <see cref="Outcome.Clean"/>.</param>
public readonly record struct RegionEvidence(RegionId Region, DateTimeOffset At, string Text);
