using System.Globalization;
using System.Numerics;

namespace Monitoring.Ethereum.Tests.Signing;

public sealed class LocalSignerTests : SignerContract
{
    protected override ISigner Open(ReadOnlySpan<byte> secret) => LocalSigner.FromPrivateKey(secret);

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

    private static Signature Of(byte[] r, byte[] s) => Signature.TryParse([.. r, .. s, 27], out var signature, out var why) ? signature : throw new FormatException(why);
}
