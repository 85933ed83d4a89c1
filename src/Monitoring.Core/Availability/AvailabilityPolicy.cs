namespace Monitoring.Core;

/// <summary>When an orchestrator is down, when it is up again, and what else is worth an incident. Every default is the design's.</summary>
public sealed record AvailabilityPolicy
{
    /// <summary>The least time between two ordinary checks of one orchestrator from one region. 5 min.</summary>
    public TimeSpan LeastEvery { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>What each region adds to that: with many regions each asks less often. 60 s.</summary>
    public TimeSpan PerRegion { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The time between two ordinary checks where there are so many regions.</summary>
    public TimeSpan Every(int regions) => PerRegion * regions > LeastEvery ? PerRegion * regions : LeastEvery;

    /// <summary>By how much a region's turns are shifted against those of the first one, so that the regions check one after the other.</summary>
    /// <param name="region">One of the regions.</param>
    /// <param name="regions">All of them, in order of their codes.</param>
    public TimeSpan Shift(RegionId region, ImmutableArray<RegionId> regions) => Every(regions.Length) * regions.IndexOf(region) / regions.Length;

    /// <summary>The time between checks of an orchestrator that is in doubt. 60 s.</summary>
    public TimeSpan Recheck { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Two failures (or two answers) nearer than this are one: a burst of lost packets is not a sequence. 45 s.</summary>
    public TimeSpan Spacing { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary>Failures in a row that make a region's vote where several vote. 2.</summary>
    public int FailuresToVote { get; init; } = 2;

    /// <summary>Failures in a row that decide where one region votes alone. 3.</summary>
    public int FailuresAlone { get; init; } = 3;

    /// <summary>Answers in a row by which a region's vote turns again; more than the failures it took. 3.</summary>
    public int AnswersToVote { get; init; } = 3;

    /// <summary>The same where one region votes alone. 4.</summary>
    public int AnswersAlone { get; init; } = 4;

    /// <summary>
    /// How long it must have failed where the word of one region stands against others, or in place of them: long enough for a fault of that
    /// region to be seen as one. 4 min.
    /// </summary>
    public TimeSpan FailingAlone { get; init; } = TimeSpan.FromMinutes(4);

    /// <summary>So long a region should have heard of others before its word about one is taken: of nobody else after that, where there is hardly anybody. 4 min.</summary>
    public TimeSpan WitnessWithin { get; init; } = TimeSpan.FromMinutes(4);

    /// <summary>
    /// So often in a row the silent regions must have been asked in vain before the others decide without them: a hub that has just started has
    /// heard nobody yet. 3.
    /// </summary>
    public int AsksInVain { get; init; } = 3;

    /// <summary>So many times down within <see cref="FlapsWithin"/> is flapping. 3.</summary>
    public int Flaps { get; init; } = 3;

    /// <summary>See <see cref="Flaps"/>. 6 h.</summary>
    public TimeSpan FlapsWithin { get; init; } = TimeSpan.FromHours(6);

    /// <summary>An orchestrator that flapped is steady again when it was not down for so long. 2 h.</summary>
    public TimeSpan FlapQuiet { get; init; } = TimeSpan.FromHours(2);

    /// <summary>The fewest orchestrators whose outage can be one of the network. 5; and more than a third of all.</summary>
    public int LeastNetworkWide { get; init; } = 5;

    /// <summary>How often the slower rules below are looked at. 10 min.</summary>
    public TimeSpan RulesEvery { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Tests younger than this are not judged by them: a fault of their region would not be seen yet. 30 min.</summary>
    public TimeSpan Settled { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>The fewest counted tests by which a rule judges a window. 4.</summary>
    public int LeastTests { get; init; } = 4;

    /// <summary>A score that falls by so much within <see cref="SlideWithin"/> slides. 0.2.</summary>
    public double Slide { get; init; } = 0.2;

    /// <summary>See <see cref="Slide"/>. 12 h.</summary>
    public TimeSpan SlideWithin { get; init; } = TimeSpan.FromHours(12);

    /// <summary>Somebody none of whose tests counted for so long is not tested. 12 h.</summary>
    public TimeSpan NotTestedFor { get; init; } = TimeSpan.FromHours(12);

    /// <summary>The share of segments that should come back in real time, by the network's own aim. 0.99.</summary>
    public double RealTimeRate { get; init; } = 0.99;

    /// <summary>A rate that was low is good again from here. 0.995.</summary>
    public double RealTimeRateAgain { get; init; } = 0.995;
}
