namespace Monitoring.Core.Tests;

internal enum Nature
{
    /// <summary>Does all its work at once, always.</summary>
    Perfect,
    Partial,
    Dying,
    Flapping,
    Capping,
}

/// <summary>One orchestrator as it truly is, which the monitor can only find out.</summary>
internal sealed class SimulatedOrchestrator(int number, Nature nature, OrchestratorRecord record, Span[] bad)
{
    public int Number { get; } = number;

    public OrchestratorId Id { get; } = Sample.Orchestrator(number + 1);

    public Nature Nature { get; } = nature;

    /// <summary>What the registry says now.</summary>
    public OrchestratorRecord Record { get; set; } = record;

    /// <summary>Whether the registry lists it.</summary>
    public bool Listed { get; set; }

    /// <summary>Since when it is listed, or until when it was.</summary>
    public DateTimeOffset ListedAt { get; set; }

    /// <summary>When the registry last said something new.</summary>
    public DateTimeOffset ChangedAt { get; set; }

    /// <summary>Until when a region sends to it.</summary>
    public DateTimeOffset SendingUntil { get; set; }

    /// <summary>What a healthy region would find.</summary>
    public OutcomeCode Answer(DateTimeOffset at, SplitMix random) => Nature switch
    {
        Nature.Perfect => OutcomeCode.Completed,
        Nature.Partial => OutcomeCode.Partial,
        Nature.Flapping => random.OneIn(2) ? OutcomeCode.Completed : OutcomeCode.ResultTimedOut,
        _ when !bad.Any(b => b.Covers(at)) => OutcomeCode.Completed,
        Nature.Dying => OutcomeCode.Unreachable,
        _ => random.OneIn(5) ? OutcomeCode.Completed : OutcomeCode.Capped,
    };
}
