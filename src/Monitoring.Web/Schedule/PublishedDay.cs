using Monitoring.Core;

namespace Monitoring.Web;

/// <summary>
/// One day's plan as the public may check it: that its secret was fixed beforehand, and, once it is over, that every test was planned by the
/// rule (<see cref="DayPlan"/>) and none left out or picked.
/// </summary>
public sealed record PublishedDay
{
    /// <summary>The UTC day.</summary>
    public required DateOnly Day { get; init; }

    /// <summary>SHA-256 of the day's secret, lower-case hex: published before the day begins.</summary>
    public required string Commitment { get; init; }

    /// <summary>The secret, 32 bytes as lower-case hex; null until the day is over.</summary>
    public string? Secret { get; init; }

    /// <summary>What the seed was anchored to, as text: the date where there is no chain. Null until the day is over.</summary>
    public string? Anchor { get; init; }

    /// <summary>The schedule's rules in force, each from an instant on. Empty until the day is over.</summary>
    public ImmutableArray<PublishedRules> Rules { get; init; } = [];

    /// <summary>Who was enrolled with which part of the slots, each from an instant on. Empty until the day is over.</summary>
    public ImmutableArray<PublishedShare> Enrolment { get; init; } = [];
}

/// <summary>Rules of the schedule.</summary>
/// <param name="From">In force from this instant on, UTC.</param>
/// <param name="TestsPerDay">Rounds a day.</param>
/// <param name="Regions">Regions in order of their codes.</param>
/// <param name="GuardSeconds">The guard.</param>
/// <param name="SurpriseOneIn">One slot in so many is a surprise.</param>
public sealed record PublishedRules(DateTimeOffset From, int TestsPerDay, ImmutableArray<RegionId> Regions, double GuardSeconds, int SurpriseOneIn);

/// <summary>An orchestrator's part in the slots of its endpoint.</summary>
/// <param name="From">In force from this instant on, UTC.</param>
/// <param name="Orchestrator">The orchestrator.</param>
/// <param name="Endpoint">The endpoint the slot sequence is drawn for; null when it left the set at that instant.</param>
/// <param name="Index">Its place among those behind the endpoint.</param>
/// <param name="Count">How many there are.</param>
public sealed record PublishedShare(DateTimeOffset From, OrchestratorId Orchestrator, string? Endpoint, int Index, int Count);
