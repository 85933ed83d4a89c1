using System.Text;

namespace Monitoring.Ethereum.Tests.Keys;

public sealed class ScryptTests
{
    // RFC 7914, section 12. The fourth, with a gibibyte of memory, is beyond what this implementation spends.
    [Theory]
    [InlineData("", "", 16, 1, 1, "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906")]
    [InlineData("password", "NaCl", 1024, 8, 16, "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640")]
    [InlineData("pleaseletmein", "SodiumChloride", 16384, 8, 1, "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887")]
    public void The_vectors_of_the_rfc_come_out(string password, string salt, int n, int r, int p, string expected) =>
        Assert.Equal(expected, Convert.ToHexStringLower(Scrypt.DeriveKey(Encoding.ASCII.GetBytes(password), Encoding.ASCII.GetBytes(salt), n, r, p, 64)));

    [Theory]
    [InlineData(0, 8, 1, "n is 0")]
    [InlineData(1, 8, 1, "n is 1")]
    [InlineData(1000, 8, 1, "n is 1000")]
    [InlineData(1L << 32, 8, 1, "power of two")]
    [InlineData(1024, 0, 1, "r is 0")]
    [InlineData(1024, 1L << 40, 1, "r is")]
    [InlineData(1024, 8, 0, "p is 0")]
    [InlineData(1024, 8, 1 << 30, "p is")]
    [InlineData(1 << 20, 8, 1, "MiB")]
    [InlineData(1 << 18, 8, 64, "too long")]
    public void Parameters_outside_the_standard_or_our_means_are_refused_by_name(long n, long r, long p, string why)
    {
        Assert.False(Scrypt.Accepts(n, r, p, out var said));
        Assert.Contains(why, said, StringComparison.Ordinal);
    }

    [Fact]
    public void The_costs_of_the_usual_wallets_are_accepted()
    {
        Assert.True(Scrypt.Accepts(262144, 8, 1, out _));
        Assert.True(Scrypt.Accepts(262144, 1, 8, out _));
        Assert.True(Scrypt.Accepts(4096, 8, 6, out _));
        Assert.Throws<ArgumentException>(() => Scrypt.DeriveKey([], [], 3, 1, 1, 32));
    }
}
