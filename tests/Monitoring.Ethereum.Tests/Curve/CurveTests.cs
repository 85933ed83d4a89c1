using System.Globalization;
using System.Numerics;

namespace Monitoring.Ethereum.Tests.Curve;

/// <summary>The field and the curve against plain big-number arithmetic.</summary>
public sealed class CurveTests
{
    private static readonly BigInteger P = BigInteger.Pow(2, 256) - BigInteger.Pow(2, 32) - 977;

    [Fact]
    public void The_field_agrees_with_big_numbers_at_its_edges_and_at_random()
    {
        var random = new Random(20261120);
        List<BigInteger> values =
        [
            0, 1, 2, 977, P - 1, P - 2, P - 977, BigInteger.Pow(2, 64) - 1, BigInteger.Pow(2, 64), BigInteger.Pow(2, 128) - 1, BigInteger.Pow(2, 192),
            BigInteger.Pow(2, 255), P - BigInteger.Pow(2, 64), P - BigInteger.Pow(2, 192), (P + 1) / 2, BigInteger.Pow(2, 32) + 977, P - BigInteger.Pow(2, 32),
        ];
        for (var i = 0; i < 40; i++)
        {
            var bytes = new byte[32];
            random.NextBytes(bytes);
            values.Add(new BigInteger(bytes, isUnsigned: true) % P);
        }

        foreach (var a in values)
        {
            foreach (var b in values)
            {
                Assert.Equal((a + b) % P, Number(Field(a) + Field(b)));
                Assert.Equal(((a - b) % P + P) % P, Number(Field(a) - Field(b)));
                Assert.Equal(a * b % P, Number(Field(a) * Field(b)));
            }

            Assert.Equal(BigInteger.ModPow(a, P - 2, P), Number(Field(a).Inverse()));
            Assert.Equal(BigInteger.ModPow(a, (P - 1) / 2, P) <= 1, Field(a).TrySquareRoot(out _));
            Assert.True(Field(a).Square().TrySquareRoot(out var root));
            Assert.True(Number(root) == a || Number(root) == P - a);
        }
    }

    [Fact]
    public void Numbers_of_p_and_more_are_not_in_the_field()
    {
        Assert.True(FieldElement.TryRead(Bytes(P - 1), out _));
        Assert.False(FieldElement.TryRead(Bytes(P), out _));
        Assert.False(FieldElement.TryRead(Bytes(BigInteger.Pow(2, 256) - 1), out _));
    }

    // Multiples of the base point, x and y, from the usual published list.
    [Theory]
    [InlineData("1", "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798", "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8")]
    [InlineData("2", "c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5", "1ae168fea63dc339a3c58419466ceaeef7f632653266d0e1236431a950cfe52a")]
    [InlineData("3", "f9308a019258c31049344f85f89d5229b531c845836f99b08601f113bce036f9", "388f7b0f632de8140fe337e62a37f3566500a99934c2231b6cb9fd7584b8e672")]
    [InlineData("20", "4ce119c96e2fa357200b559b2f7dd5a5f02d5290aff74b03f3e471b273211c97", "12ba26dcb10ec1625da61fa10a844c676162948271d96967450288ee9233dc3a")]
    [InlineData("115792089237316195423570985008687907852837564279074904382605163141518161494336", "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798", "b7c52588d95c3b9aa25b0403f1eef75702e84bb7597aabe663b82f6f04ef2777")]
    public void Multiples_of_the_base_point_are_the_published_ones(string scalar, string x, string y)
    {
        var k = Bytes(BigInteger.Parse(scalar, CultureInfo.InvariantCulture));
        var point = PointMultiples.OfGenerator.Combine(k, new byte[32]).ToAffine();
        Assert.Equal(x, Convert.ToHexStringLower(Bytes(Number(point.X))));
        Assert.Equal(y, Convert.ToHexStringLower(Bytes(Number(point.Y))));
    }

    [Fact]
    public void The_order_times_the_base_point_is_infinity_and_infinity_is_neutral()
    {
        Assert.True(PointMultiples.OfGenerator.Combine(Bytes(Scalar.Order), new byte[32]).IsInfinity);
        Assert.True(PointMultiples.OfGenerator.Combine(new byte[32], new byte[32]).IsInfinity);
        Assert.True(PointMultiples.OfGenerator.Combine(Bytes(5), Bytes(Scalar.Order - 5)).IsInfinity);
        Assert.True((CurvePoint.Infinity + CurvePoint.Infinity).IsInfinity);
        Assert.True(CurvePoint.Infinity.Double().IsInfinity);
        Assert.Equal(CurvePoint.Generator.ToAffine(), (CurvePoint.Infinity + CurvePoint.Generator).ToAffine());
        Assert.Equal(CurvePoint.Generator.Double().ToAffine(), (CurvePoint.Generator + CurvePoint.Generator).ToAffine());
    }

    [Fact]
    public void A_point_off_the_curve_is_refused()
    {
        Assert.False(CurvePoint.TryCreate(FieldElement.One, FieldElement.One, out _));
        var (x, y) = CurvePoint.Generator.ToAffine();
        Assert.True(CurvePoint.TryCreate(x, y, out _));
        Assert.True(CurvePoint.TryLift(x, y.IsOdd, out var even));
        Assert.Equal((x, y), even.ToAffine());
        Assert.True(CurvePoint.TryLift(x, !y.IsOdd, out var odd));
        Assert.Equal((x, -y), odd.ToAffine());
    }

    private static FieldElement Field(BigInteger value) => FieldElement.TryRead(Bytes(value), out var element) ? element : throw new OverflowException();

    private static BigInteger Number(FieldElement element)
    {
        var bytes = new byte[32];
        element.WriteTo(bytes);
        return new BigInteger(bytes, isUnsigned: true, isBigEndian: true);
    }

    private static byte[] Bytes(BigInteger value)
    {
        var bytes = new byte[32];
        Scalar.Write(value, bytes);
        return bytes;
    }
}
