using Monitoring.Core;

namespace Monitoring.Ethereum.Tests.Addresses;

public sealed class AddressTests
{
    public static TheoryData<string> Eip55Examples =>
    [
        "0x52908400098527886E0F7030069857D2E4169EE7",
        "0x8617E340B3D01FA5F11F306F4090FD50E238070D",
        "0xde709f2102306220921060314715629080e2fb77",
        "0x27b1fdb04752bbc536007a920d24acb045561c26",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
        "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
    ];

    [Theory]
    [MemberData(nameof(Eip55Examples))]
    public void The_published_checksums_are_written_and_read(string text)
    {
        Assert.Equal(text, Address.Parse(text).ToChecksumString());
        Assert.Equal(Address.Parse(text), Address.Parse(text.ToLowerInvariant()));
        Assert.Equal(Address.Parse(text), Address.Parse("0x" + text[2..].ToUpperInvariant()));
        Assert.Equal(text, Address.Parse(text.ToLowerInvariant()).ToString());
    }

    [Theory]
    [InlineData("0x5aaeb6053F3E94C9b9A09f33669435E7Ef1BeAed")]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD")]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAee")]
    public void A_wrong_checksum_is_refused_and_named(string text)
    {
        Assert.False(Address.TryParse(text, out _));
        Assert.Contains("checksum", Assert.Throws<FormatException>(() => Address.Parse(text)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0x")]
    [InlineData("5aaeb6053f3e94c9b9a09f33669435e7ef1beaed")]
    [InlineData("0X5aaeb6053f3e94c9b9a09f33669435e7ef1beaed")]
    [InlineData("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beae")]
    [InlineData("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed0")]
    [InlineData("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaeg")]
    [InlineData(" 0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed")]
    public void Anything_else_is_not_an_address(string text)
    {
        Assert.False(Address.TryParse(text, out _));
        Assert.Throws<FormatException>(() => Address.Parse(text));
    }

    [Fact]
    public void Nothing_is_not_an_address() => Assert.False(Address.TryParse(null, out _));

    [Fact]
    public void The_keys_of_the_vectors_have_their_checksums()
    {
        var keys = Fixtures.Json("livepeer-vectors.json").GetProperty("keys");
        foreach (var key in keys.EnumerateObject())
        {
            var text = key.Value.GetProperty("address").GetString()!;
            Assert.Equal(text, Address.FromBytes(Convert.FromHexString(text[2..])).ToChecksumString());
        }
    }

    [Fact]
    public void Bytes_go_in_and_come_out_in_order()
    {
        var bytes = Enumerable.Range(1, 20).Select(i => (byte)i).ToArray();
        Assert.Equal(bytes, Address.FromBytes(bytes).ToByteArray());
        Assert.Throws<ArgumentException>(() => Address.FromBytes(bytes.AsSpan(1)));
        Assert.Throws<ArgumentException>(() => Address.Zero.WriteTo(new byte[19]));
        Assert.Equal(new byte[20], Address.Zero.ToByteArray());
    }

    [Fact]
    public void Each_byte_tells_addresses_apart()
    {
        for (var i = 0; i < 20; i++)
        {
            var bytes = new byte[20];
            bytes[i] = 1;
            Assert.NotEqual(Address.Zero, Address.FromBytes(bytes));
        }
    }

    [Fact]
    public void An_orchestrators_id_and_its_address_are_the_same_bytes()
    {
        var address = Address.Parse("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed");
        Assert.Equal(OrchestratorId.Parse("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"), address.ToOrchestratorId());
        Assert.Equal(address, Address.From(address.ToOrchestratorId()));
        Assert.Equal(Address.Zero, Address.From(default));
    }

    [Fact]
    public void A_uri_stands_for_the_last_20_bytes_of_its_hash()
    {
        const string uri = "https://orchestrator.example:8935";
        Assert.Equal(Hashing.SlowKeccak.Hash(System.Text.Encoding.UTF8.GetBytes(uri))[12..], Address.FromUri(uri).ToByteArray());
        Assert.Equal("0xdcc703c0e500b653ca82273b7bfad8045d85a470", Address.FromUri("").ToOrchestratorId().Text);
        Assert.NotEqual(Address.FromUri(uri), Address.FromUri(uri + "/"));
    }
}
