using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Google.Protobuf;
using Monitoring.Core;
using Monitoring.Ethereum;
using Monitoring.Livepeer.Wire;
using Monitoring.Simulator.Tests.Payments;
using Monitoring.Testing;

namespace Monitoring.Simulator.Tests.Recording;

/// <summary>
/// What a real go-livepeer 0.9.1 answered to real payments, asked again of a simulated node with the same keys, secrets and chain. Random are
/// only session ids, seeds and the nonces of signatures; all that follows from them is checked.
/// </summary>
public sealed class OnChainRecordingTests
{
    private static readonly byte[] TokenSecret = [.. Enumerable.Repeat((byte)0x22, 32)];
    private static readonly RecipientRand Rand = new([.. Enumerable.Repeat((byte)0x11, 32)]);

    private readonly CancellationToken _cancellation = Deadline.Token();

    [Fact]
    public async Task Every_exchange_of_the_on_chain_recording_is_answered_as_the_real_orchestrator_did()
    {
        using var recording = await Replay.ReadAsync(_cancellation);
        var exchanges = recording.RootElement.GetProperty("onchain").GetProperty("exchanges").EnumerateArray().ToArray();
        var keys = recording.RootElement.GetProperty("about").GetProperty("keys");
        var gateway = Address.Parse(keys.GetProperty("gateway(sender)").GetProperty("address").GetString()!);
        var recipient = keys.GetProperty("orchestrator(recipient)");
        var orchestrator = Address.Parse(recipient.GetProperty("address").GetString()!);
        var clock = new VirtualTime(exchanges[0].GetProperty("at").GetDateTimeOffset());
        var tokens = new AuthTokens(TokenSecret, clock);
        var options = new FleetOptions
        {
            Nodes =
            [
                new NodeOptions
                {
                    Name = "recorded",
                    Behaviour = Behaviour.Fast.AtOnce(),
                    PrivateKey = [.. Convert.FromHexString(recipient.GetProperty("private_key").GetString()![2..])],
                },
            ],
            Clock = clock,
            AuthTokenSecret = [.. TokenSecret],
            OnChain = new OnChainOptions { RedeemGas = 350_000, TicketSecret = [.. Enumerable.Repeat((byte)0x11, 32)] },
        };
        await using var fleet = await SimulatedFleet.StartAsync(options, _cancellation);
        using var client = new RawClient(fleet.Nodes[0]);
        var replay = new Replay(fleet.Nodes[0], client, "https://127.0.0.1:18945")
        {
            Reconcile = (name, recorded, actual) =>
            {
                ReconcileParams(gateway, recorded);
                ReconcileParams(gateway, actual);
                if (!name.StartsWith("GetOrchestrator", StringComparison.Ordinal)) return;
                Assert.Equal(tokens.Make(recorded.AuthToken.SessionId, recorded.AuthToken.Expiration), recorded.AuthToken);
                Assert.Equal(tokens.Make(actual.AuthToken.SessionId, recorded.AuthToken.Expiration), actual.AuthToken);
                recorded.AuthToken = actual.AuthToken = null;
            },
            ReconcileResultAsync = async (recorded, actual) =>
            {
                var renditions = await Task.WhenAll(actual.Data.Segments.Select(s => client.GetBytesAsync(s.Url, _cancellation)));
                Assert.Equal(orchestrator, SignerOf(Keccak256.Hash([.. renditions.SelectMany(r => Keccak256.Hash(r))]), actual.Data.Sig));
                recorded.Data.Sig = actual.Data.Sig = ByteString.Empty;
            },
            ReconcilePing = (sent, recorded, actual) =>
            {
                Assert.Equal(orchestrator, SignerOf(Keccak256.Hash(sent.Value.Span), recorded.Value));
                Assert.Equal(orchestrator, SignerOf(Keccak256.Hash(sent.Value.Span), actual.Value));
                recorded.Value = actual.Value;
            },
        };

        foreach (var exchange in exchanges)
        {
            clock.Advance(exchange.GetProperty("at").GetDateTimeOffset() - clock.GetUtcNow());
            await replay.RunAsync(exchange, _cancellation);
        }

        Assert.Equal(39, exchanges.Length);
        var account = Assert.Single(fleet.Nodes[0].Counters.Senders, a => a.Key == gateway).Value;
        // Credited: 2, 2, 1 before a wrong hash, 1 without profiles, 5, and 1 at /payment. Debited: four results of two renditions.
        var ev = EvOf(exchanges[1]);
        Assert.Equal((12L, 12 * ev), (account.TicketsCredited, account.Credited));
        Assert.Equal(4 * (6_134_400 + 2_211_840), account.Pixels);
        Assert.Equal(707 * account.Pixels, account.Debited);
        var sent = DistinctTickets(recording.RootElement.GetProperty("onchain").GetProperty("ticket_vectors"));
        Assert.Equal((sent.Count, sent.Values.Aggregate(Rational.Zero, (sum, value) => sum + value)), (account.TicketsReceived, account.Received));
        Assert.True(account.TicketsReceived > account.TicketsCredited);
    }

    [Fact]
    public async Task The_recorded_results_are_signed_as_ours_are()
    {
        using var recording = await Replay.ReadAsync(_cancellation);
        var about = recording.RootElement.GetProperty("onchain").GetProperty("about");
        foreach (var name in new[] { "transcode_result_sig_0", "transcode_result_sig_1" })
        {
            var hash = Replay.Hex(about.GetProperty(name), "keccak256(concat(keccak256(rendition_i)))");
            var signature = ByteString.CopyFrom(Replay.Hex(about.GetProperty(name), "sig"));
            Assert.Equal(Address.Parse("0x63FaC9201494f0bd17B9892B9fae4d52fe3BD377"), SignerOf(hash, signature));
        }
    }

    /// <summary>
    /// The recorder's own list of good tickets: hash and expected value. Not among them are those changed after they were signed, and those
    /// of the payment that names another sender.
    /// </summary>
    private static Dictionary<string, Rational> DistinctTickets(JsonElement vectors)
    {
        var tickets = new Dictionary<string, Rational>();
        foreach (var vector in vectors.EnumerateArray().Where(v => v.TryGetProperty("tickets", out _)))
        {
            var name = vector.GetProperty("name").GetString()!;
            if (name == "neg-unknown-sender-sig" || RecordedTicketTests.Tampered.Contains(name)) continue;
            var terms = vector.GetProperty("ticket_params");
            var winProb = BigEndian.Read(Convert.FromHexString(terms.GetProperty("winProb").GetString()![2..]));
            var value = new Rational(BigInteger.Parse(terms.GetProperty("faceValue").GetString()!, CultureInfo.InvariantCulture) * winProb, BigInteger.Pow(2, 256) - 1);
            foreach (var ticket in vector.GetProperty("tickets").EnumerateArray().Where(t => t.GetProperty("sig_verifies").GetBoolean()))
            {
                tickets[ticket.GetProperty("ticket_hash").GetString()!] = value;
            }
        }

        return tickets;
    }

    private static Rational EvOf(JsonElement discovery)
    {
        var terms = OrchestratorInfo.Parser.ParseFrom(Replay.Hex(discovery.GetProperty("response"), "body_hex").AsSpan(5)).TicketParams;
        return new Rational(BigEndian.Read(terms.FaceValue.Span) * BigEndian.Read(terms.WinProb.Span), BigInteger.Pow(2, 256) - 1);
    }

    private static Address? SignerOf(byte[] hash, ByteString signature)
    {
        Assert.True(Signature.TryParse(signature.Span, out var parsed, out var why), why);
        return PersonalSign.Recover(hash, parsed);
    }

    /// <summary>The hash must follow from the seed and everything else; then both are left out of the comparison.</summary>
    private static void ReconcileParams(Address sender, OrchestratorInfo info)
    {
        var terms = info.TicketParams;
        Assert.InRange(terms.Seed.Length, 1, 32);
        var number = Rand.Of(
            BigEndian.Read(terms.Seed.Span),
            sender,
            BigEndian.Read(terms.FaceValue.Span),
            BigEndian.Read(terms.WinProb.Span),
            BigEndian.Read(terms.ExpirationBlock.Span),
            new Rational(info.PriceInfo.PricePerUnit, info.PriceInfo.PixelsPerUnit),
            ReceivedTicket.AuxDataOf(terms.ExpirationParams.CreationRound, Hash32.FromBytes(terms.ExpirationParams.CreationRoundBlockHash.Span)));
        Assert.Equal(RecipientRand.HashOf(number).ToByteArray(), terms.RecipientRandHash.ToByteArray());
        terms.Seed = terms.RecipientRandHash = ByteString.Empty;
    }
}
