namespace Monitoring.Benchmarks;

/// <summary>What should come out of a comparison.</summary>
/// <param name="Judge">Whether it did, and the sentence with both numbers.</param>
internal sealed record Goal(Func<ComparisonOutcome, (bool Met, string Text)> Judge)
{
    /// <summary>The ratio of two contestants' medians is at least so much.</summary>
    public static Goal RatioAtLeast(string contestant, string other, double least) => new(outcome =>
    {
        var ratio = outcome.Ratio(contestant, other, 0).OfMedians;
        return (ratio >= least, Invariant($"{contestant} / {other} is {ratio:0.000}, at least {least} is wanted"));
    });

    /// <summary>The median of a contestant is at most so much.</summary>
    public static Goal AtMost(string contestant, int metric, double most) => new(outcome =>
    {
        var median = outcome[contestant, metric].Median;
        var what = outcome.Of.Metrics[metric];
        return (median <= most, Invariant($"{what.Name} of {contestant} is {median:0.##} {what.Unit}, at most {most} is wanted"));
    });
}
