using System.Numerics;
using Monitoring.Core;

namespace Monitoring.Livepeer;

/// <summary>Judges what is in the wallet: whether orchestrators will take its tickets, and for how long.</summary>
public static class Funds
{
    // What orchestrators put into the face value of a ticket: a hundred times the cost of redeeming it (protocol section 3.4).
    private const int RedeemGas = 1_200_000;
    private const int FaceValueMultiple = 100;

    /// <summary>Everything that keeps orchestrators from taking our tickets, or soon will; empty when all is well.</summary>
    /// <param name="view">The chain as it is.</param>
    /// <param name="reserveTooSmall">What the check of the reserve said.</param>
    public static IEnumerable<FundsAlarm> Alarms(SenderView view, bool reserveTooSmall)
    {
        if (view.UnlocksSoon) yield return new(FundsTrouble.Unlocked, $"the funds are unlocked from round {view.Funds.WithdrawRound} on, so orchestrators refuse every ticket; cancel the unlock, or fund the wallet again");
        else if (view.Funds.WithdrawRound != 0) yield return new(FundsTrouble.Unlocking, $"an unlock is under way: from round {view.Funds.WithdrawRound - 1} on orchestrators refuse every ticket");

        if (view.Funds.Deposit.IsZero) yield return new(FundsTrouble.NoDeposit, "the deposit is empty");
        else if (view.Funds.Deposit < UsualFaceValue(view.GasPrice))
            yield return new(FundsTrouble.LowDeposit, $"the deposit of {WeiText.Format(view.Funds.Deposit)} is below the usual face value of a ticket ({WeiText.Format(UsualFaceValue(view.GasPrice))}), so tickets of many orchestrators cannot be signed");

        if (view.Funds.ReserveFundsRemaining.IsZero) yield return new(FundsTrouble.NoReserve, "the reserve is empty");
        else if (reserveTooSmall) yield return new(FundsTrouble.LowReserve, $"the reserve of {WeiText.Format(view.Funds.ReserveFundsRemaining)} is too small for the pool and the price of gas, so orchestrators refuse us");
    }

    /// <summary>The face value that a stock orchestrator asks for at a price of gas, wei.</summary>
    public static BigInteger UsualFaceValue(BigInteger gasPrice) => FaceValueMultiple * RedeemGas * gasPrice;
}

/// <summary>One thing that is wrong with the funds.</summary>
/// <param name="Trouble">What; one alarm lasts as long as this does.</param>
/// <param name="Text">In words, with the amounts of now.</param>
public readonly record struct FundsAlarm(FundsTrouble Trouble, string Text);

/// <summary>What can be wrong with the funds.</summary>
public enum FundsTrouble
{
    /// <summary>They may be withdrawn, or soon: every ticket is refused.</summary>
    Unlocked,

    /// <summary>An unlock has begun.</summary>
    Unlocking,

    /// <summary>No deposit.</summary>
    NoDeposit,

    /// <summary>A deposit below usual face values.</summary>
    LowDeposit,

    /// <summary>No reserve.</summary>
    NoReserve,

    /// <summary>A reserve whose share is too small.</summary>
    LowReserve,
}
