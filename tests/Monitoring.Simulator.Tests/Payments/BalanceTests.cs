using System.Net;
using System.Numerics;
using Google.Protobuf;
using Monitoring.Core;
using Monitoring.Ethereum;
using Monitoring.Livepeer.Wire;
using Monitoring.Testing;

namespace Monitoring.Simulator.Tests.Payments;

/// <summary>Credit, debit and pinned price of sessions at a node that behaves well.</summary>
public sealed class BalanceTests
{
    private static readonly Behaviour Good = Behaviour.Fast;

    private readonly CancellationToken _cancellation = Deadline.Token();

    [Fact]
    public async Task Credit_and_debit_are_exact_to_the_wei()
    {
        await using var paid = await PaidNode.StartAsync(Good, _cancellation, price: new Rational(1, 3));
        var info = await paid.Client.DiscoverAsync(_cancellation);
        // A third of a wei and the redemption on top, cut to three decimals.
        Assert.Equal(new Rational(336, 1000), new Rational(info.PriceInfo.PricePerUnit, info.PriceInfo.PixelsPerUnit));

        await paid.Client.TranscodeAsync(info.AuthToken, await paid.Client.PayAsync(info, 1, 2), 0, _cancellation);
        await paid.Client.TranscodeAsync(info.AuthToken, await paid.Client.PayAsync(info, 3), 1, _cancellation);

        var ev = PaidNode.EvOf(info);
        Assert.True(ev > 8_000_000_000);
        Assert.Equal(
            new SenderAccount
            {
                TicketsReceived = 3,
                Received = 3 * ev,
                TicketsCredited = 3,
                Credited = 3 * ev,
                Pixels = 2 * PaidNode.SegmentPixels,
                Debited = new Rational(336, 1000) * 2 * PaidNode.SegmentPixels,
            },
            paid.Client.Account);
    }

    [Fact]
    public async Task One_ticket_opens_the_door_and_the_next_segment_must_bring_the_balance_back()
    {
        await using var paid = await PaidNode.StartAsync(Good, _cancellation);
        var info = await paid.Client.DiscoverAsync(_cancellation);
        var debt = (new Rational(707, 1) * PaidNode.SegmentPixels) - PaidNode.EvOf(info);
        Assert.True(debt > PaidNode.EvOf(info));

        await paid.Client.TranscodeAsync(info.AuthToken, await paid.Client.PayAsync(info, 1), 0, _cancellation);
        Assert.Equal((400, "Insufficient balance\n"), await paid.Client.RefusedAsync(info.AuthToken, await paid.Client.PayAsync(info, 2), 1, _cancellation));

        var missing = (uint)(debt / PaidNode.EvOf(info)).Ceiling();
        var nonces = Enumerable.Range(3, (int)missing).Select(n => (uint)n).ToArray();
        await paid.Client.TranscodeAsync(info.AuthToken, await paid.Client.PayAsync(info, nonces), 1, _cancellation);
    }

    [Fact]
    public async Task A_balance_belongs_to_one_session_and_at_the_payment_route_to_the_stream()
    {
        await using var paid = await PaidNode.StartAsync(Good, _cancellation);
        var first = await paid.Client.DiscoverAsync(_cancellation);
        var second = await paid.Client.DiscoverAsync(_cancellation);
        await paid.Client.TranscodeAsync(first.AuthToken, await paid.Client.PayAsync(first, [.. Enumerable.Range(1, 200).Select(n => (uint)n)]), 0, _cancellation);

        Assert.Equal((400, "Insufficient balance\n"), await paid.Client.RefusedAsync(second.AuthToken, await paid.Client.PayAsync(second), 0, _cancellation));
        await PayStreamAsync(paid, second, second.AuthToken.SessionId);
        await paid.Client.TranscodeAsync(second.AuthToken, await paid.Client.PayAsync(second), 0, _cancellation);
    }

    [Fact]
    public async Task A_free_node_needs_no_reserve_and_no_ticket()
    {
        await using var paid = await PaidNode.StartAsync(Good, _cancellation, price: Rational.Zero);
        paid.Chain.AnySender = new SenderFacts { Deposit = 0, ReserveRemaining = 0 };
        var info = await paid.Client.DiscoverAsync(_cancellation);

        Assert.Equal((0, 0, 0L, 1L), (info.TicketParams.FaceValue.Length, info.TicketParams.WinProb.Length, info.PriceInfo.PricePerUnit, info.PriceInfo.PixelsPerUnit));
        await paid.Client.TranscodeAsync(info.AuthToken, await paid.Client.PayAsync(info), 0, _cancellation);
        Assert.Equal(0, paid.Client.Account.Debited);
    }

    [Fact]
    public async Task The_second_request_of_a_new_sender_without_tickets_pins_the_price_to_nothing()
    {
        await using var paid = await PaidNode.StartAsync(Good, _cancellation);
        var info = await paid.Client.DiscoverAsync(_cancellation);
        var many = await paid.Client.PayAsync(info, [.. Enumerable.Range(1, 300).Select(n => (uint)n)]);

        var first = await paid.Client.TranscodeAsync(info.AuthToken, many, 0, _cancellation);
        var second = await paid.Client.TranscodeAsync(info.AuthToken, await paid.Client.PayAsync(info), 1, _cancellation);
        var third = await paid.Client.TranscodeAsync(info.AuthToken, await paid.Client.PayAsync(info), 2, _cancellation);

        Assert.Equal((707L, 707L, 0L), (first.Info.PriceInfo.PricePerUnit, second.Info.PriceInfo.PricePerUnit, third.Info.PriceInfo.PricePerUnit));
        Assert.Equal((0, 0), (third.Info.TicketParams.FaceValue.Length, third.Info.TicketParams.WinProb.Length));
        Assert.Equal(707, (await paid.Client.DiscoverAsync(_cancellation)).PriceInfo.PricePerUnit);
    }

    [Fact]
    public async Task A_price_is_pinned_to_the_session_from_a_known_senders_first_payment_on()
    {
        await using var paid = await PaidNode.StartAsync(Good, _cancellation);
        var before = await paid.Client.DiscoverAsync(_cancellation);
        await paid.Client.TranscodeAsync(before.AuthToken, await paid.Client.PayAsync(before, 1), 0, _cancellation);
        var info = await paid.Client.DiscoverAsync(_cancellation);
        await paid.Client.TranscodeAsync(info.AuthToken, await paid.Client.PayAsync(info, 1), 0, _cancellation);
        paid.Chain.SetSender(paid.Client.Address, new SenderFacts { ReserveRemaining = BigInteger.Pow(10, 15) });

        var nonces = Enumerable.Range(2, 300).Select(n => (uint)n).ToArray();
        var pinned = await paid.Client.TranscodeAsync(info.AuthToken, await paid.Client.PayAsync(info, nonces), 1, _cancellation);

        // A small reserve makes redemption dearer by ticket; who is new to the price pays that.
        Assert.Equal(707, pinned.Info.PriceInfo.PricePerUnit);
        Assert.Equal(784, (await paid.Client.DiscoverAsync(_cancellation)).PriceInfo.PricePerUnit);
    }

    [Fact]
    public void A_balance_is_swept_ten_minutes_after_its_last_change_at_the_earliest()
    {
        var clock = new VirtualTime(DateTimeOffset.UnixEpoch);
        var balances = new SessionBalances(clock);
        balances.Pin(Address.Zero, "a", 7);
        Assert.Null(balances.PinnedPrice(Address.Zero, "a"));

        balances.Add(Address.Zero, "old", 1);
        clock.Advance(TimeSpan.FromMinutes(1));
        balances.Add(Address.Zero, "a", 5);
        balances.Pin(Address.Zero, "a", 7);
        clock.Advance(TimeSpan.FromMinutes(18));
        Assert.Equal((5, 7), (balances.Of(Address.Zero, "a"), balances.PinnedPrice(Address.Zero, "a")));
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(balances.Of(Address.Zero, "a"));
        Assert.Null(balances.Of(Address.Zero, "old"));
    }

    [Fact]
    public async Task A_restarted_node_knows_no_balance_and_no_params_but_its_totals_stay()
    {
        await using var paid = await PaidNode.StartAsync(Good, _cancellation);
        var info = await paid.Client.DiscoverAsync(_cancellation);
        await paid.Client.TranscodeAsync(info.AuthToken, await paid.Client.PayAsync(info, 1), 0, _cancellation);
        await paid.Node.KillAsync(_cancellation);
        await paid.Node.ReviveAsync(_cancellation);
        using var later = new PayingClient(paid.Node);
        var fresh = await later.DiscoverAsync(_cancellation);

        Assert.Equal((400, "invalid recipientRand for ticket recipientRandHash\n"), await later.RefusedAsync(fresh.AuthToken, await later.PayAsync(info, 2), 0, _cancellation));
        Assert.Equal((400, "Insufficient balance\n"), await later.RefusedAsync(fresh.AuthToken, await later.PayAsync(fresh), 0, _cancellation));
        Assert.Equal((1, 2), (later.Account.TicketsCredited, later.Account.TicketsReceived));
    }

    private async Task PayStreamAsync(PaidNode paid, OrchestratorInfo info, string stream)
    {
        var credentials = RawClient.Credentials(info.AuthToken, 0, []);
        credentials.ManifestId = ByteString.CopyFromUtf8(stream);
        credentials.Sig = await paid.Client.SignAsync(Keccak256.Hash(PayingClient.Flatten(credentials)));
        using var response = await paid.Client.SendAsync("/payment", await paid.Client.PayAsync(info, 1), credentials, [], _cancellation);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }
}
