using System.Text.Json.Serialization;

namespace Monitoring.Core;

/// <summary>
/// Everything the decider remembers of one orchestrator. It is a cache of the stored results (a rebuild refolds them through the same
/// code) plus what is owed: tests that are open, and revisions that the store has not confirmed.
/// </summary>
public sealed record OrchestratorState
{
    /// <summary>The orchestrator.</summary>
    public required OrchestratorId Id { get; init; }

    /// <summary>What the registry says; null when it is known from stored or posted results alone.</summary>
    public OrchestratorRecord? Record { get; init; }

    /// <summary>True while it is in the active set.</summary>
    public bool Active { get; init; }

    /// <summary>When it left the active set, UTC; null while it is in it or never was.</summary>
    public DateTimeOffset? WithdrawnAt { get; init; }

    /// <summary>Every planned test before this instant is open or has an outcome.</summary>
    public DateTimeOffset PlannedUntil { get; init; }

    /// <summary>Tests queued or leased, in order of their planned instants; a handful.</summary>
    public ImmutableArray<OpenTest> Open { get; init; } = [];

    /// <summary>Revisions decided and not yet confirmed by the store.</summary>
    public ImmutableArray<OutcomeRevision> Owed { get; init; } = [];

    /// <summary>One cell a region, in order of the region's code.</summary>
    public ImmutableArray<Cell> Cells { get; init; } = [];

    /// <summary>Whether it is up, and the incidents about it.</summary>
    public AvailabilityState Availability { get; init; } = AvailabilityState.New;

    /// <summary>The state of an orchestrator nobody has heard of.</summary>
    public static OrchestratorState New(OrchestratorId id) => new() { Id = id };

    /// <summary>The cell of a region; an empty one when there is none yet.</summary>
    public Cell CellOf(RegionId region)
    {
        foreach (var cell in Cells)
        {
            if (cell.Region == region) return cell;
        }

        return new Cell { Region = region };
    }

    internal OrchestratorState With(Cell cell)
    {
        for (var i = 0; i < Cells.Length; i++)
        {
            var order = Cells[i].Region.CompareTo(cell.Region);
            if (order == 0) return ReferenceEquals(Cells[i], cell) ? this : this with { Cells = Cells.SetItem(i, cell) };
            if (order > 0) return this with { Cells = Cells.Insert(i, cell) };
        }

        return this with { Cells = Cells.Add(cell) };
    }
}

/// <summary>A test that is queued or leased.</summary>
/// <param name="Job">The job as the region gets it.</param>
/// <param name="Leased">True once a region has taken it.</param>
public sealed record OpenTest(TestJob Job, bool Leased);

/// <summary>One orchestrator seen from one region.</summary>
public sealed record Cell
{
    /// <summary>The region.</summary>
    public required RegionId Region { get; init; }

    /// <summary>The window.</summary>
    [JsonConverter(typeof(WindowJson))]
    public Window Window { get; init; } = Window.Empty;

    /// <summary>The latest test that is evidence among those that are final (<see cref="Policy.Final"/>), as judged; null when there is none.</summary>
    public LatestEvidence? Earlier { get; init; }

    /// <summary>The scores of the window that ended with the latest counted test among those that are final; null when there is none.</summary>
    public PublishedCell? Held { get; init; }

    /// <summary>What is published now; null means omitted.</summary>
    public PublishedCell? Published { get; init; }
}

/// <summary>The latest valid evidence in a cell.</summary>
/// <param name="At">Test time, UTC.</param>
/// <param name="Code">What was found, as judged.</param>
public readonly record struct LatestEvidence(DateTimeOffset At, OutcomeCode Code);
