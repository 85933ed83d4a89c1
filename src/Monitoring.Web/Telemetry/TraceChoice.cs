using System.Diagnostics;
using System.Globalization;
using Monitoring.Probing;
using OpenTelemetry.Trace;

namespace Monitoring.Web;

/// <summary>
/// Which traces are kept. The trace of a test hangs on a root that nobody sends; to the sampler such a span has no parent, so that a share of
/// tests can be kept. The trace id alone decides, so the hub and every region keep the same tests.
/// </summary>
/// <param name="Share">The share of traces that is kept, 0 to 1.</param>
public sealed record TraceChoice(double Share)
{
    /// <summary>Reads <c>OTEL_TRACES_SAMPLER</c> and its argument.</summary>
    internal static TraceChoice Read(Func<string, string?> variable, ImmutableArray<string>.Builder warnings)
    {
        var all = new TraceChoice(1);
        switch (variable("OTEL_TRACES_SAMPLER")?.Trim())
        {
            case null or "" or "always_on" or "parentbased_always_on":
                return all;
            case "always_off" or "parentbased_always_off":
                return new TraceChoice(0);
            case "traceidratio" or "parentbased_traceidratio":
                var text = variable("OTEL_TRACES_SAMPLER_ARG")?.Trim();
                if (string.IsNullOrEmpty(text)) return all;
                if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var share) && share is >= 0 and <= 1) return new TraceChoice(share);
                warnings.Add($"OTEL_TRACES_SAMPLER_ARG is '{text}'; set 0 to 1. All traces are kept.");
                return all;
            case var unknown:
                warnings.Add($"OTEL_TRACES_SAMPLER is '{unknown}', which is not known here. All traces are kept.");
                return all;
        }
    }

    /// <summary>The sampler.</summary>
    internal Sampler ToSampler() => new ByTest(new ParentBasedSampler(new TraceIdRatioBasedSampler(Share)));

    private sealed class ByTest(Sampler inner) : Sampler
    {
        public override SamplingResult ShouldSample(in SamplingParameters parameters)
        {
            if (!TestTrace.IsRoot(parameters.ParentContext, parameters.Tags)) return inner.ShouldSample(parameters);
            return inner.ShouldSample(new SamplingParameters(
                default, parameters.TraceId, parameters.Name, parameters.Kind, parameters.Tags, parameters.Links));
        }
    }
}
