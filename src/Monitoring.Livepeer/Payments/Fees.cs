using System.Numerics;
using Monitoring.Core;

namespace Monitoring.Livepeer;

/// <summary>What a segment may cost before it is sent, and what it did cost (protocol reference, 3.2). Input pixels are free.</summary>
public static class Fees
{
    private const int AssumedFps = 60;

    /// <summary>The margin of an estimate: 1.02, as the exact value of the double that gateways use.</summary>
    public static Rational EstimateMargin { get; } = new(2296835809958953, 2251799813685248);

    /// <summary>Output pixels of a segment at most: every second that was begun counts as a whole one.</summary>
    public static BigInteger EstimatePixels(IEnumerable<RenditionProfile> profiles, TimeSpan duration)
    {
        ArgumentNullException.ThrowIfNull(profiles);
        return profiles.Aggregate(BigInteger.Zero, (sum, profile) => sum + EstimatePixels(profile.Width, profile.Height, profile.Fps, 1, duration));
    }

    /// <summary>Output pixels of one rendition at most.</summary>
    /// <param name="width">Picture width.</param>
    /// <param name="height">Picture height.</param>
    /// <param name="fps">Frames per <paramref name="fpsDen"/> seconds; 0, the source's rate, counts as 60.</param>
    /// <param name="fpsDen">0 counts as 1.</param>
    /// <param name="duration">Of the segment.</param>
    internal static BigInteger EstimatePixels(int width, int height, int fps, int fpsDen, TimeSpan duration)
    {
        var denominator = fpsDen == 0 ? 1 : fpsDen;
        var framesPerSecond = fps == 0 ? AssumedFps : (fps + denominator - 1) / denominator;
        var seconds = (duration.Ticks + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond;
        return (BigInteger)width * height * framesPerSecond * seconds;
    }

    /// <summary>The fee that is staged before a segment.</summary>
    /// <param name="pixels">The estimate of pixels.</param>
    /// <param name="price">Wei per pixel.</param>
    public static Rational Estimate(BigInteger pixels, Rational price) => (Rational)pixels * EstimateMargin * price;

    /// <summary>The fee of the pixels that came back.</summary>
    public static Rational Debit(BigInteger pixels, Rational price) => (Rational)pixels * price;

    /// <summary>
    /// The most that an order costs where every segment brings what was estimated: all fees, the last raised to one ticket, and what the last
    /// ticket is worth beyond the need. A session has an account of its own, so each stream adds its own.
    /// </summary>
    /// <param name="order">The order.</param>
    /// <param name="price">Wei per pixel.</param>
    /// <param name="expectedValue">Of one ticket, wei.</param>
    public static Rational MostFor(StreamOrder order, Rational price, Rational expectedValue)
    {
        ArgumentNullException.ThrowIfNull(order);
        if (price.Sign == 0 || expectedValue.Sign == 0) return Rational.Zero;
        var sum = expectedValue;
        for (var i = 0; i < order.Durations.Length; i++)
        {
            var fee = Estimate(EstimatePixels(order.Profiles, order.Durations[i]), price);
            sum += i == order.Durations.Length - 1 && fee < expectedValue ? expectedValue : fee;
        }

        return sum * order.Streams;
    }
}
