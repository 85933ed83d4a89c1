using Microsoft.AspNetCore.WebUtilities;
using Monitoring.Core;

namespace Monitoring.Web;

/// <summary>The parameters that aggregated_stats, raw_stats and pipelines share (leaderboard reference A.4), parsed once.</summary>
internal sealed record StatsQuery
{
    /// <summary>Earliest test time, inclusive.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Latest test time, inclusive; never further ahead than a result may lie.</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>True when neither since nor until was given: the published window.</summary>
    public required bool IsPublishedWindow { get; init; }

    public OrchestratorId? Orchestrator { get; init; }

    /// <summary>True when an orchestrator was named, even one that cannot exist.</summary>
    public bool NamesOrchestrator { get; init; }

    public RegionId? Region { get; init; }

    public string Pipeline { get; init; } = "";

    public string Model { get; init; } = "";

    public JobType JobType { get; init; }

    /// <summary>True when the window holds no instant.</summary>
    public bool IsEmptyWindow { get; init; }

    /// <summary>True when a region was named that cannot exist.</summary>
    public bool IsImpossibleRegion { get; init; }

    /// <summary>True when no stored result can match.</summary>
    public bool MatchesNothing => IsEmptyWindow || IsImpossibleRegion || (NamesOrchestrator && Orchestrator is null);

    /// <summary>Parses the query string. Names are case-sensitive, the first of several values counts, and an empty one is absent.</summary>
    /// <returns>Null when a value cannot be used; <paramref name="problem"/> says which, in the old server's words.</returns>
    public static StatsQuery? TryParse(QueryString text, DateTimeOffset now, TimeSpan window, out string problem)
    {
        var values = Values(text);
        string Value(string name) => values.GetValueOrDefault(name, "");

        if (!TryInstant(Value("since"), now - window, now, out var since, out problem)) return null;
        if (!TryInstant(Value("until"), now, now, out var until, out problem)) return null;

        string pipeline = Value("pipeline"), model = Value("model");
        if (model.Length > 0 && pipeline.Length == 0)
        {
            problem = "pipeline required";
            return null;
        }

        if (pipeline.Length > 0 && model.Length == 0)
        {
            problem = "model required";
            return null;
        }

        string orchestrator = Value("orchestrator"), region = Value("region");
        var orchestratorKnown = OrchestratorId.TryParse(orchestrator, out var orchestratorId);
        var regionKnown = RegionId.TryParse(region, out var regionId);
        var job = Value("job_type") switch
        {
            "transcoding" => JobType.Transcoding,
            "ai" => JobType.Ai,
            _ => model.Length > 0 ? JobType.Ai : JobType.Transcoding,
        };
        return new StatsQuery
        {
            Since = since ?? now,
            Until = until ?? now,
            IsPublishedWindow = Value("since").Length == 0 && Value("until").Length == 0,
            Orchestrator = orchestratorKnown ? orchestratorId : null,
            NamesOrchestrator = orchestrator.Length > 0,
            Region = regionKnown ? regionId : null,
            Pipeline = pipeline,
            Model = model,
            JobType = job,
            IsEmptyWindow = since is null || until is null || since > until,
            IsImpossibleRegion = region.Length > 0 && !regionKnown,
        };
    }

    /// <summary>The first value of every parameter, by its exact name.</summary>
    public static Dictionary<string, string> Values(QueryString text)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in new QueryStringEnumerable(text.Value))
        {
            values.TryAdd(pair.DecodeName().ToString(), pair.DecodeValue().ToString());
        }

        return values;
    }

    // Any float is an instant for the old server. Here one beyond all results is brought to where they end (they start after 1970 and lie at
    // most PostedResult.Ahead in the future), and NaN, which no instant equals, matches nothing.
    private static bool TryInstant(string text, DateTimeOffset fallback, DateTimeOffset now, out DateTimeOffset? instant, out string problem)
    {
        instant = fallback;
        problem = "";
        if (text.Length == 0) return true;
        if (!GoFloat.TryParse(text, out var seconds, out problem)) return false;
        if (double.IsNaN(seconds))
        {
            instant = null;
            return true;
        }

        // A microsecond beyond the last possible result: a window that starts there is empty, one that ends there lacks nothing.
        var end = now + PostedResult.Ahead + TimeSpan.FromMicroseconds(1);
        var last = (end - DateTimeOffset.UnixEpoch).TotalSeconds;
        instant = seconds <= -1 ? DateTimeOffset.UnixEpoch.AddSeconds(-1)
            : seconds >= last ? end
            : DateTimeOffset.UnixEpoch.AddTicks(((long)Math.Truncate(seconds) * TimeSpan.TicksPerSecond) + (long)((seconds - Math.Truncate(seconds)) * 1e9) / 100);
        return true;
    }
}
