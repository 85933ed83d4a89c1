using Monitoring.Net;

namespace Monitoring.Livepeer;

/// <summary>How a stream test is run.</summary>
public sealed record StreamTestOptions
{
    /// <summary>The most concurrent streams.</summary>
    public const int MaximumStreams = 8;

    /// <summary>Concurrent streams, 1 to 8. Default 1. Part of the method: results of different counts never share a window.</summary>
    public int Streams { get; init; } = 1;

    /// <summary>What is waited for.</summary>
    public OrchestratorLimits Limits { get; init; } = new();

    /// <summary>What may be dialled. Its connect timeout gives way to <see cref="OrchestratorLimits.Connect"/>.</summary>
    public DialPolicy Dial { get; init; } = new();

    /// <summary>How late a segment may be handed over because of us before the test is void as overload. Default 100 ms.</summary>
    public TimeSpan LateLimit { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// The dearest price that is paid, wei per pixel; a dearer orchestrator is excluded as priced out, and nothing is sent to it. Default
    /// 50,000 (leaderboard reference, C.1).
    /// </summary>
    public long PriceCeiling { get; init; } = 50_000;

    /// <summary>
    /// After how many sent segments without a single rendition, from the start of a stream, nothing more is sent. Default 5. What was not
    /// sent stays expected, so the score is the same as if all had failed.
    /// </summary>
    public int GiveUpAfter { get; init; } = 5;

    /// <summary>
    /// After how many segments in a row that were charged and brought no valid rendition a stream is paid no further, wherever in the stream
    /// they are. Default 3.
    /// </summary>
    public int GiveUpAfterCharged { get; init; } = 3;

    /// <summary>Lists everything that is wrong with the options; empty when nothing is.</summary>
    public IEnumerable<string> Problems()
    {
        if (Streams is < 1 or > MaximumStreams) yield return $"Tests:Streams is {Streams}: 1 to {MaximumStreams} is expected.";
        if (PriceCeiling < 0) yield return $"Tests:PriceCeiling is {PriceCeiling} wei per pixel: 0 or more is expected.";
        if (GiveUpAfter < 1) yield return $"GiveUpAfter is {GiveUpAfter}: 1 or more is expected.";
        if (GiveUpAfterCharged < 1) yield return $"GiveUpAfterCharged is {GiveUpAfterCharged}: 1 or more is expected.";
        if (LateLimit <= TimeSpan.Zero) yield return $"LateLimit is {LateLimit}: more than zero is expected.";
        foreach (var (name, limit) in new[]
                 {
                     (nameof(Limits.Connect), Limits.Connect), (nameof(Limits.Call), Limits.Call), (nameof(Limits.Headers), Limits.Headers),
                     (nameof(Limits.Result), Limits.Result), (nameof(Limits.Download), Limits.Download),
                 })
        {
            if (limit <= TimeSpan.Zero) yield return $"Limits:{name} is {limit}: more than zero is expected.";
        }
    }
}
