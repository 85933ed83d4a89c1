using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;

namespace Monitoring.Ethereum.Tests.Signing;

public sealed class LocalSignerTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318", "0x2c7536E3605D9C16a7a3D7b1898e529396a65c23")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000002", "0x2B5AD5c4795c026514f8317c7a215E218DcCD6cF")]
    [InlineData("8da4ef21b864d2cc526dbdb2a120bd2874c36c9d0a1fb7f8c63d7f7a8b41de8f", "0x63FaC9201494f0bd17B9892B9fae4d52fe3BD377")]
    [InlineData("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140", "0x80C0dbf239224071c59dD8970ab9d542E3414aB2")]
    public void A_key_has_its_address(string secret, string address)
    {
        using var signer = LocalSigner.FromPrivateKey(Convert.FromHexString(secret));
        Assert.Equal(Address.Parse(address), signer.Address);
        Assert.Equal(address, signer.ToString());
    }

    [Fact]
    public async Task What_it_signs_recovers_to_it_with_low_s_and_both_values_of_v()
    {
        using var signer = Any();
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
    public void The_highest_and_the_lowest_digest_are_signed_too()
    {
        using var signer = Any();
        foreach (var fill in new byte[] { 0x00, 0xff })
        {
            var digest = Enumerable.Repeat(fill, 32).ToArray();
            Assert.Equal(signer.Address, Recovery.Recover(digest, signer.Sign(digest)));
        }
    }

    [Fact]
    public void Many_threads_may_sign_at_once()
    {
        using var signer = Any();
        Parallel.For(0, 200, i =>
        {
            var digest = Keccak256.Hash(BitConverter.GetBytes(i));
            Assert.Equal(signer.Address, Recovery.Recover(digest, signer.Sign(digest)));
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
        var refusal = Assert.Throws<ArgumentException>(() => LocalSigner.FromPrivateKey(Convert.FromHexString(secret)));
        if (secret.Length > 4) Assert.DoesNotContain(secret, refusal.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_digest_of_another_length_is_refused()
    {
        using var signer = Any();
        await Assert.ThrowsAsync<ArgumentException>(async () => await signer.SignHashAsync(new byte[31], Cancel));
    }

    [Fact]
    public async Task A_cancelled_caller_gets_no_signature()
    {
        using var signer = Any();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await signer.SignPersonalAsync(new byte[32], new CancellationToken(true)));
    }

    [Fact]
    public void Impossible_signatures_recover_to_nobody()
    {
        var order = Convert.FromHexString("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");
        var one = new byte[32];
        one[31] = 1;
        var five = new byte[32];
        five[31] = 5; // No point of the curve has x = 5.
        Assert.Null(PersonalSign.Recover([], default));
        Assert.Null(PersonalSign.Recover([], Of(new byte[32], one)));
        Assert.Null(PersonalSign.Recover([], Of(one, new byte[32])));
        Assert.Null(PersonalSign.Recover([], Of(order, one)));
        Assert.Null(PersonalSign.Recover([], Of(Enumerable.Repeat((byte)0xff, 32).ToArray(), one)));
        Assert.Null(PersonalSign.Recover([], Of(five, one)));
        Assert.NotNull(PersonalSign.Recover([], Of(one, one)));
    }

    [Fact]
    public void A_signature_that_would_need_the_point_at_infinity_recovers_to_nobody()
    {
        // With R = G, r its x and s = z there is s R - z G = 0.
        var r = Convert.FromHexString("79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798");
        var z = new byte[32];
        z[31] = 7;
        Assert.Null(Recovery.Recover(z, Of(r, z)));
    }

    [Fact]
    public void The_limit_of_s_is_half_the_order()
    {
        var half = BigInteger.Parse("07fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0", NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        var bytes = new byte[65];
        bytes[64] = 27;
        Scalar.Write(half, bytes.AsSpan(32, 32));
        Assert.True(Signature.TryParse(bytes, out _, out _));
        Scalar.Write(half + 1, bytes.AsSpan(32, 32));
        Assert.False(Signature.TryParse(bytes, out _, out _));
        Assert.Equal(half, Scalar.HalfOrder);
    }

    private static LocalSigner Any() => LocalSigner.FromPrivateKey(Convert.FromHexString("4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318"));

    private static Signature Of(byte[] r, byte[] s) => Signature.TryParse([.. r, .. s, 27], out var signature, out var why) ? signature : throw new FormatException(why);
}
