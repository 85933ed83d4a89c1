using System.Globalization;
using Monitoring.Core;

namespace Monitoring.Web;

/// <summary>One orchestrator seen from one region: what is published, and the tests behind it.</summary>
/// <param name="Region">The region.</param>
/// <param name="Cell">What is published; null when it is omitted.</param>
/// <param name="Latest">Its tests, newest first.</param>
internal sealed record RegionView(RegionId Region, PublishedCell? Cell, ImmutableArray<JudgedOutcome> Latest)
{
    /// <summary>Share of the last 24 hours' liveness intervals with evidence in which it answered, 0 to 1; null without evidence.</summary>
    public double? Availability { get; init; }

    private static readonly CultureInfo Plain = CultureInfo.InvariantCulture;

    /// <summary>Why it shows what it shows, in plain words.</summary>
    /// <param name="active">Whether the orchestrator is in the active set.</param>
    public string Why(bool active) => Cell switch
    {
        null => WhyOmitted(),
        { State: CellState.Held } held => $"Nothing could be counted in the last 24 hours because of us{Because(Newest(o => !o.IsEvidence))}. The last value{Of(held)} stands for 7 days.",
        { State: CellState.Zero } => WhyZero(active),
        { SuccessRate: 0 } measured => string.Create(
            Plain, $"The score is 0 because none of the {measured.Tests} counted {Tests(measured)} of the last 24 hours brought a valid rendition{MostOften()}."),
        { RoundTripScore: 0 } measured => string.Create(
            Plain,
            $"The score is 0 although {measured.SuccessRate * 100:0.0} % of the expected renditions came back valid, because not one segment came back with all of them, so there is no latency to score{MostOften()}."),
        { } measured => string.Create(
            Plain,
            $"{measured.SuccessRate * 100:0.0} % of the expected renditions of {measured.Tests} counted {Tests(measured)} came back valid, and {measured.RealTimeRate * 100:0.0} % of the segments were done in real time{(measured.SuccessRate < 1 ? MostOften() : "")}."),
    };

    private string WhyOmitted() => Newest(_ => true) is { } newest
        ? $"Nothing is published: no test from here ever counted or is long past. The newest was {OutcomeWords.Of(newest.Class)}: {OutcomeWords.Of(newest.Code)}{Detail(newest)}."
        : "It was not measured from here yet.";

    private string WhyZero(bool active)
    {
        var evidence = Newest(outcome => outcome.IsEvidence);
        if (!active && evidence is null or { Class: OutcomeClass.Success }) return "The score is 0 because it left the active set; after 30 days it is omitted.";
        return evidence is { } against
            ? $"The score is 0 because nothing counted in the last 24 hours and the newest valid evidence is against it: {OutcomeWords.Of(against.Code)}{Detail(against)}."
            : "The score is 0 because nothing counted in the last 24 hours and the newest valid evidence is against it.";
    }

    private JudgedOutcome? Newest(Func<JudgedOutcome, bool> which) => Latest.FirstOrDefault(which);

    // Among those that count and did not bring everything.
    private string MostOften()
    {
        var most = Latest.Where(o => o.Class is OutcomeClass.Success or OutcomeClass.Fault && o.Code != OutcomeCode.Completed).GroupBy(o => o.Code).MaxBy(group => group.Count());
        return most is null ? "" : $"; most often {OutcomeWords.Of(most.Key)}{Detail(most.First())}";
    }

    private static string Because(JudgedOutcome? outcome) => outcome is null ? "" : $" ({OutcomeWords.Of(outcome.Code)})";

    private static string Detail(JudgedOutcome outcome) => outcome.Revision.Outcome.Detail is { Length: > 0 } detail ? $" ({detail})" : "";

    private static string Of(PublishedCell held) => held.LastTestAt is { } at ? string.Create(Plain, $" of {at.UtcDateTime:yyyy-MM-dd HH:mm} UTC") : "";

    private static string Tests(PublishedCell cell) => cell.Tests == 1 ? "test" : "tests";
}

/// <summary>A test's last revision, with the code that it counts as beside its neighbours.</summary>
/// <param name="Revision">The revision.</param>
/// <param name="Code">The judged code: a capped test may have become a persistently capped one.</param>
internal sealed record JudgedOutcome(OutcomeRevision Revision, OutcomeCode Code)
{
    /// <summary>The class of the judged code.</summary>
    public OutcomeClass Class => OutcomeCodes.ClassOf(Code);

    /// <summary>Whether something was measured.</summary>
    public bool IsEvidence => Class is OutcomeClass.Success or OutcomeClass.Fault or OutcomeClass.Excluded;
}
