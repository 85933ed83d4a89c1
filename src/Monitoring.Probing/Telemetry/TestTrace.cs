using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Monitoring.Core;

namespace Monitoring.Probing;

/// <summary>
/// The spans of a test: <c>lease</c> and <c>store</c> in the hub, <c>test</c> and <c>report</c> in the region. The trace id is the first 16
/// bytes of the SHA-256 of the test id's text, so all spans of a test join in one trace whichever processes they come from, nothing has to be
/// said on the wire, and whoever has a test id has its trace. Bytes 16 to 23 are the id of a root that nobody sends: the spans' parent.
/// </summary>
public static class TestTrace
{
    /// <summary>The most events on one span.</summary>
    public const int MostEvents = 64;

    private const int TraceBytes = 16;
    private const int SpanBytes = 8;

    /// <summary>Where the spans come from.</summary>
    public static ActivitySource Source { get; } = new(MonitoringMeter.Name, MonitoringMeter.Version);

    /// <summary>The trace of a test.</summary>
    public static ActivityTraceId TraceIdOf(TestId test) => ContextOf(test).TraceId;

    /// <summary>The root that all spans of a test have as their parent. It is sampled; a sampler of ours decides as for a trace without parent.</summary>
    public static ActivityContext ContextOf(TestId test)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.ASCII.GetBytes(test.Text), hash);
        return new ActivityContext(
            ActivityTraceId.CreateFromBytes(hash[..TraceBytes]),
            ActivitySpanId.CreateFromBytes(hash.Slice(TraceBytes, SpanBytes)),
            ActivityTraceFlags.Recorded,
            isRemote: true);
    }

    /// <summary>True for the parent that <see cref="ContextOf"/> makes, told by its tag: such a span begins a trace.</summary>
    public static bool IsRoot(in ActivityContext parent, IEnumerable<KeyValuePair<string, object?>>? tags)
    {
        if (!parent.IsRemote || tags is null) return false;
        foreach (var (key, value) in tags)
        {
            if (key == TelemetryTags.TestId) return value is string text && Core.TestId.TryParse(text, out var test) && ContextOf(test).SpanId == parent.SpanId;
        }

        return false;
    }

    /// <summary>
    /// Starts a span of a test; null when nobody listens. It does not become the current one: what is sent to an orchestrator while it lasts
    /// must not bear its id.
    /// </summary>
    /// <param name="name">What is done.</param>
    /// <param name="test">The test.</param>
    /// <param name="orchestrator">Who is tested.</param>
    /// <param name="region">By whom.</param>
    public static Activity? Start(string name, TestId test, OrchestratorId orchestrator, RegionId region)
    {
        if (!Source.HasListeners()) return null;
        var current = Activity.Current;
        KeyValuePair<string, object?>[] tags =
        [
            new(TelemetryTags.TestId, test.Text),
            new(TelemetryTags.Orchestrator, orchestrator.Text),
            new(TelemetryTags.Region, region.Code),
        ];
        var span = Source.StartActivity(name, ActivityKind.Internal, ContextOf(test), tags);
        Activity.Current = current;
        return span;
    }

    /// <summary>Ends a span with the outcome of its test. A span that is not there is none to end.</summary>
    public static void End(Activity? span, Outcome outcome)
    {
        if (span is null) return;
        span.SetTag(TelemetryTags.Code, outcome.Code.ToString());
        span.SetTag(TelemetryTags.Class, outcome.Class.ToString());
        if (outcome.Class != OutcomeClass.Success) span.SetStatus(ActivityStatusCode.Error, outcome.Detail);
        span.Dispose();
    }

    /// <summary>Ends a span of something that went wrong in our own house.</summary>
    public static void Fail(Activity? span, string why)
    {
        if (span is null) return;
        span.SetStatus(ActivityStatusCode.Error, Outcome.Clean(why));
        span.Dispose();
    }
}
