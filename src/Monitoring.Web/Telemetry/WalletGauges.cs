using System.Numerics;
using Monitoring.Core;

namespace Monitoring.Web;

/// <summary>
/// Shows the money of one wallet, which pays the tests of one region: what is left, for how long, and what is spent of the day's cap. Amounts are rounded;
/// the exact ones stand in the books.
/// </summary>
/// <param name="deposit">The deposit by the latest look at the wallet, wei; null before the first.</param>
/// <param name="reserve">The reserve, the same.</param>
/// <param name="spent">Spent in this UTC day, wei.</param>
/// <param name="caps">What may be spent.</param>
public sealed class WalletGauges(Func<BigInteger?> deposit, Func<BigInteger?> reserve, Func<BigInteger> spent, SpendCaps caps) : IHostGauges
{
    private const string Wei = "{wei}";
    private static readonly TimeSpan Longest = TimeSpan.FromDays(3650);

    /// <inheritdoc />
    public ImmutableArray<HostGauge> Gauges { get; } =
    [
        HostGauge.Of("monitoring.wallet.deposit", Wei, "The deposit that pays winning tickets.", () => (double?)deposit()),
        HostGauge.Of("monitoring.wallet.reserve", Wei, "The reserve that backs the tickets.", () => (double?)reserve()),
        HostGauge.Of("monitoring.wallet.float", "d", "How long the deposit lasts on average if every day's cap is used up; at most ten years.", () => FloatDays(deposit(), caps)),
        HostGauge.Of("monitoring.spend.day", Wei, "Spent in this UTC day: the expected value of every ticket sent.", () => (double)spent()),
        HostGauge.Of("monitoring.spend.day.limit", Wei, "The most that this wallet may spend in a UTC day.", () => (double)BigInteger.Min(caps.PerRegionDay, caps.PerDay)),
    ];

    private static double? FloatDays(BigInteger? deposit, SpendCaps caps) =>
        deposit is { } left ? (DepositFloat.Lasts(left, BigInteger.Min(caps.PerRegionDay, caps.PerDay)) ?? Longest).TotalDays : null;
}
