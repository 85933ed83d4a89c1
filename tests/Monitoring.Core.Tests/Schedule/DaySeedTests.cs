using System.Text;

namespace Monitoring.Core.Tests;

/// <summary>Known answers computed with another implementation of HMAC-SHA256 (Python's).</summary>
public sealed class DaySeedTests
{
    private static readonly byte[] Secret = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
    private static readonly DateOnly Day = new(2026, 11, 20);

    [Fact]
    public void The_commitment_is_the_hash_of_the_secret() =>
        Assert.Equal("630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd", DaySeed.Commitment(Secret));

    [Fact]
    public void The_secret_of_a_day_follows_from_the_master_secret() => Assert.Equal(
        "763c314c408d565ed0edc2154dc1d8a893c7045af455015734b8d5f91ccb64ca",
        Convert.ToHexStringLower(DaySeed.SecretOf("master secret of the instrument."u8, Day)));

    [Fact]
    public void The_anchor_without_a_chain_is_the_date() => Assert.Equal("2026-11-20", Encoding.ASCII.GetString(DaySeed.DateAnchor(Day)));

    [Fact]
    public void The_draws_of_a_day_are_known()
    {
        var draws = DaySeed.From(Secret, DaySeed.DateAnchor(Day)).Sequence("slots host:8935");
        Assert.Equal([511823, 49668, 543278, 613699, 67183, 215533, 651216, 144117], Enumerable.Range(0, 8).Select(_ => draws.Below(1_000_003)));
    }

    [Fact]
    public void The_same_seed_and_label_give_the_same_draws_and_another_gives_others()
    {
        long[] Of(byte[] secret, string anchor, string label)
        {
            var draws = DaySeed.From(secret, Encoding.ASCII.GetBytes(anchor)).Sequence(label);
            return [.. Enumerable.Range(0, 9).Select(_ => draws.Below(long.MaxValue))];
        }

        byte[] other = [.. Secret.Reverse()];
        Assert.Equal(Of(Secret, "a", "l"), Of(Secret, "a", "l"));
        Assert.NotEqual(Of(Secret, "a", "l"), Of(other, "a", "l"));
        Assert.NotEqual(Of(Secret, "a", "l"), Of(Secret, "b", "l"));
        Assert.NotEqual(Of(Secret, "a", "l"), Of(Secret, "a", "m"));
    }

    [Fact]
    public void Draws_are_uniform_below_their_bound()
    {
        var draws = DaySeed.From(Secret, "x"u8).Sequence("uniform");
        var bins = new int[7];
        for (var i = 0; i < 70_000; i++) bins[draws.Below(7)]++;
        Assert.True(ChiSquare.OfUniform(bins) < 30, string.Join(' ', bins));
        Assert.Equal(0, draws.Below(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => draws.Below(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => draws.Below(-1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public void A_secret_has_32_bytes(int length) => Assert.Throws<ArgumentException>(() => DaySeed.From(new byte[length], "x"u8));
}
