using System.Text;

namespace Monitoring.Ethereum.Tests.Transactions;

/// <summary>The examples that every description of the encoding shows.</summary>
public sealed class RlpTests
{
    [Fact]
    public void Texts_are_encoded_as_published()
    {
        Assert.Equal("83646f67", Hex(Rlp.Bytes("dog"u8)));
        Assert.Equal("80", Hex(Rlp.Bytes([])));
        Assert.Equal("00", Hex(Rlp.Bytes([0])));
        Assert.Equal("7f", Hex(Rlp.Bytes([0x7f])));
        Assert.Equal("8180", Hex(Rlp.Bytes([0x80])));
        const string text = "Lorem ipsum dolor sit amet, consectetur adipisicing elit";
        Assert.Equal("b838" + Hex(Encoding.ASCII.GetBytes(text)), Hex(Rlp.Bytes(Encoding.ASCII.GetBytes(text))));
    }

    [Theory]
    [InlineData(0, "80")]
    [InlineData(15, "0f")]
    [InlineData(127, "7f")]
    [InlineData(128, "8180")]
    [InlineData(1024, "820400")]
    [InlineData(1000000, "830f4240")]
    public void Numbers_are_encoded_as_published(long number, string expected) => Assert.Equal(expected, Hex(Rlp.Number(number)));

    [Fact]
    public void Lists_are_encoded_as_published()
    {
        Assert.Equal("c88363617483646f67", Hex(Rlp.List(Rlp.Bytes("cat"u8), Rlp.Bytes("dog"u8))));
        Assert.Equal("c0", Hex(Rlp.List()));
        Assert.Equal("c7c0c1c0c3c0c1c0", Hex(Rlp.List(Rlp.List(), Rlp.List(Rlp.List()), Rlp.List(Rlp.List(), Rlp.List(Rlp.List())))));
    }

    [Theory]
    [InlineData(55, "b7")]
    [InlineData(56, "b838")]
    [InlineData(255, "b8ff")]
    [InlineData(256, "b90100")]
    [InlineData(65536, "ba010000")]
    public void Lengths_change_form_where_they_should(int length, string header) =>
        Assert.Equal(header, Hex(Rlp.Bytes(new byte[length])[..(header.Length / 2)]));

    [Fact]
    public void Negative_numbers_are_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => Rlp.Number(-1));

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
