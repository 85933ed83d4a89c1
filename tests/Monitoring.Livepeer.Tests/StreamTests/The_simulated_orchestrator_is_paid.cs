using System.Numerics;
using Monitoring.Core;
using Monitoring.Simulator;

namespace Monitoring.Livepeer.Tests;

/// <summary>Our paymaster against the simulated on-chain orchestrator: both sides' books agree to the last fraction of a wei.</summary>
public sealed class The_simulated_orchestrator_is_paid
{
    [Fact]
    public async Task What_we_say_we_spent_is_what_it_was_credited()
    {
        var token = TestContext.Current.CancellationToken;
        await using var fleet = await SimulatedFleet.StartAsync(
            new FleetOptions { Nodes = [new NodeOptions { Name = "a", Behaviour = Behaviour.Fast }], OnChain = new OnChainOptions() }, token);
        var watch = new SenderWatch(fleet.Chain!, Keys.Broadcaster.Address, TimeProvider.System);
        using var reserve = new ReserveCheck(fleet.Chain!, watch, TimeProvider.System);
        using var activity = new ActivityCheck(fleet.Chain!, TimeProvider.System);
        using var ledger = new TicketLedger(new Forgetful(), [], TimeProvider.System);
        var paymaster = await OnChainPaymaster.CreateAsync(Keys.Broadcaster, watch, reserve, activity, ledger, new PaymentLimits(), TimeProvider.System, token);
        var options = new StreamTestOptions { Limits = Gateway.Patient, Dial = new() { AllowLoopback = true }, LateLimit = TimeSpan.FromMinutes(1) };

        var result = await StreamTest.Create(Clip.Embedded.Take(4), options, paymaster, TimeProvider.System)
            .RunAsync(Wallet.Job(BigInteger.Pow(10, 16), uri: fleet.Nodes[0].Uri.GetLeftPart(UriPartial.Authority)), null, token);

        Assert.Equal(new Outcome(OutcomeCode.Completed), result.Outcome);
        var account = fleet.Nodes[0].Counters.Senders[Keys.Broadcaster.Address];
        Assert.True(account.Credited.Sign > 0);
        Assert.Equal(account.Credited, result.Summary.Spend.Expected);
        Assert.Equal((account.TicketsCredited, account.Pixels), (result.Summary.Spend.Tickets, result.Summary.Spend.Pixels));
    }

    private sealed class Forgetful : ISpendJournal
    {
        public ValueTask AppendAsync(SpendEntry entry, CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }
}
