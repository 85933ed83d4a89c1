using System.Numerics;
using Google.Protobuf;
using Monitoring.Core;
using Monitoring.Ethereum;
using Monitoring.Livepeer.Wire;

namespace Monitoring.Simulator.Tests.Behaviours;

/// <summary>Each behaviour around money shows just what its name says, to a client that pays blindly.</summary>
public sealed class PaymentFaultTests
{
    private static readonly uint[] Plenty = [.. Enumerable.Range(1, 150).Select(n => (uint)n)];

    private readonly CancellationToken _cancellation = Deadline.Token();

    [Fact]
    public void Every_behaviour_has_its_own_name_and_every_payment_fault_its_behaviour()
    {
        var all = Behaviour.All.Concat(Behaviour.AllPaid).ToArray();

        Assert.Equal(all.Length, all.Select(b => b.Name).Distinct().Count());
        Assert.All(all, b => Assert.Same(b, Behaviour.Parse(b.Name)));
        Assert.Empty(Enum.GetValues<PaymentFault>().Except(all.Select(b => b.Payment)));
        Assert.Empty(Enum.GetValues<SegmentFault>().Except(all.Select(b => b.Fault)));
    }

    [Theory]
    [InlineData("replayed-nonce", "invalid ticket senderNonce: already seen sender={0} nonce=1\n")]
    [InlineData("claims-expiry", "TicketParams expired\n")]
    [InlineData("expired-params", "TicketParams expired\n")]
    [InlineData("sender-unlocking", "deposit and reserve for sender {0} is set to unlock soon\n")]
    [InlineData("inactive-recipient", "orchestrator {1} is inactive in round 42, cannot process payments\n")]
    [InlineData("wrong-recipient-rand", "invalid recipientRand for ticket recipientRandHash\n")]
    [InlineData("wrong-price", "invalid recipientRand for ticket recipientRandHash\n")]
    [InlineData("takes-and-refuses", "Insufficient balance\n")]
    public async Task A_node_refuses_good_money_with_a_text_that_real_nodes_use(string name, string text)
    {
        await using var paid = await PaidNode.StartAsync(Behaviour.Parse(name), _cancellation);
        var info = await paid.Client.DiscoverAsync(_cancellation);

        var refused = await paid.Client.RefusedAsync(info.AuthToken, await paid.Client.PayAsync(info, 1, 2), 0, _cancellation);

        var expected = text
            .Replace("{0}", paid.Client.Address.ToString(), StringComparison.Ordinal)
            .Replace("{1}", paid.Node.Signer.Address.ToString(), StringComparison.Ordinal);
        Assert.Equal((400, expected), refused);
        // What was spent is known whatever the node says.
        Assert.Equal((2, name == "takes-and-refuses" ? 2 : 0), (paid.Client.Account.TicketsReceived, paid.Client.Account.TicketsCredited));
        Assert.True(paid.Client.Account.Received > 16_000_000_000);
    }

    [Fact]
    public async Task Expired_params_show_by_their_block()
    {
        await using var paid = await PaidNode.StartAsync(Behaviour.ExpiredParams, _cancellation);

        Assert.Equal(999, BigEndian.Read((await paid.Client.DiscoverAsync(_cancellation)).TicketParams.ExpirationBlock.Span));
    }

    [Fact]
    public async Task An_expired_token_shows_by_its_time_and_is_refused()
    {
        await using var paid = await PaidNode.StartAsync(Behaviour.ExpiredToken, _cancellation);
        var info = await paid.Client.DiscoverAsync(_cancellation);

        Assert.True(info.AuthToken.Expiration < TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());
        Assert.Equal((403, "expired auth token\n"), await paid.Client.RefusedAsync(info.AuthToken, await paid.Client.PayAsync(info, 1), 0, _cancellation));
        Assert.Equal((1, 0), (paid.Client.Account.TicketsReceived, paid.Client.Account.TicketsCredited));
    }

    [Fact]
    public async Task A_node_that_claims_no_reserve_fails_discovery_and_every_segment()
    {
        await using var paid = await PaidNode.StartAsync(Behaviour.Fast, _cancellation);
        var info = await paid.Client.DiscoverAsync(_cancellation);
        await paid.Node.SetBehaviourAsync(Behaviour.NoReserve, _cancellation);

        Assert.Equal("insufficient sender reserve", (await paid.Client.CallDiscoveryAsync(_cancellation)).Text);
        Assert.Equal((500, "Internal Server Error\n"), await paid.Client.RefusedAsync(info.AuthToken, await paid.Client.PayAsync(info, 1), 0, _cancellation));
    }

    [Theory]
    [InlineData("price-doubled", "14847/10")]
    [InlineData("price-dropped", "0/1")]
    public async Task A_price_changes_from_the_third_result_on_and_its_params_with_it(string name, string later)
    {
        await using var paid = await PaidNode.StartAsync(Behaviour.Parse(name), _cancellation);
        var info = await paid.Client.DiscoverAsync(_cancellation);
        var prices = new List<string>();
        uint nonce = 0;
        for (var i = 0; i < 4; i++)
        {
            // The latest info pays, as the protocol wants it; where the price is 0 no ticket is needed.
            uint[] nonces = info.PriceInfo.PricePerUnit == 0 ? [] : [.. Enumerable.Range(0, 400).Select(_ => ++nonce)];
            var result = await paid.Client.TranscodeAsync(info.AuthToken, await paid.Client.PayAsync(info, nonces), i, _cancellation);
            info = result.Info;
            nonce = 0;
            prices.Add($"{info.PriceInfo.PricePerUnit}/{info.PriceInfo.PixelsPerUnit}");
        }

        Assert.Equal(["707/1", "707/1", later, later], prices);
        Assert.Equal(later == "0/1", info.TicketParams.FaceValue.IsEmpty);
        Assert.Equal(707, (await paid.Client.DiscoverAsync(_cancellation)).PriceInfo.PricePerUnit);
    }

    [Fact]
    public async Task Mixed_params_come_with_the_first_result_and_buy_nothing()
    {
        await using var paid = await PaidNode.StartAsync(Behaviour.MixedParams, _cancellation);
        var info = await paid.Client.DiscoverAsync(_cancellation);
        var first = await paid.Client.TranscodeAsync(info.AuthToken, await paid.Client.PayAsync(info, Plenty), 0, _cancellation);

        Assert.Equal(new Rational(7777, 10), new Rational(first.Info.PriceInfo.PricePerUnit, first.Info.PriceInfo.PixelsPerUnit));
        Assert.Equal(
            (400, "invalid recipientRand for ticket recipientRandHash\n"),
            await paid.Client.RefusedAsync(first.Info.AuthToken, await paid.Client.PayAsync(first.Info, 1), 1, _cancellation));
    }

    [Fact]
    public async Task Repeated_params_are_the_same_each_time_and_betray_a_nonce_that_is_used_twice()
    {
        await using var paid = await PaidNode.StartAsync(Behaviour.RepeatsParams, _cancellation);
        var info = await paid.Client.DiscoverAsync(_cancellation);
        Assert.Equal(info.TicketParams, (await paid.Client.DiscoverAsync(_cancellation)).TicketParams);

        var first = await paid.Client.TranscodeAsync(info.AuthToken, await paid.Client.PayAsync(info, 1, 2), 0, _cancellation);
        Assert.Equal(info.TicketParams, first.Info.TicketParams);
        Assert.Equal(0, paid.Client.Account.TicketsRepeated);
        var (status, text) = await paid.Client.RefusedAsync(info.AuthToken, await paid.Client.PayAsync(info, 2, 3), 1, _cancellation);
        Assert.Equal(400, status);
        Assert.Contains("already seen", text, StringComparison.Ordinal);
        Assert.Equal((3, 1), (paid.Client.Account.TicketsReceived, paid.Client.Account.TicketsRepeated));
    }

    [Fact]
    public async Task Inflated_pixels_are_stated_and_debited_tenfold()
    {
        await using var paid = await PaidNode.StartAsync(Behaviour.InflatedPixels, _cancellation);
        var info = await paid.Client.DiscoverAsync(_cancellation);
        var result = await paid.Client.TranscodeAsync(info.AuthToken, await paid.Client.PayAsync(info, Plenty), 0, _cancellation);

        Assert.Equal(10 * PaidNode.SegmentPixels, result.Data.Segments.Sum(s => s.Pixels));
        Assert.Equal(707 * 10 * PaidNode.SegmentPixels, paid.Client.Account.Debited);
    }

    [Fact]
    public async Task A_negative_price_is_stated_and_would_pay_whoever_believes_it()
    {
        await using var paid = await PaidNode.StartAsync(Behaviour.NegativePrice, _cancellation);
        var info = await paid.Client.DiscoverAsync(_cancellation);
        Assert.Equal(-707, info.PriceInfo.PricePerUnit);

        await paid.Client.TranscodeAsync(info.AuthToken, await paid.Client.PayAsync(info, 1), 0, _cancellation);
        Assert.Equal(-707 * PaidNode.SegmentPixels, paid.Client.Account.Debited);
    }

    [Fact]
    public async Task Absurd_values_are_asked_for_as_they_are_named()
    {
        await using var face = await PaidNode.StartAsync(Behaviour.AbsurdFaceValue, _cancellation);
        await using var value = await PaidNode.StartAsync(Behaviour.AbsurdTicketValue, _cancellation);
        await using var oversized = await PaidNode.StartAsync(Behaviour.OversizedNumbers, _cancellation);

        var (faceValue, faceEv) = TermsOf(await face.Client.DiscoverAsync(_cancellation));
        Assert.Equal(BigInteger.Pow(10, 24), faceValue);
        Assert.InRange(faceEv, 8_000_000_000, 8_000_000_001);
        Assert.InRange(TermsOf(await value.Client.DiscoverAsync(_cancellation)).Ev, BigInteger.Pow(10, 17) * 4, BigInteger.Pow(10, 17) * 5);
        var terms = (await oversized.Client.DiscoverAsync(_cancellation)).TicketParams;
        Assert.Equal((4096, 4096), (terms.FaceValue.Length, terms.WinProb.Length));
    }

    [Theory]
    [InlineData("wrong-signature", false)]
    [InlineData("fast", true)]
    public async Task A_wrong_signature_is_not_over_the_renditions(string name, bool genuine)
    {
        await using var paid = await PaidNode.StartAsync(Behaviour.Parse(name), _cancellation);
        var info = await paid.Client.DiscoverAsync(_cancellation);
        var result = await paid.Client.TranscodeAsync(info.AuthToken, await paid.Client.PayAsync(info, 1), 0, _cancellation);
        var renditions = await Task.WhenAll(result.Data.Segments.Select(s => paid.Client.Http.GetBytesAsync(s.Url, _cancellation)));

        var hash = Keccak256.Hash([.. renditions.SelectMany(r => Keccak256.Hash(r))]);
        Assert.True(Signature.TryParse(result.Data.Sig.Span, out var signature, out _));
        Assert.Equal(genuine, PersonalSign.Recover(hash, signature) == Address.FromBytes(info.Address.Span));
    }

    [Fact]
    public async Task A_dear_node_states_its_own_price_with_the_redemption_on_top()
    {
        await using var paid = await PaidNode.StartAsync(Behaviour.Dear, _cancellation);

        Assert.Equal(60_600, (await paid.Client.DiscoverAsync(_cancellation)).PriceInfo.PricePerUnit);
    }

    [Fact]
    public async Task Off_chain_no_fault_of_payment_shows()
    {
        foreach (var behaviour in Behaviour.AllPaid.Where(b => b.Payment is not (PaymentFault.None or PaymentFault.ExpiredToken)))
        {
            await using var fleet = await OneNode.StartAsync(behaviour.AtOnce(), _cancellation);
            using var client = new RawClient(fleet.Nodes[0]);
            var info = await client.DiscoverAsync(_cancellation);

            Assert.Null(info.TicketParams);
            Assert.Null(info.PriceInfo);
            Assert.Equal(4, (await client.TranscodeClipAsync(info.AuthToken, 0, _cancellation)).Length);
        }
    }

    private static (BigInteger FaceValue, BigInteger Ev) TermsOf(OrchestratorInfo info)
    {
        var faceValue = BigEndian.Read(info.TicketParams.FaceValue.Span);
        return (faceValue, faceValue * BigEndian.Read(info.TicketParams.WinProb.Span) / (BigInteger.Pow(2, 256) - 1));
    }
}
