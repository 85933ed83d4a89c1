using System.Text.Json.Serialization;

namespace Monitoring.Core;

/// <summary>What one region sees of an orchestrator: its latest run of answers or failures, and the intervals of the day.</summary>
public sealed record RegionSight
{
    /// <summary>The region.</summary>
    public required RegionId Region { get; init; }

    /// <summary>Failures in a row, those nearer than <see cref="AvailabilityPolicy.Spacing"/> counted once; 0 while it answers.</summary>
    public int Failures { get; init; }

    /// <summary>Answers in a row, likewise; 0 while it fails.</summary>
    public int Answers { get; init; }

    /// <summary>The first check of the run, UTC.</summary>
    public DateTimeOffset RunSince { get; init; }

    /// <summary>The latest check that was counted in the run, UTC.</summary>
    public DateTimeOffset CountedAt { get; init; }

    /// <summary>The latest check, UTC; the least value when there is none, or none that is valid.</summary>
    public DateTimeOffset LastAt { get; init; }

    /// <summary>The latest check of a run of failures while many others failed as well, UTC; the least value for none. Those say nothing of one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public DateTimeOffset DoubtedAt { get; init; }

    /// <summary>What the latest check said.</summary>
    public OutcomeCode LastCode { get; init; }

    /// <summary>Where this region stands by itself.</summary>
    public AvailabilityPhase Phase { get; init; }

    /// <summary>The intervals of the last 24 hours.</summary>
    public LivenessWindow Window { get; init; } = LivenessWindow.Empty;

    /// <summary>The availability that is published; null for none.</summary>
    public double? Published { get; init; }

    /// <summary>The sight after a check that is newer than all before it. An older one belongs to the window alone.</summary>
    internal RegionSight After(DateTimeOffset at, bool alive, OutcomeCode code, TimeSpan spacing)
    {
        var sight = this with { LastAt = at, LastCode = code };
        var run = alive ? Answers : Failures;
        if (run == 0) return sight with { Failures = alive ? 0 : 1, Answers = alive ? 1 : 0, RunSince = at, CountedAt = at, DoubtedAt = default };
        if (at - CountedAt < spacing) return sight;
        return sight with { Failures = alive ? 0 : Failures + 1, Answers = alive ? Answers + 1 : 0, CountedAt = at };
    }

    /// <summary>The sight after a check that came late. One that contradicts the run breaks it: what is known for sure is its latest check.</summary>
    internal RegionSight Between(DateTimeOffset at, bool alive)
    {
        if (at < RunSince || (alive ? Failures : Answers) <= 1) return this;
        return this with { Failures = alive ? 1 : 0, Answers = alive ? 0 : 1, RunSince = LastAt, CountedAt = LastAt };
    }

    /// <summary>The sight of a region that has no valid evidence.</summary>
    internal RegionSight Blind() => LastAt == default && Failures == 0 && Answers == 0 ? this : this with { Failures = 0, Answers = 0, LastAt = default, RunSince = default, CountedAt = default };
}
