using System.Globalization;
using System.Numerics;
using Monitoring.Core;
using Monitoring.Ethereum;
using Monitoring.Livepeer;
using Monitoring.Standalone.Commands;
using Monitoring.Standalone.Configuration;
using Monitoring.Web;

namespace Monitoring.Standalone.Wallet;

/// <summary><c>monitor wallet status</c>.</summary>
internal static class WalletStatus
{
    /// <summary>Reads the wallet and prints it.</summary>
    /// <returns>The exit code: a failure when orchestrators refuse our tickets, or soon will.</returns>
    public static async Task<int> PrintAsync(MonitorOptions options, Address address, EthereumChain chain, Surroundings around, CancellationToken cancellationToken)
    {
        var watch = new SenderWatch(chain, address, around.Time);
        using var check = new ReserveCheck(chain, watch, around.Time);
        var tooSmall = await check.IsTooSmallAsync(cancellationToken);
        var view = await watch.ReadAsync(SenderWatch.Fresh, cancellationToken);
        var balance = await chain.GetBalanceAsync(address, cancellationToken);
        var spends = SpendJournalFile.Peek(OpenedWallet.JournalIn(options.Data));

        var to = around.Output;
        var now = around.Time.GetUtcNow();
        var today = Sum(spends, s => s.At.UtcDateTime.Date == now.UtcDateTime.Date);
        var lastDay = Sum(spends, s => s.At > now - TimeSpan.FromDays(1));
        var cap = BigInteger.Min(options.Spend.PerRegionDay, options.Spend.PerDay);
        await to.WriteLineAsync($"address      {address} on chain {chain.ChainId}");
        await to.WriteLineAsync($"balance      {WeiText.Format(balance)} (pays for gas and funding; tickets cannot touch it)");
        await to.WriteLineAsync($"deposit      {WeiText.Format(view.Funds.Deposit)}");
        await to.WriteLineAsync($"reserve      {WeiText.Format(view.Funds.ReserveFundsRemaining)}, {WeiText.Format(view.Funds.ClaimedInCurrentRound)} claimed in this round");
        await to.WriteLineAsync($"unlock       {Unlock(view)}");
        await to.WriteLineAsync($"spent today  {WeiText.Format(today)} expected, of at most {WeiText.Format(cap)}");
        await to.WriteLineAsync($"float        {Float(view.Funds.Deposit, lastDay, cap)}");
        var alarms = Funds.Alarms(view, tooSmall).ToList();
        foreach (var alarm in alarms) await to.WriteLineAsync($"ALARM        {alarm.Text}");
        await to.FlushAsync(cancellationToken);
        return alarms.Count == 0 ? ExitCode.Ok : ExitCode.Failure;
    }

    private static BigInteger Sum(IEnumerable<SpendEntry> spends, Func<SpendEntry, bool> counts) =>
        spends.Where(counts).Aggregate(Rational.Zero, (sum, spend) => sum + spend.Total).Ceiling();

    private static string Unlock(SenderView view) => view.Funds.WithdrawRound == 0
        ? "none"
        : string.Create(CultureInfo.InvariantCulture, $"from round {view.Funds.WithdrawRound} on (now {view.Round.CurrentRound})");

    // Winning tickets come by chance, so these are averages.
    private static string Float(BigInteger deposit, BigInteger lastDay, BigInteger cap)
    {
        var atWorst = $"{Days(DepositFloat.Lasts(deposit, cap))} if every day's cap is used up";
        return lastDay.IsZero
            ? $"{atWorst}; nothing was spent in the last 24 hours"
            : $"{Days(DepositFloat.Lasts(deposit, lastDay))} at the rate of the last 24 hours ({WeiText.Format(lastDay)}), {atWorst}";
    }

    private static string Days(TimeSpan? span) => span is { } known
        ? known < TimeSpan.FromDays(2) ? string.Create(CultureInfo.InvariantCulture, $"{known.TotalHours:0} hours") : string.Create(CultureInfo.InvariantCulture, $"{known.TotalDays:0} days")
        : "over ten years";
}
