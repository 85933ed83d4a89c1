using Monitoring.Core;
using Monitoring.Livepeer;
using Monitoring.Web;

namespace Monitoring.Standalone.Wallet;

/// <summary>What the page says of the wallet: its deposit, its reserve and an unlock, each well or not.</summary>
internal static class FundsReport
{
    private const string Deposit = "Wallet: deposit";
    private const string Reserve = "Wallet: reserve";
    private const string Unlock = "Wallet: unlock";
    private const string Chain = "Wallet: chain";

    /// <summary>After a look at the chain.</summary>
    /// <param name="before">What was said before; whatever is as it was keeps its "since".</param>
    /// <param name="view">The chain as it is.</param>
    /// <param name="alarms">What is wrong with the funds.</param>
    /// <param name="now">The instant of the look.</param>
    public static ImmutableArray<InstrumentState> Of(ImmutableArray<InstrumentState> before, SenderView view, ImmutableArray<FundsAlarm> alarms, DateTimeOffset now)
    {
        return
        [
            State(Deposit, $"{WeiText.Format(view.Funds.Deposit)} pay winning tickets"),
            State(Reserve, $"{WeiText.Format(view.Funds.ReserveFundsRemaining)} back the tickets"),
            State(Unlock, "none under way"),
        ];

        InstrumentState State(string name, string well)
        {
            foreach (var alarm in alarms)
            {
                if (NameOf(alarm.Trouble) == name) return Since(before, name, LevelOf(alarm.Trouble), alarm.Text, now);
            }

            return Since(before, name, InstrumentLevel.Ok, well, now);
        }
    }

    /// <summary>After a look that failed: what was known stays, beside the reason.</summary>
    public static ImmutableArray<InstrumentState> Unread(ImmutableArray<InstrumentState> before, string why, DateTimeOffset now) =>
    [
        .. before.Where(state => state.Name != Chain),
        Since(before, Chain, InstrumentLevel.Warning, $"the funds could not be read, so paid tests are void until they can: {why}", now),
    ];

    private static InstrumentState Since(ImmutableArray<InstrumentState> before, string name, InstrumentLevel level, string text, DateTimeOffset now)
    {
        var known = before.FirstOrDefault(state => state.Name == name && state.Level == level);
        return new InstrumentState(name, level, text, known?.Since ?? now);
    }

    private static string NameOf(FundsTrouble trouble) => trouble switch
    {
        FundsTrouble.Unlocked or FundsTrouble.Unlocking => Unlock,
        FundsTrouble.NoDeposit or FundsTrouble.LowDeposit => Deposit,
        _ => Reserve,
    };

    // An unlock that has only begun keeps nobody from taking tickets yet.
    private static InstrumentLevel LevelOf(FundsTrouble trouble) => trouble == FundsTrouble.Unlocking ? InstrumentLevel.Warning : InstrumentLevel.Alarm;
}
