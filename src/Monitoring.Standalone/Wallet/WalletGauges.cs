using System.Numerics;
using Monitoring.Core;
using Monitoring.Livepeer;
using Monitoring.Standalone.Hub;
using Monitoring.Web;

namespace Monitoring.Standalone.Wallet;

/// <summary>Shows the money: what is left, for how long, and what is spent of the day's cap. Amounts are rounded; the exact ones stand in the books.</summary>
/// <param name="view">The latest look at the wallet; null before the first.</param>
/// <param name="budget">The hub's budget; null where it has none.</param>
/// <param name="caps">What may be spent.</param>
internal sealed class WalletGauges(Func<SenderView?> view, Budget? budget, SpendCaps caps) : IHostGauges
{
    private const string Wei = "{wei}";
    private static readonly TimeSpan Longest = TimeSpan.FromDays(3650);

    /// <inheritdoc />
    public ImmutableArray<HostGauge> Gauges { get; } =
    [
        HostGauge.Of("monitoring.wallet.deposit", Wei, "The deposit that pays winning tickets.", () => (double?)view()?.Funds.Deposit),
        HostGauge.Of("monitoring.wallet.reserve", Wei, "The reserve that backs the tickets.", () => (double?)view()?.Funds.ReserveFundsRemaining),
        HostGauge.Of("monitoring.wallet.float", "d", "How long the deposit lasts on average if every day's cap is used up; at most ten years.", () => FloatDays(view(), caps)),
        HostGauge.Of("monitoring.spend.day", Wei, "Reserved and spent in this UTC day.", () => (double?)budget?.Total),
        HostGauge.Of("monitoring.spend.day.limit", Wei, "The most that may be spent in a UTC day.", () => (double)BigInteger.Min(caps.PerRegionDay, caps.PerDay)),
    ];

    private static double? FloatDays(SenderView? view, SpendCaps caps) =>
        view is null ? null : (Funds.Lasts(view.Funds.Deposit, BigInteger.Min(caps.PerRegionDay, caps.PerDay)) ?? Longest).TotalDays;
}
