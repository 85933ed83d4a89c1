using System.Security.Cryptography;
using System.Text.Json;

namespace Monitoring.Ethereum.Tests.Signing;

/// <summary>What every adapter of <see cref="ISigner"/> with a key of its own does; the tests of a project run it on their adapters.</summary>
public abstract class SignerContract
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    /// <summary>A signer of the adapter that is tested; the key's bytes are wiped when it returns.</summary>
    protected abstract ISigner Open(ReadOnlySpan<byte> secret);

    [Theory]
    [InlineData("4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318", "0x2c7536E3605D9C16a7a3D7b1898e529396a65c23")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000002", "0x2B5AD5c4795c026514f8317c7a215E218DcCD6cF")]
    [InlineData("8da4ef21b864d2cc526dbdb2a120bd2874c36c9d0a1fb7f8c63d7f7a8b41de8f", "0x63FaC9201494f0bd17B9892B9fae4d52fe3BD377")]
    [InlineData("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140", "0x80C0dbf239224071c59dD8970ab9d542E3414aB2")]
    public void A_key_has_its_address(string secret, string address)
    {
        var signer = Create(Convert.FromHexString(secret));
        Assert.Equal(Address.Parse(address), signer.Address);
        Assert.Equal(address, signer.ToString());
    }

    [Fact]
    public async Task What_it_signs_recovers_to_it_with_low_s_and_both_values_of_v()
    {
        var signer = Any();
        var seen = new HashSet<byte>();
        for (var i = 0; i < 64; i++)
        {
            var message = RandomNumberGenerator.GetBytes(i);
            var personal = await signer.SignPersonalAsync(message, Cancel);
            Assert.True(Signature.TryParse(personal.ToBytes(), out var parsed, out var why), why);
            Assert.Equal(personal, parsed);
            Assert.Equal(signer.Address, PersonalSign.Recover(message, personal));

            var digest = RandomNumberGenerator.GetBytes(32);
            var raw = await signer.SignHashAsync(digest, Cancel);
            Assert.Equal(signer.Address, Recovery.Recover(digest, raw));
            seen.Add(personal.V);
        }

        Assert.Equal(2, seen.Count);
    }

    [Fact]
    public async Task The_highest_and_the_lowest_digest_are_signed_too()
    {
        var signer = Any();
        foreach (var fill in new byte[] { 0x00, 0xff })
        {
            var digest = Enumerable.Repeat(fill, 32).ToArray();
            var signature = await signer.SignHashAsync(digest, Cancel);
            Assert.Equal(signer.Address, Recovery.Recover(digest, signature));
        }
    }

    [Fact]
    public async Task Many_threads_may_sign_at_once()
    {
        var signer = Any();
        await Parallel.ForEachAsync(Enumerable.Range(0, 200), Cancel, async (i, _) =>
        {
            var digest = Keccak256.Hash(BitConverter.GetBytes(i));
            var signature = await signer.SignHashAsync(digest, Cancel);
            Assert.Equal(signer.Address, Recovery.Recover(digest, signature));
        });
    }

    [Theory]
    [InlineData("")]
    [InlineData("01")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141")]
    [InlineData("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    [InlineData("004c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318")]
    public void What_is_no_key_is_refused_without_being_repeated(string secret)
    {
        var refusal = Assert.Throws<ArgumentException>(() => Create(Convert.FromHexString(secret)));
        if (secret.Length > 4) Assert.DoesNotContain(secret, refusal.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_digest_of_another_length_is_refused()
    {
        var signer = Any();
        await Assert.ThrowsAsync<ArgumentException>(async () => await signer.SignHashAsync(new byte[31], Cancel));
    }

    [Fact]
    public async Task A_cancelled_caller_gets_no_signature()
    {
        var signer = Any();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await signer.SignPersonalAsync(new byte[32], new CancellationToken(true)));
    }

    [Fact]
    public async Task A_recorded_ticket_is_signed_so_that_the_contract_would_pay_it()
    {
        // The 32 bytes of a ticket's hash are the message: they are not hashed again before the prefix.
        var vector = Fixtures.Vector("golden-ticket-end-to-end");
        var hash = Fixtures.Hex(vector.GetProperty("expect").GetProperty("ticketHash"));
        var signer = Any();
        var signature = await signer.SignPersonalAsync(hash, Cancel);
        Assert.Equal(signer.Address, PersonalSign.Recover(hash, signature));
        Assert.Equal(signer.Address, Recovery.Recover(Fixtures.Hex(vector.GetProperty("expect").GetProperty("personalSignDigest")), signature));
    }

    [Fact]
    public void Its_text_is_its_address_and_nothing_public_gives_the_key_away()
    {
        var signer = Any();
        Assert.Equal(signer.Address.ToChecksumString(), signer.ToString());
        Assert.DoesNotContain("4c0883a6", JsonSerializer.Serialize(signer, signer.GetType()), StringComparison.OrdinalIgnoreCase);
        Assert.Equal([nameof(ISigner.Address)], signer.GetType().GetProperties().Select(p => p.Name));
        Assert.DoesNotContain(signer.GetType().GetFields(), f => !f.IsLiteral);
    }

    private ISigner Create(byte[] secret)
    {
        try
        {
            return Open(secret);
        }
        finally
        {
            // Whoever keeps the caller's array instead of a copy signs with zeros from here on.
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    private ISigner Any() => Create(Convert.FromHexString("4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318"));
}
