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
        var seconds = (duration.Ticks + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond;
        var pixels = BigInteger.Zero;
        foreach (var profile in profiles) pixels += (BigInteger)profile.Width * profile.Height * (profile.Fps == 0 ? AssumedFps : profile.Fps) * seconds;
        return pixels;
    }

    /// <summary>The fee that is staged before a segment.</summary>
    /// <param name="pixels">From <see cref="EstimatePixels"/>.</param>
    /// <param name="price">Wei per pixel.</param>
    public static Rational Estimate(BigInteger pixels, Rational price) => (Rational)pixels * EstimateMargin * price;

    /// <summary>The fee of the pixels that came back.</summary>
    public static Rational Debit(BigInteger pixels, Rational price) => (Rational)pixels * price;
}
