namespace Monitoring.Benchmarks;

/// <summary>Numbers in the order in which they were measured.</summary>
internal sealed record Distribution(ImmutableArray<double> Values)
{
    public double Minimum => Values.Min();

    public double Maximum => Values.Max();

    public double Median => Percentile(0.5);

    /// <summary>The percentile by nearest rank; the median of an even count is the mean of the two in the middle.</summary>
    public double Percentile(double share)
    {
        var sorted = Values.Sort();
        if (share == 0.5 && sorted.Length % 2 == 0) return (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
        return sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Length) - 1)];
    }
}
