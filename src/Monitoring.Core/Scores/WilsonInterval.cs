namespace Monitoring.Core;

/// <summary>
/// The 95 % Wilson score interval of a rate (E. B. Wilson, 1927). The segments of one test stand or fall together, so n is the number of
/// tests and never of segments.
/// </summary>
public static class WilsonInterval
{
    private const double Z = 1.959963984540054;

    /// <summary>The interval of a rate seen in <paramref name="n"/> independent tests; 0 to 1 when there are none.</summary>
    /// <param name="rate">The rate, 0 to 1.</param>
    /// <param name="n">Tests counted.</param>
    public static (double Low, double High) Of(double rate, int n)
    {
        if (n <= 0) return (0, 1);
        rate = Math.Clamp(rate, 0, 1);
        const double z2 = Z * Z;
        var scale = 1 / (1 + (z2 / n));
        var centre = rate + (z2 / (2 * n));
        var spread = Z * Math.Sqrt((rate * (1 - rate) / n) + (z2 / (4.0 * n * n)));
        return (Math.Clamp((centre - spread) * scale, 0, rate), Math.Clamp((centre + spread) * scale, rate, 1));
    }
}
