using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace Monitoring.Ethereum.Tests.Rpc;

public sealed class RpcHexTests
{
    [Theory]
    [InlineData("0x0", "0")]
    [InlineData("0x41", "65")]
    [InlineData("0xA4b1", "42161")]
    [InlineData("0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "115792089237316195423570985008687907853269984665640564039457584007913129639935")]
    public void Quantities_are_read_and_written(string text, string number)
    {
        var expected = BigInteger.Parse(number, CultureInfo.InvariantCulture);
        Assert.Equal(expected, RpcHex.Quantity(Json(text)));
        Assert.Equal(text.ToLowerInvariant(), RpcHex.Write(expected));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0x")]
    [InlineData("0")]
    [InlineData("41")]
    [InlineData("0x041")]
    [InlineData("0x00")]
    [InlineData("0X41")]
    [InlineData("0x-1")]
    [InlineData("0x4 1")]
    [InlineData("-0x41")]
    [InlineData("0x1ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    public void Anything_else_is_no_quantity(string text) => Assert.Throws<FormatException>(() => RpcHex.Quantity(Json(text)));

    [Fact]
    public void Data_has_two_digits_a_byte()
    {
        Assert.Equal([], RpcHex.Data(Json("0x")));
        Assert.Equal([0x00, 0xAb], RpcHex.Data(Json("0x00aB")));
        foreach (var bad in new[] { "", "0", "0x0", "00", "0x0g", "0x000" }) Assert.Throws<FormatException>(() => RpcHex.Data(Json(bad)));
        Assert.Throws<FormatException>(() => RpcHex.Hash(Json("0x00")));
    }

    [Fact]
    public void A_number_beyond_63_bits_is_refused()
    {
        Assert.Equal(long.MaxValue, RpcHex.Int64(Json("0x7fffffffffffffff")));
        Assert.Throws<FormatException>(() => RpcHex.Int64(Json("0x8000000000000000")));
    }

    private static JsonElement Json(string text) => JsonSerializer.SerializeToElement(text);
}
