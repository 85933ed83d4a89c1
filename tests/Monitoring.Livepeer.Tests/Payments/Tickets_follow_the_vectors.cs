using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Monitoring.Core;
using Monitoring.Ethereum;

namespace Monitoring.Livepeer.Tests;

/// <summary>Vectors golden-ticket-end-to-end, ticket-hash-*, auxdata-*, ev-*, winprob-rat-*, winning-*, ticket-batch, and every ticket of the recording.</summary>
public sealed class Tickets_follow_the_vectors
{
    [Fact]
    public void A_real_redeemed_ticket_is_packed_hashed_and_signed_as_we_do()
    {
        var vector = Fixture.Vector("golden-ticket-end-to-end");
        var (input, expect) = (vector.GetProperty("input"), vector.GetProperty("expect"));
        var ticket = Read(input.GetProperty("ticket"));
        Assert.Equal(Fixture.Hex(expect.GetProperty("auxData")), Ticket.AuxData(ticket.CreationRound, ticket.CreationRoundBlockHash));
        Assert.Equal(Fixture.Hex(expect.GetProperty("preimage")), ticket.Pack());
        Assert.Equal(Fixture.Hex(expect.GetProperty("ticketHash")), ticket.Hash());
        Assert.Equal(Fixture.Hex(expect.GetProperty("personalSignDigest")), PersonalSign.Digest(ticket.Hash()));
        Assert.Equal(expect.GetProperty("ev_exact").GetString(), Ticket.ExpectedValueOf(ticket.FaceValue, ticket.WinProb).ToString());

        var signature = Fixture.Hex(input.GetProperty("sig"));
        Assert.True(Signature.TryParse(signature, out var parsed, out _));
        Assert.Equal(Address.Parse(expect.GetProperty("recoveredSender").GetString()!), PersonalSign.Recover(ticket.Hash(), parsed));

        // What the recipient computes from it: the commitment and the draw.
        var rand = new byte[32];
        WireNumber.Write32(Number(input.GetProperty("recipientRand")), rand);
        Assert.Equal(ticket.RecipientRandHash.ToByteArray(), Keccak256.Hash(rand));
        var draw = new BigInteger(Keccak256.Hash([.. signature, .. rand]), isUnsigned: true, isBigEndian: true);
        Assert.Equal(Number(expect.GetProperty("winValue")), draw);
        Assert.Equal(expect.GetProperty("wins").GetBoolean(), draw < ticket.WinProb);
    }

    [Theory]
    [InlineData("max-nonce")]
    [InlineData("nonce-1")]
    [InlineData("fv1-wp500")]
    [InlineData("fv500-wp1")]
    [InlineData("recipient")]
    [InlineData("randhash")]
    [InlineData("auxdata")]
    public void A_ticket_is_packed_tightly(string name)
    {
        var vector = Fixture.Vector("ticket-hash-" + name);
        var ticket = Read(vector.GetProperty("input"));
        Assert.Equal(Fixture.Hex(vector.GetProperty("expect").GetProperty("preimage")), ticket.Pack());
        Assert.Equal(Fixture.Hex(vector.GetProperty("expect").GetProperty("hash")), ticket.Hash());
    }

    [Theory]
    [InlineData("round0")]
    [InlineData("emptyhash")]
    [InlineData("nilhash")]
    [InlineData("both-empty")]
    [InlineData("normal")]
    public void Auxiliary_data_is_missing_only_when_round_and_hash_are(string name)
    {
        var vector = Fixture.Vector("auxdata-" + name);
        var hash = vector.GetProperty("input").GetProperty("creationRoundBlockHash");
        var aux = Ticket.AuxData(vector.GetProperty("input").GetProperty("creationRound").GetInt64(), hash.ValueKind == JsonValueKind.Null ? default : Hash(hash));
        Assert.Equal(Fixture.Hex(vector.GetProperty("expect").GetProperty("auxData")), aux);
    }

    [Theory]
    [InlineData("half")]
    [InlineData("zero-prob")]
    [InlineData("max")]
    [InlineData("zero-face")]
    public void The_expected_value_is_exact(string name)
    {
        var vector = Fixture.Vector("ev-" + name);
        var ev = Ticket.ExpectedValueOf(Number(vector.GetProperty("input").GetProperty("faceValue")), Number(vector.GetProperty("input").GetProperty("winProb")));
        if (vector.GetProperty("expect").TryGetProperty("ev_exact", out var exact)) Assert.Equal(Rational.Parse(exact.GetString()!), ev);
        Assert.StartsWith(vector.GetProperty("expect").GetProperty("ev_rounded_0_decimals").GetString() + ".0", (ev + new Rational(1, 1000)).ToDecimalString(2), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("half")]
    [InlineData("quarter")]
    [InlineData("zero")]
    [InlineData("one")]
    public void A_win_probability_is_a_fraction_of_the_largest_word(string name)
    {
        var vector = Fixture.Vector("winprob-rat-" + name);
        var share = Ticket.ExpectedValueOf(1, Number(vector.GetProperty("input").GetProperty("winProb")));
        Assert.Equal(
            decimal.Parse(vector.GetProperty("expect").GetProperty("rounded").GetString()!, CultureInfo.InvariantCulture),
            decimal.Parse(share.ToDecimalString(10), CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task A_batch_shares_everything_but_nonce_and_signature()
    {
        foreach (var vector in Fixture.Vector("ticket-batch").GetProperty("expect").GetProperty("tickets").EnumerateArray())
        {
            var ticket = Read(vector.GetProperty("ticket"));
            Assert.Equal(Fixture.Hex(vector.GetProperty("preimage")), ticket.Pack());
            Assert.Equal(Fixture.Hex(vector.GetProperty("hash")), ticket.Hash());
            Assert.Equal(Fixture.Hex(vector.GetProperty("personal_sign_digest")), PersonalSign.Digest(ticket.Hash()));
            Assert.True(Signature.TryParse(Fixture.Hex(vector.GetProperty("signature")), out var recorded, out _));
            Assert.Equal(Keys.Broadcaster.Address, PersonalSign.Recover(ticket.Hash(), recorded));
            var ours = await Keys.Broadcaster.SignPersonalAsync(ticket.Hash(), TestContext.Current.CancellationToken);
            Assert.Equal(Keys.Broadcaster.Address, PersonalSign.Recover(ticket.Hash(), ours));
        }
    }

    [Fact]
    public void Every_ticket_that_a_real_orchestrator_was_sent_hashes_as_ours_would()
    {
        var tickets = 0;
        foreach (var vector in Fixture.Recording.GetProperty("onchain").GetProperty("ticket_vectors").EnumerateArray())
        {
            if (!vector.TryGetProperty("tickets", out var recorded)) continue;
            var terms = vector.GetProperty("ticket_params");
            foreach (var item in recorded.EnumerateArray())
            {
                var ticket = new Ticket(
                    Address.Parse(terms.GetProperty("recipient").GetString()!), Address.Parse(vector.GetProperty("sender").GetString()!), Number(terms.GetProperty("faceValue")),
                    WireNumber.Read(Google.Protobuf.ByteString.CopyFrom(Fixture.Hex(Even(terms.GetProperty("winProb").GetString()!)))), item.GetProperty("senderNonce").GetUInt32(),
                    Hash(terms.GetProperty("recipientRandHash")), terms.GetProperty("creationRound").GetInt64(), Hash(terms.GetProperty("creationRoundBlockHash")));
                Assert.Equal(Fixture.Hex(item.GetProperty("ticket_hash")), ticket.Hash());
                Assert.Equal(Fixture.Hex(item.GetProperty("signed_digest")), PersonalSign.Digest(ticket.Hash()));
                if (!item.TryGetProperty("sig_verifies", out var verifies) || !verifies.GetBoolean()) continue;
                Assert.True(Signature.TryParse(Fixture.Hex(item.GetProperty("sig")), out var signature, out _));
                Assert.Equal(ticket.Sender, PersonalSign.Recover(ticket.Hash(), signature));
                tickets++;
            }
        }

        Assert.True(tickets >= 24, $"only {tickets} tickets were compared");
    }

    internal static BigInteger Number(JsonElement element) => BigInteger.Parse(
        element.ValueKind == JsonValueKind.Number ? element.GetRawText() : element.GetString()!, CultureInfo.InvariantCulture);

    internal static Hash32 Hash(JsonElement element) => Hash32.FromBytes(Fixture.Hex(element));

    private static string Even(string hex) => hex.Length % 2 == 0 ? hex : "0x0" + hex[2..];

    private static Ticket Read(JsonElement element) => new(
        Address.Parse(element.GetProperty("recipient").GetString()!), Address.Parse(element.GetProperty("sender").GetString()!), Number(element.GetProperty("faceValue")),
        Number(element.GetProperty("winProb")), element.GetProperty("senderNonce").GetUInt32(), Hash(element.GetProperty("recipientRandHash")),
        element.GetProperty("creationRound").GetInt64(), Hash(element.GetProperty("creationRoundBlockHash")));
}
