using System.Numerics;
using Monitoring.Core;
using Monitoring.Ethereum;
using Monitoring.Livepeer;
using Monitoring.Standalone.Wallet;

namespace Monitoring.Standalone.Tests.Paid;

public sealed class Funds_are_judged
{
    private static readonly BigInteger Ether = BigInteger.Pow(10, 18);
    private static readonly BigInteger GasPrice = 10_000_000;

    [Theory]
    [InlineData(1_000_000, 1_000_000, 0, false)]
    [InlineData(0, 1_000_000, 0, false, FundsTrouble.NoDeposit)]
    [InlineData(1_000, 1_000_000, 0, false, FundsTrouble.LowDeposit)]
    [InlineData(1_200, 1_000_000, 0, false)]
    [InlineData(1_199, 1_000_000, 0, false, FundsTrouble.LowDeposit)]
    [InlineData(1_000_000, 0, 0, true, FundsTrouble.NoReserve)]
    [InlineData(1_000_000, 1, 0, true, FundsTrouble.LowReserve)]
    [InlineData(1_000_000, 1_000_000, 1002, false, FundsTrouble.Unlocking)]
    [InlineData(1_000_000, 1_000_000, 1001, false, FundsTrouble.Unlocked)]
    [InlineData(0, 0, 900, true, FundsTrouble.Unlocked, FundsTrouble.NoDeposit, FundsTrouble.NoReserve)]
    internal void Whatever_makes_orchestrators_refuse_us_is_an_alarm(long depositMicroEther, long reserveMicroEther, long withdrawRound, bool tooSmall, params FundsTrouble[] troubles)
    {
        // At this price of gas a usual face value is 1200 millionths of an ether.
        var micro = Ether / 1_000_000;
        var view = new SenderView(1, new SenderInfo(depositMicroEther * micro, withdrawRound, reserveMicroEther * micro, 0), new RoundInfo(1000, 1000, true, default), GasPrice);
        Assert.Equal(troubles, Funds.Alarms(view, tooSmall).Select(a => a.Trouble));
    }

    [Fact]
    public void The_float_lasts_as_long_as_the_deposit_covers_the_spend_of_a_day()
    {
        Assert.Equal(TimeSpan.FromDays(40), DepositFloat.Lasts(4 * Ether, Ether / 10));
        Assert.Equal(TimeSpan.FromHours(12), DepositFloat.Lasts(1, 2));
        Assert.Equal(TimeSpan.Zero, DepositFloat.Lasts(0, 2));
        Assert.Null(DepositFloat.Lasts(Ether, 0));
        Assert.Null(DepositFloat.Lasts(Ether, 1));
    }
}
