using System.Text.Json.Serialization;

namespace Monitoring.Core;

/// <summary>All that is remembered of whether one orchestrator is available, and of the incidents about it. Immutable.</summary>
public sealed record AvailabilityState
{
    /// <summary>The state of an orchestrator that nobody has looked at.</summary>
    public static AvailabilityState New { get; } = new();

    /// <summary>Where it stands in the eyes of all regions.</summary>
    public AvailabilityPhase Phase { get; init; }

    /// <summary>Since when it stands there, UTC.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>When the trouble behind <see cref="Phase"/> began, by the evidence, UTC; the least value while it is up.</summary>
    public DateTimeOffset FailingSince { get; init; }

    /// <summary>
    /// True while no region has an answer and enough of them failed often enough, yet each sees so many others fail that it may be the network or
    /// the instrument: then the incident of the network tells of it (<see cref="NetworkAvailability"/>), and none of its own.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Unheard { get; init; }

    /// <summary>True while it goes down and comes back again and again.</summary>
    public bool Flapping { get; init; }

    /// <summary>True in announced maintenance: failures are no evidence then.</summary>
    public bool Maintenance { get; init; }

    /// <summary>When it went down, as far back as flapping is judged, UTC.</summary>
    public ImmutableArray<DateTimeOffset> Downs { get; init; } = [];

    /// <summary>When it last came up again after it was down, UTC; the least value when it never was.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public DateTimeOffset RecoveredAt { get; init; }

    /// <summary>When other regions were last asked to look, UTC.</summary>
    public DateTimeOffset AskedAt { get; init; }

    /// <summary>How often in a row regions were asked while some of them had nothing to say.</summary>
    public int AskedInVain { get; init; }

    /// <summary>Since when it is watched, UTC; the least value before the first look.</summary>
    public DateTimeOffset WatchedSince { get; init; }

    /// <summary>When the slower rules are looked at next, UTC.</summary>
    public DateTimeOffset RulesDueAt { get; init; }

    /// <summary>What each region sees, in order of its code.</summary>
    public ImmutableArray<RegionSight> Sights { get; init; } = [];

    /// <summary>The incidents about it.</summary>
    public IncidentBook Incidents { get; init; } = IncidentBook.Empty;

    /// <summary>What a region sees.</summary>
    public RegionSight SightOf(RegionId region)
    {
        foreach (var sight in Sights)
        {
            if (sight.Region == region) return sight;
        }

        return new RegionSight { Region = region };
    }

    /// <summary>True when no region has valid evidence: whatever the phase says, it is from before.</summary>
    /// <param name="now">The instant, UTC.</param>
    /// <param name="policy">The rules.</param>
    public bool IsUnknown(DateTimeOffset now, Policy policy)
    {
        foreach (var sight in Sights)
        {
            if (AvailabilityRule.IsFresh(sight, now, policy)) return false;
        }

        return true;
    }

    internal AvailabilityState With(RegionSight sight)
    {
        for (var i = 0; i < Sights.Length; i++)
        {
            var order = Sights[i].Region.CompareTo(sight.Region);
            if (order == 0) return ReferenceEquals(Sights[i], sight) ? this : this with { Sights = Sights.SetItem(i, sight) };
            if (order > 0) return this with { Sights = Sights.Insert(i, sight) };
        }

        return this with { Sights = Sights.Add(sight) };
    }
}
