using System.Numerics;
using System.Text;
using System.Text.Json;
using Monitoring.Testing.Vectors;
using Google.Protobuf;
using Monitoring.Core;
using Monitoring.Ethereum;
using Monitoring.Testing;

namespace Monitoring.Simulator.Tests.Payments;

/// <summary>The vectors of the recipient's side (protocol section 7).</summary>
public sealed class TicketVectorTests
{
    private static readonly BigInteger Gwei = 1_000_000_000;

    [Fact]
    public void Recipient_rand_is_that_of_the_vector()
    {
        var vector = Vectors.Get("recipient-rand");
        var (input, expect) = (vector.GetProperty("input"), vector.GetProperty("expect"));
        var sender = Address.Parse(Vectors.Text(input, "sender"));
        var auxData = ReceivedTicket.AuxDataOf(input.GetProperty("creationRound").GetInt64(), Hash32.FromBytes(Vectors.Bytes(input, "creationRoundBlockHash")));
        var (seed, faceValue, winProb) = (Vectors.Number(input, "seed"), Vectors.Number(input, "faceValue"), Vectors.Number(input, "winProb"));
        var (block, price) = (Vectors.Number(input, "expirationBlock"), Rational.Parse(Vectors.Text(input, "price")));

        var number = new RecipientRand(Vectors.Bytes(input, "secret")).Of(seed, sender, faceValue, winProb, block, price, auxData);

        Assert.Equal(Vectors.Bytes(expect, "hmac_message"), RecipientRand.Message(seed, sender, faceValue, winProb, block, price, auxData));
        Assert.Equal(Vectors.Number(expect, "recipientRand"), number);
        Assert.Equal(Vectors.Text(expect, "recipientRandHash"), RecipientRand.HashOf(number).ToString());
    }

    [Fact]
    public void A_price_counts_reduced_and_a_zero_as_no_byte()
    {
        var sender = Address.Parse("0x2c7536E3605D9C16a7a3D7b1898e529396a65c23");

        Assert.Equal([1, .. sender.ToByteArray(), 9, 1], RecipientRand.Message(1, sender, 0, 0, 9, new Rational(0, 7), []));
        Assert.Equal([1, .. sender.ToByteArray(), 9, 1, 2], RecipientRand.Message(1, sender, 0, 0, 9, new Rational(50, 100), []));
        Assert.Empty(ReceivedTicket.AuxDataOf(0, default));
        Assert.Equal(64, ReceivedTicket.AuxDataOf(1, default).Length);
    }

    [Theory]
    [InlineData("ticket-params-gas100")]
    [InlineData("ticket-params-gas777")]
    [InlineData("ticket-params-gas1")]
    public void Face_value_and_probability_are_those_of_the_vectors(string id)
    {
        var vector = Vectors.Get(id);
        var (input, expect) = (vector.GetProperty("input"), vector.GetProperty("expect"));
        var policy = new TicketPolicy(Vectors.Number(input, "ev"), input.GetProperty("redeemGas").GetInt64(), null);

        var faceValue = policy.FaceValue(Vectors.Number(input, "gasPriceWei"), Vectors.Number(input, "maxFloat"));

        Assert.Equal(Vectors.Number(expect, "faceValue"), faceValue);
        Assert.Equal(Vectors.Number(expect, "winProb"), policy.WinProb(faceValue!.Value));
    }

    [Fact]
    public void The_edges_of_the_face_value_are_those_of_the_vectors()
    {
        var policy = new TicketPolicy(5, 10_000, null);
        var (dear, cheap) = (3_000_000_001L, 2_999_999_999L);

        Assert.Null(policy.FaceValue(100, 4));
        Assert.NotNull(policy.FaceValue(dear, (10_000 * (BigInteger)dear) - 1));
        Assert.NotNull(policy.FaceValue(dear, 10_000 * 3 * Gwei));
        Assert.Null(policy.FaceValue(dear, (10_000 * 3 * Gwei) - 1));
        Assert.NotNull(policy.FaceValue(cheap, 10_000 * (BigInteger)cheap));
        Assert.Equal(500, policy.FaceValue(0, ReceivedTicket.MaxWinProb));
        Assert.Equal("1157920892373161954235709850086879078532699846656405640394575840079131296400", $"{policy.WinProb(500)}");
        Assert.Null(policy.FaceValue(0, 0));
        Assert.Equal(0, policy.WinProb(0));
        Assert.Equal(ReceivedTicket.MaxWinProb, policy.WinProb(5));
        Assert.Equal(70, (policy with { MaxFaceValue = 70, RedeemGas = 0 }).FaceValue(100, 1000));
    }

    [Fact]
    public void The_probability_of_the_recorded_face_value_is_the_recorded_one()
    {
        var winProb = new TicketPolicy(8_000_000_000, 350_000, null).WinProb(3_500_000_000_000_000);

        Assert.Equal("2659116f56b142c62f7fe2f080c9a04dab65d0011605be67348677a1f000", Convert.ToHexStringLower(BigEndian.Minimal(winProb)));
    }

    [Fact]
    public void Only_the_low_64_bits_of_the_remainder_round_the_probability_up()
    {
        var policy = new TicketPolicy(5, 0, null);
        var faceValue = ReceivedTicket.MaxWinProb - BigInteger.Pow(2, 64);

        Assert.Equal(5, policy.WinProb(faceValue));
        Assert.Equal(10, policy.WinProb(faceValue - 1));
    }

    [Fact]
    public void Max_float_is_that_of_the_vectors()
    {
        var cases = Vectors.Get("max-float").GetProperty("cases").EnumerateArray().ToArray();
        Assert.Equal(5, cases.Length);
        foreach (var row in cases)
        {
            BigInteger Read(string name) => row.TryGetProperty(name, out _) ? Vectors.Number(row, name) : 0;
            var sender = new SenderFacts
            {
                Deposit = Read("deposit"),
                ReserveRemaining = Read("fundsRemaining"),
                ReserveClaimed = Read("claimedInRound"),
                ReserveClaimedByRecipient = Read("claimedByMe"),
            };
            Assert.Equal(Read("expect"), sender.MaxFloat(row.GetProperty("poolSize").GetInt32(), Read("pending")));
        }

        Assert.Equal(0, new SenderFacts().MaxFloat(poolSize: 0, pending: 0));
    }

    [Fact]
    public void Stated_prices_are_those_of_the_vectors()
    {
        var cases = Vectors.Get("orch-price").GetProperty("cases").EnumerateArray().Where(c => c.TryGetProperty("txCostMultiplier", out _)).ToArray();
        Assert.Equal(8, cases.Length);
        foreach (var row in cases)
        {
            var price = Rational.Parse(Vectors.Text(row, "base"));
            var overhead = price.Sign > 0 ? 1 / Rational.Parse(Vectors.Text(row, "txCostMultiplier")) : Rational.Zero;
            Assert.Equal(Rational.Parse(Vectors.Text(row, "expect")), TicketPolicy.WithOverhead(price, overhead));
        }

        var policy = new TicketPolicy(8_000_000_000, 350_000, null);
        Assert.Equal(707, policy.StatedPrice(700, 100_000_000, BigInteger.Pow(10, 19)));
        Assert.Equal(700, policy.StatedPrice(700, 0, BigInteger.Pow(10, 19)));
        Assert.Null(policy.StatedPrice(700, 100_000_000, 0));
        Assert.Equal(0, policy.StatedPrice(0, 100_000_000, 0));
    }

    [Theory]
    [InlineData("ticket-hash-max-nonce")]
    [InlineData("ticket-hash-nonce-1")]
    [InlineData("ticket-hash-fv1-wp500")]
    [InlineData("ticket-hash-fv500-wp1")]
    [InlineData("ticket-hash-recipient")]
    [InlineData("ticket-hash-randhash")]
    [InlineData("ticket-hash-auxdata")]
    public void Ticket_hashes_are_those_of_the_vectors(string id)
    {
        var vector = Vectors.Get(id);

        Assert.Equal(Vectors.Text(vector.GetProperty("expect"), "hash"), TicketOf(vector.GetProperty("input")).Hash().ToString());
    }

    [Theory]
    [InlineData("auxdata-round0")]
    [InlineData("auxdata-emptyhash")]
    [InlineData("auxdata-both-empty")]
    [InlineData("auxdata-normal")]
    public void Aux_data_is_that_of_the_vectors(string id)
    {
        var vector = Vectors.Get(id);
        var input = vector.GetProperty("input");

        Assert.Equal(
            Vectors.Bytes(vector.GetProperty("expect"), "auxData"),
            ReceivedTicket.AuxDataOf(input.GetProperty("creationRound").GetInt64(), Hash32.FromBytes(Vectors.Bytes(input, "creationRoundBlockHash"))));
    }

    [Fact]
    public void A_ticket_of_the_real_network_is_hashed_signed_and_won_as_it_was()
    {
        var input = Vectors.Get("golden-ticket-end-to-end").GetProperty("input");
        var ticket = TicketOf(input.GetProperty("ticket"));
        var (signature, number) = (Vectors.Bytes(input, "sig"), Vectors.Number(input, "recipientRand"));

        Assert.True(Signed.By(ticket.Sender, ticket.Hash().ToByteArray(), signature));
        Assert.Equal(ticket.RecipientRandHash, RecipientRand.HashOf(number));
        Assert.True(ReceivedTicket.Wins(signature, number, ticket.WinProb));
    }

    [Theory]
    [InlineData("winning-none")]
    [InlineData("winning-all")]
    public void A_ticket_wins_as_in_the_vectors(string id)
    {
        var vector = Vectors.Get(id);
        var input = vector.GetProperty("input");

        var wins = ReceivedTicket.Wins(Vectors.Bytes(input, "signature"), Vectors.Number(input, "recipientRand"), Vectors.Number(input, "winProb"));

        Assert.Equal(vector.GetProperty("expect").GetProperty("win").GetBoolean(), wins);
    }

    [Fact]
    public void A_ticket_wins_only_strictly_below_its_probability()
    {
        var vector = Vectors.Get("winning-none");
        var drawn = Vectors.Number(vector.GetProperty("expect"), "win_value");

        Assert.False(ReceivedTicket.Wins("foo"u8, 10, drawn));
        Assert.True(ReceivedTicket.Wins("foo"u8, 10, drawn + 1));
    }

    [Theory]
    [InlineData("ev-half")]
    [InlineData("ev-zero-prob")]
    [InlineData("ev-max")]
    [InlineData("ev-zero-face")]
    public void Expected_values_are_exact(string id)
    {
        var vector = Vectors.Get(id);
        var input = vector.GetProperty("input");
        var ticket = Ticket() with { FaceValue = Vectors.Number(input, "faceValue"), WinProb = Vectors.Number(input, "winProb") };

        Assert.Equal(Rational.Parse(Vectors.Text(vector.GetProperty("expect"), "ev_exact")), ticket.ExpectedValue);
    }

    [Fact]
    public void Debits_are_those_of_the_vector()
    {
        var input = Vectors.Get("debit-fees").GetProperty("input");
        var balances = new SessionBalances(new VirtualTime(DateTimeOffset.UnixEpoch));
        var price = Rational.Parse(Vectors.Text(input, "price"));

        balances.Add(Address.Zero, "s", -(price * input.GetProperty("pixels").GetInt64()));
        Assert.Equal(-79_257_600, balances.Of(Address.Zero, "s"));
        balances.Add(Address.Zero, "s", 158_515_200 - (price * 396_288_000));
        Assert.Equal(0, balances.Of(Address.Zero, "s"));
    }

    [Fact]
    public async Task A_result_is_signed_over_the_vectors_32_bytes()
    {
        var vector = Vectors.Get("transcode-result");
        var expect = vector.GetProperty("expect");
        using var identity = NodeIdentity.OfKey(SomeKey());
        var settlement = new OnChainSettlement(identity.Signer, 700, new OnChainOptions(), new byte[32], TimeProvider.System, new CounterBoard(), () => Behaviour.Fast);
        ImmutableArray<ReadOnlyMemory<byte>> renditions =
            [.. vector.GetProperty("input").GetProperty("renditions_ascii").EnumerateArray().Select(r => new ReadOnlyMemory<byte>(Encoding.ASCII.GetBytes(r.GetString()!)))];

        var right = await settlement.SignResultAsync(renditions, wrongly: false, CancellationToken.None);
        var wrong = await settlement.SignResultAsync(renditions, wrongly: true, CancellationToken.None);

        var signed = Vectors.Bytes(expect, "signed_32_bytes");
        Assert.True(Signed.By(identity.Signer.Address, signed, right.Span));
        Assert.False(Signed.By(identity.Signer.Address, signed, wrong.Span));
        Assert.True(Signed.By(Address.Parse(OrchestratorAddress), signed, Vectors.Bytes(expect, "signature")));
    }

    [Fact]
    public async Task A_ping_is_signed_as_in_the_vector()
    {
        var vector = Vectors.Get("ping");
        using var identity = NodeIdentity.OfKey(SomeKey());
        var settlement = new OnChainSettlement(identity.Signer, 700, new OnChainOptions(), new byte[32], TimeProvider.System, new CounterBoard(), () => Behaviour.Fast);
        var value = Vectors.Bytes(vector.GetProperty("input"), "value");

        var reply = await settlement.SignPingAsync(ByteString.CopyFrom(value), CancellationToken.None);

        Assert.True(Signed.By(identity.Signer.Address, Keccak256.Hash(value), reply.Span));
        Assert.True(Signed.By(Address.Parse(OrchestratorAddress), Keccak256.Hash(value), Vectors.Bytes(vector.GetProperty("expect"), "reply_signature")));
    }

    private static string OrchestratorAddress => LivepeerVectors.Key("orchestrator").GetProperty("address").GetString()!;

    private static ReceivedTicket TicketOf(JsonElement input) => new()
    {
        Recipient = Address.Parse(Vectors.Text(input, "recipient")),
        Sender = Address.Parse(Vectors.Text(input, "sender")),
        FaceValue = Vectors.Number(input, "faceValue"),
        WinProb = Vectors.Number(input, "winProb"),
        SenderNonce = input.GetProperty("senderNonce").GetUInt32(),
        RecipientRandHash = Hash32.FromBytes(Vectors.Bytes(input, "recipientRandHash")),
        CreationRound = input.GetProperty("creationRound").GetInt64(),
        CreationRoundBlockHash = Hash32.FromBytes(Vectors.Bytes(input, "creationRoundBlockHash")),
    };

    private static byte[] SomeKey() => [.. Enumerable.Repeat((byte)7, 32)];

    private static ReceivedTicket Ticket() => new()
    {
        Recipient = Address.Zero,
        Sender = Address.Zero,
        FaceValue = 0,
        WinProb = 0,
        SenderNonce = 0,
        RecipientRandHash = default,
        CreationRound = 0,
        CreationRoundBlockHash = default,
    };
}
