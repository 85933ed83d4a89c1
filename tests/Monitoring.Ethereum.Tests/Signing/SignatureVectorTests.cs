using System.Text.Json;

namespace Monitoring.Ethereum.Tests.Signing;

public sealed class SignatureVectorTests
{
    [Fact]
    public void The_published_signature_recovers_to_its_address()
    {
        var vector = Fixtures.Vector("sig-ecrecover-ok");
        var message = Fixtures.Hex(vector.GetProperty("input").GetProperty("message"));
        Assert.True(Signature.TryParse(Fixtures.Hex(vector.GetProperty("input").GetProperty("signature")), out var signature, out var why), why);
        Assert.Equal(Fixtures.Hex(vector.GetProperty("expect").GetProperty("digest")), PersonalSign.Digest(message));
        Assert.Equal(Address.Parse(vector.GetProperty("expect").GetProperty("address").GetString()!), PersonalSign.Recover(message, signature));
    }

    [Fact]
    public void Another_message_recovers_to_somebody_else()
    {
        var vector = Fixtures.Vector("sig-wrong-message");
        Assert.True(Signature.TryParse(Fixtures.Hex(vector.GetProperty("input").GetProperty("signature")), out var signature, out _));
        var recovered = PersonalSign.Recover(Fixtures.Hex(vector.GetProperty("input").GetProperty("message")), signature);
        Assert.NotNull(recovered);
        Assert.NotEqual(Address.Parse(vector.GetProperty("expect").GetProperty("recovers_other_than").GetString()!), recovered);
    }

    [Theory]
    [InlineData("sig-length")]
    [InlineData("sig-high-s")]
    [InlineData("sig-bad-v")]
    public void A_malformed_signature_is_refused_with_the_protocols_words(string id)
    {
        var vector = Fixtures.Vector(id);
        Assert.False(Signature.TryParse(Fixtures.Hex(vector.GetProperty("input").GetProperty("signature")), out _, out var why));
        Assert.Equal(vector.GetProperty("expect").GetProperty("error").GetString(), why);
    }

    [Fact]
    public void The_ticket_of_the_real_network_recovers_to_its_sender()
    {
        var vector = Fixtures.Vector("golden-ticket-end-to-end");
        var sender = Address.Parse(vector.GetProperty("expect").GetProperty("recoveredSender").GetString()!);
        var hash = Fixtures.Hex(vector.GetProperty("expect").GetProperty("ticketHash"));
        Assert.True(Signature.TryParse(Fixtures.Hex(vector.GetProperty("input").GetProperty("sig")), out var signature, out var why), why);
        Assert.Equal(Fixtures.Hex(vector.GetProperty("expect").GetProperty("personalSignDigest")), PersonalSign.Digest(hash));
        Assert.Equal(sender, PersonalSign.Recover(hash, signature));
    }

    [Fact]
    public void Every_ticket_signature_of_the_recording_recovers_to_the_gateway()
    {
        var recording = Fixtures.Json("orchestrator-recording.json").GetProperty("onchain");
        var gateway = Address.Parse(recording.GetProperty("about").GetProperty("gateway_address").GetString()!);
        var (good, bad) = (0, 0);
        foreach (var ticket in recording.GetProperty("ticket_vectors").EnumerateArray().Where(p => p.TryGetProperty("tickets", out _)).SelectMany(p => p.GetProperty("tickets").EnumerateArray()))
        {
            Assert.True(Signature.TryParse(Fixtures.Hex(ticket.GetProperty("sig")), out var signature, out var why), why);
            var hash = Fixtures.Hex(ticket.GetProperty("ticket_hash"));
            Assert.Equal(Fixtures.Hex(ticket.GetProperty("signed_digest")), PersonalSign.Digest(hash));
            if (ticket.GetProperty("sig_verifies").GetBoolean())
            {
                Assert.Equal(gateway, PersonalSign.Recover(hash, signature));
                good++;
            }
            else
            {
                Assert.NotEqual(gateway, PersonalSign.Recover(hash, signature));
                bad++;
            }
        }

        Assert.True(good > 20, $"Only {good} signatures were found.");
        Assert.Equal(1, bad);
    }

    [Fact]
    public void Every_segment_signature_of_the_recording_recovers_to_the_gateway()
    {
        var recording = Fixtures.Json("orchestrator-recording.json").GetProperty("onchain");
        var gateway = Address.Parse(recording.GetProperty("about").GetProperty("gateway_address").GetString()!);
        var count = 0;
        foreach (var exchange in recording.GetProperty("exchanges").EnumerateArray())
        {
            if (!exchange.GetProperty("request").TryGetProperty("segment_credentials", out var credentials)) continue;
            Assert.True(Signature.TryParse(Fixtures.Hex(credentials.GetProperty("sig")), out var signature, out var why), why);
            var hash = Fixtures.Hex(credentials.GetProperty("flatten_keccak256"));
            Assert.Equal(Fixtures.Hex(credentials.GetProperty("signed_digest")), PersonalSign.Digest(hash));
            Assert.Equal(exchange.GetProperty("name").GetString() != "neg-segment-bad-sig", gateway == PersonalSign.Recover(hash, signature));
            count++;
        }

        Assert.True(count > 15, $"Only {count} signatures were found.");
    }

    [Fact]
    public void The_result_signatures_of_the_recording_recover_to_the_orchestrator()
    {
        var recording = Fixtures.Json("orchestrator-recording.json").GetProperty("onchain");
        var about = recording.GetProperty("about");
        var orchestrator = Address.Parse("0x63FaC9201494f0bd17B9892B9fae4d52fe3BD377");
        foreach (var name in new[] { "transcode_result_sig_0", "transcode_result_sig_1" })
        {
            var result = about.GetProperty(name);
            Assert.True(Signature.TryParse(Fixtures.Hex(result.GetProperty("sig")), out var signature, out _));
            Assert.Equal(orchestrator, PersonalSign.Recover(Fixtures.Hex(result.GetProperty("keccak256(concat(keccak256(rendition_i)))")), signature));
        }
    }

    [Theory]
    [InlineData("ticket-batch")]
    [InlineData("transcode-result")]
    [InlineData("segdata")]
    public void The_derived_signatures_recover_to_the_keys_that_made_them(string id)
    {
        var vector = Fixtures.Vector(id);
        var key = vector.GetProperty("input").GetProperty("key").GetString()!;
        var address = Address.Parse(Fixtures.Json("livepeer-vectors.json").GetProperty("keys").GetProperty(key).GetProperty("address").GetString()!);
        var count = 0;
        foreach (var holder in Objects(vector).Where(o => o.TryGetProperty("personal_sign_digest", out _) && o.TryGetProperty("signature", out _)))
        {
            Assert.True(Signature.TryParse(Fixtures.Hex(holder.GetProperty("signature")), out var signature, out _));
            Assert.Equal(address, Recovery.Recover(Fixtures.Hex(holder.GetProperty("personal_sign_digest")), signature));
            count++;
        }

        Assert.True(count > 0);
    }

    private static IEnumerable<JsonElement> Objects(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(m => Objects(m.Value)).Prepend(element),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Objects),
        _ => [],
    };
}
