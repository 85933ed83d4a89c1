namespace Monitoring.Core;

/// <summary>How a region itself is, as its process tells the hub every half minute.</summary>
public sealed record RegionVitals
{
    /// <summary>The most alarms of one telling.</summary>
    public const int MostAlarms = 10;

    private const int LongestSoftware = 64;

    /// <summary>The version of its software, at most 64 characters.</summary>
    public string Software { get; init; } = "";

    /// <summary>When its process started, by its own clock, UTC.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>Tests it can run at once.</summary>
    public int Workers { get; init; }

    /// <summary>Of those, how many are taken.</summary>
    public int Busy { get; init; }

    /// <summary>Results that wait in its spool to be acknowledged.</summary>
    public int Spooled { get; init; }

    /// <summary>True while its spool takes no more, so that it leases nothing.</summary>
    public bool SpoolIsFull { get; init; }

    /// <summary>What is wrong with it, by its own controls; null when all is well or it has none.</summary>
    public OutcomeCode? Fault { get; init; }

    /// <summary>What was seen of the fault, at most <see cref="Outcome.MaximumDetail"/> characters.</summary>
    public string Detail { get; init; } = "";

    /// <summary>The hub's clock less its own; null before it has been measured.</summary>
    public TimeSpan? ClockOffset { get; init; }

    /// <summary>What somebody at the region should see to (its wallet), a sentence each, at most <see cref="MostAlarms"/>.</summary>
    public ImmutableArray<string> Alarms { get; init; } = [];

    /// <summary>What makes it unusable, in words for the one who sent it, or null. Whoever takes one from outside asks this first.</summary>
    public string? Problem()
    {
        if (Software is null || Software.Length > LongestSoftware) return $"software is missing or over {LongestSoftware} characters";
        if (Detail is null || Detail.Length > Outcome.MaximumDetail) return $"detail is missing or over {Outcome.MaximumDetail} characters";
        if (Workers < 0 || Busy < 0 || Spooled < 0) return "workers, busy and spooled are 0 or more";
        if (Fault is { } fault && OutcomeCodes.ClassOf(fault) != OutcomeClass.Void) return $"{fault} is no fault of a region";
        if (Alarms.IsDefault || Alarms.Length > MostAlarms) return $"alarms are missing or more than {MostAlarms}";
        return Alarms.Any(a => a is null || a.Length > Outcome.MaximumDetail) ? $"an alarm is over {Outcome.MaximumDetail} characters" : null;
    }
}
