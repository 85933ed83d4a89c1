using Monitoring.Ethereum;
using Monitoring.Testing.Processes;

namespace Monitoring.Standalone.Tests.Paid;

public sealed class The_wallet_is_seen_and_funded
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [LimitedFact]
    public async Task An_empty_wallet_alarms_until_it_is_funded_and_confirmed()
    {
        await using var network = await PaidNetwork.StartAsync();
        var empty = await network.MonitorAsync(null, "wallet", "status");
        Assert.Equal(1, empty.Code);
        Assert.Contains("ALARM        the deposit is empty", empty.Output, StringComparison.Ordinal);
        Assert.Contains("ALARM        the reserve is empty", empty.Output, StringComparison.Ordinal);

        foreach (var answer in new[] { "", "n\n", "yo\n" })
        {
            var refused = await network.MonitorAsync(answer, "wallet", "fund", "--deposit", "2ether", "--reserve", "3 ether");
            Assert.Equal(1, refused.Code);
            Assert.Contains("Nothing was sent.", refused.Error, StringComparison.Ordinal);
        }

        Assert.Equal(1, (await network.MonitorAsync(null, "wallet", "fund", "--deposit", "2ether")).Code);
        Assert.Equal(new SenderInfo(0, 0, 0, 0), await network.Chain.GetSenderInfoAsync(network.Payer, Cancel));
        Assert.Equal(10 * PaidNetwork.Ether, await network.Chain.GetBalanceAsync(network.Payer, Cancel));

        var funded = await network.MonitorAsync("y\n", "wallet", "fund", "--deposit", "2ether", "--reserve", "3 ether");
        Assert.Equal(0, funded.Code);
        Assert.Contains(network.Chain.Contracts.TicketBroker.ToString(), funded.Error, StringComparison.Ordinal);
        Assert.Equal(new SenderInfo(2 * PaidNetwork.Ether, 0, 3 * PaidNetwork.Ether, 0), await network.Chain.GetSenderInfoAsync(network.Payer, Cancel));

        var well = await network.MonitorAsync(null, "wallet", "status");
        Assert.Equal((0, ""), (well.Code, well.Error));
        Assert.Contains("deposit      2 ether", well.Output, StringComparison.Ordinal);
        Assert.Contains("reserve      3 ether", well.Output, StringComparison.Ordinal);
        Assert.Contains("unlock       none", well.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("a11ce", well.Output + funded.Error + funded.Output, StringComparison.Ordinal);
    }

    [LimitedFact]
    public async Task More_than_there_is_cannot_be_paid_in()
    {
        await using var network = await PaidNetwork.StartAsync();
        var refused = await network.MonitorAsync(null, "wallet", "fund", "--deposit", "10 ether", "--yes");
        Assert.Equal(1, refused.Code);
        Assert.Contains("not enough", refused.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await network.MonitorAsync(null, "wallet", "fund", "--deposit", "ten", "--yes")).Code);
        Assert.Equal(2, (await network.MonitorAsync(null, "wallet", "fund", "--yes")).Code);
    }

    [LimitedFact]
    public async Task An_unlock_is_an_alarm()
    {
        await using var network = await PaidNetwork.StartAsync();
        await network.MonitorAsync(null, "wallet", "fund", "--deposit", "2ether", "--reserve", "3 ether", "--yes");
        await network.Local.TicketBroker.SendFromAsync(network.Payer.ToString(), 0, "unlock()");
        var status = await network.MonitorAsync(null, "wallet", "status");
        Assert.Equal(1, status.Code);
        Assert.Contains("an unlock is under way", status.Output, StringComparison.Ordinal);

        await network.Local.NextRoundAsync();
        Assert.Contains("orchestrators refuse every ticket; cancel the unlock", (await network.MonitorAsync(null, "wallet", "status")).Output, StringComparison.Ordinal);
    }
}
