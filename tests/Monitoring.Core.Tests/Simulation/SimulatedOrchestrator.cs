namespace Monitoring.Core.Tests;

internal enum Nature
{
    /// <summary>Does all its work at once, always.</summary>
    Perfect,
    Partial,
    Dying,
    Flapping,
    Capping,

    /// <summary>Is gone for all regions now and then.</summary>
    Failing,

    /// <summary>Cannot be reached from one region now and then.</summary>
    Remote,

    /// <summary>Goes and comes back every few minutes for some hours.</summary>
    Rocking,

    /// <summary>Lets one call in four time out, for some hours.</summary>
    Slow,

    /// <summary>Asks too high a price for some hours.</summary>
    Pricey,

    /// <summary>Takes far too long over each segment for some hours.</summary>
    Dragging,

    /// <summary>We fail to test it for some hours, by our own fault.</summary>
    Untested,
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

    /// <summary>Spans of time in which it does what its nature is.</summary>
    public IReadOnlyList<Span> Bad => bad;

    /// <summary>Whether a check from a healthy region gets an answer; slow ones and lost packets apart.</summary>
    public bool Answers(DateTimeOffset at, RegionId region) => Nature switch
    {
        Nature.Dying or Nature.Failing => !bad.Any(b => b.Covers(at)),
        Nature.Remote => region != Sample.Fra || !bad.Any(b => b.Covers(at)),
        Nature.Rocking => !bad.Any(b => b.Covers(at)) || at.Minute / 8 % 2 == 0,
        _ => true,
    };

    /// <summary>Seconds that a segment takes.</summary>
    public double RoundTrip(DateTimeOffset at) => Nature == Nature.Dragging && bad.Any(b => b.Covers(at)) ? 6 : 0.2 + (Number % 18 * 0.1);

    /// <summary>What a healthy region would find.</summary>
    public OutcomeCode Answer(DateTimeOffset at, RegionId region, SplitMix random) => Nature switch
    {
        Nature.Failing or Nature.Remote or Nature.Rocking => Answers(at, region) ? OutcomeCode.Completed : OutcomeCode.Unreachable,
        Nature.Slow => bad.Any(b => b.Covers(at)) && random.OneIn(4) ? OutcomeCode.DiscoveryTimedOut : OutcomeCode.Completed,
        Nature.Perfect or Nature.Dragging => OutcomeCode.Completed,
        Nature.Pricey => bad.Any(b => b.Covers(at)) ? OutcomeCode.PricedOut : OutcomeCode.Completed,
        Nature.Untested => bad.Any(b => b.Covers(at)) ? OutcomeCode.OurNetwork : OutcomeCode.Completed,
        Nature.Partial => OutcomeCode.Partial,
        Nature.Flapping => random.OneIn(2) ? OutcomeCode.Completed : OutcomeCode.ResultTimedOut,
        _ when !bad.Any(b => b.Covers(at)) => OutcomeCode.Completed,
        Nature.Dying => OutcomeCode.Unreachable,
        _ => random.OneIn(5) ? OutcomeCode.Completed : OutcomeCode.Capped,
    };
}
