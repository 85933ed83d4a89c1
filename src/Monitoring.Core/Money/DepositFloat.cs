using System.Numerics;

namespace Monitoring.Core;

/// <summary>How long a deposit keeps tests going.</summary>
public static class DepositFloat
{
    /// <summary>How long the deposit lasts on average when so much expected value is spent a day; null for longer than matters (ten years).</summary>
    /// <param name="deposit">What is left, wei.</param>
    /// <param name="perDay">What is spent in a day, wei.</param>
    public static TimeSpan? Lasts(BigInteger deposit, BigInteger perDay)
    {
        const int MostDays = 3650;
        if (perDay.Sign <= 0 || deposit / perDay > MostDays) return null;
        return TimeSpan.FromSeconds((long)(deposit * 86_400 / perDay));
    }
}
