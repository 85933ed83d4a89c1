using Monitoring.Ethereum;

namespace Monitoring.Simulator.Tests.Payments;

/// <summary>Tickets that won at a node that behaves well.</summary>
public sealed class WinningTicketTests
{
    private static readonly Behaviour Good = Behaviour.Fast;

    private readonly CancellationToken _cancellation = Deadline.Token();

    [Fact]
    public async Task A_winning_ticket_is_kept_with_what_redeems_it()
    {
        await using var paid = await PaidNode.StartAsync(Good, _cancellation, options => options with { RedeemGas = 0, MaxFaceValue = 2 * options.TicketEv });
        var info = await paid.Client.DiscoverAsync(_cancellation);
        var payment = await paid.Client.PayAsync(info, [.. Enumerable.Range(1, 60).Select(n => (uint)n)]);

        await paid.Client.TranscodeAsync(info.AuthToken, payment, 0, _cancellation);
        // Once more: refused for its nonces, and nothing is won twice.
        Assert.Equal(400, (await paid.Client.RefusedAsync(info.AuthToken, payment, 1, _cancellation)).Status);

        var won = paid.Node.Counters.WinningTickets;
        Assert.InRange(won.Count, 5, 55);
        Assert.Equal(won.Count, won.Select(w => w.Ticket.SenderNonce).Distinct().Count());
        Assert.All(won, w =>
        {
            Assert.Equal(paid.Node.Signer.Address, w.Ticket.Recipient);
            Assert.Equal(2 * 8_000_000_000, w.Ticket.FaceValue);
            Assert.Equal(w.Ticket.RecipientRandHash, Hash32.FromBytes(Keccak256.Hash(BigEndian.Word(w.RecipientRand))));
            Assert.Equal(paid.Client.Address, PersonalSign.Recover(w.Ticket.Hash().ToByteArray(), w.Signature));
            Assert.True(BigEndian.Read(Keccak256.Hash([.. w.Signature.ToBytes(), .. BigEndian.Word(w.RecipientRand)])) < w.Ticket.WinProb);
        });
    }

    [Fact]
    public async Task A_ticket_of_expired_params_is_refused_and_wins_all_the_same()
    {
        await using var paid = await PaidNode.StartAsync(Good, _cancellation, options => options with { RedeemGas = 0, MaxFaceValue = 2 * options.TicketEv });
        var info = await paid.Client.DiscoverAsync(_cancellation);
        paid.Chain.Change(facts => facts with { L1Block = 1040 });

        var refused = await paid.Client.RefusedAsync(info.AuthToken, await paid.Client.PayAsync(info, [.. Enumerable.Range(1, 60).Select(n => (uint)n)]), 0, _cancellation);

        Assert.Equal((400, "TicketParams expired\n"), refused);
        Assert.Equal((60, 0), (paid.Client.Account.TicketsReceived, paid.Client.Account.TicketsCredited));
        Assert.NotEmpty(paid.Node.Counters.WinningTickets);
    }
}
