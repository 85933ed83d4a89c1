namespace Monitoring.Core.Tests;

/// <summary>Pearson's statistic: how far counts are from what was expected of them.</summary>
internal static class ChiSquare
{
    public static double OfUniform(IReadOnlyCollection<int> bins)
    {
        var expected = bins.Sum() / (double)bins.Count;
        return bins.Sum(b => (b - expected) * (b - expected) / expected);
    }

    /// <summary>A value that chance exceeds about once in a million: mean and five standard deviations of the distribution.</summary>
    public static double Bound(int bins) => bins - 1 + (5 * Math.Sqrt(2.0 * (bins - 1)));
}
