namespace Monitoring.Core;

/// <summary>One test as a window holds it: the last revision of its outcome.</summary>
public sealed record WindowEntry
{
    /// <summary>The test.</summary>
    public required TestId Test { get; init; }

    /// <summary>The test's time, UTC.</summary>
    public required DateTimeOffset TestTime { get; init; }

    /// <summary>The number of the revision that these values come from.</summary>
    public required int Revision { get; init; }

    /// <summary>The outcome as recorded; what it counts as may depend on its neighbours (<see cref="Window.Judged"/>).</summary>
    public required OutcomeCode Code { get; init; }

    /// <summary>The sums; zero where nothing was measured.</summary>
    public ScoreSums Sums { get; init; }

    /// <summary>The old server's averages.</summary>
    public LegacyAverages Averages { get; init; }

    /// <summary>Source segments of the test.</summary>
    public int SourceSegments { get; init; }

    /// <summary>Segments done in real time.</summary>
    public int RealTimeSegments { get; init; }

    /// <summary>The method; a window never mixes two.</summary>
    public string Method { get; init; } = "";

    /// <summary>Round trips of complete segments, microseconds.</summary>
    public ImmutableArray<long> RoundTripsMicros { get; init; } = [];

    /// <summary>The class that the code belongs to by itself.</summary>
    public OutcomeClass Class => OutcomeCodes.ClassOf(Code);

    /// <summary>The entry of a revision.</summary>
    public static WindowEntry Of(OutcomeRevision revision) => new()
    {
        Test = revision.Test,
        TestTime = revision.TestTime,
        Revision = revision.Revision,
        Code = revision.Outcome.Code,
        Sums = revision.Summary?.Sums ?? default,
        Averages = revision.Summary?.Averages ?? default,
        SourceSegments = revision.Summary?.SourceSegments ?? 0,
        RealTimeSegments = revision.Summary?.RealTimeSegments ?? 0,
        Method = revision.Summary?.Method ?? "",
        RoundTripsMicros = revision.Summary?.RoundTripsMicros ?? [],
    };

    internal static int Order(WindowEntry a, WindowEntry b)
    {
        var byTime = a.TestTime.CompareTo(b.TestTime);
        return byTime != 0 ? byTime : a.Test.CompareTo(b.Test);
    }
}
