namespace Monitoring.Probing;

/// <summary>
/// Every attribute that a measurement or a span of the monitor may bear. All but <see cref="TestId"/> have few values: regions are those of
/// the configuration, codes and states those of an enumeration, orchestrators a capped choice of the leaderboard.
/// </summary>
public static class TelemetryTags
{
    /// <summary>The code of a region of the configuration.</summary>
    public const string Region = "region";

    /// <summary>An orchestrator's id. On measurements only where the number of series is capped.</summary>
    public const string Orchestrator = "orchestrator";

    /// <summary>The name of an <see cref="Core.OutcomeClass"/>.</summary>
    public const string Class = "class";

    /// <summary>The name of an <see cref="Core.OutcomeCode"/>.</summary>
    public const string Code = "code";

    /// <summary>The name of a state: of a segment, of a funded account.</summary>
    public const string State = "state";

    /// <summary><c>up</c> for what is sent to orchestrators, <c>down</c> for what is fetched from them.</summary>
    public const string Direction = "direction";

    /// <summary>What a check of our own health looks at: <c>network</c>, <c>resolver</c>, <c>clock</c> or <c>overload</c>.</summary>
    public const string Check = "check";

    /// <summary>What was asked of the store, the chain or the hub.</summary>
    public const string Operation = "operation";

    /// <summary>The host of an endpoint of the configuration.</summary>
    public const string Endpoint = "endpoint";

    /// <summary>The test. It is dropped from every series and goes along with exemplars and spans.</summary>
    public const string TestId = "test.id";

    /// <summary>The tags by which measurements are told apart: all but the test.</summary>
    public static ImmutableArray<string> OfSeries { get; } = [Region, Orchestrator, Class, Code, State, Direction, Check, Operation, Endpoint];
}
