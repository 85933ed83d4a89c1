namespace Monitoring.Core.Tests;

public sealed class OutcomeCleanTests
{
    [Theory]
    [InlineData(null, "")]
    [InlineData("", "")]
    [InlineData("  plain text  ", "plain text")]
    [InlineData("two\nlines\r\n and\ttab", "two lines   and tab")]
    [InlineData("\u001b[31mred\u0007", "[31mred")]
    [InlineData("a\u2028b\u2029c\u00a0d", "a b c d")]
    [InlineData("left\u202eright\u200bzero\ufeffmark", "leftrightzeromark")]
    [InlineData("São Paulo 東京", "São Paulo 東京")]
    public void A_strangers_text_becomes_one_printable_line(string? text, string cleaned) => Assert.Equal(cleaned, Outcome.Clean(text));

    [Fact]
    public void Surrogates_go_in_pairs_and_alone() => Assert.Equal("lone  and  paired", Outcome.Clean("lone \ud800 and \udfff paired \U0001F600"));

    [Fact]
    public void It_is_cut_to_the_longest_detail()
    {
        Assert.Equal(Outcome.MaximumDetail, Outcome.Clean(new string('x', 300)).Length);
        Assert.Equal(Outcome.MaximumDetail, Outcome.Clean(new string('x', 100_000)).Length);
        Assert.Equal("", Outcome.Clean(new string('\u200b', 100_000)));
    }

    [Fact]
    public void Whatever_it_is_given_it_yields_printable_text_of_bounded_length()
    {
        var random = new SplitMix(Seed.Of("MONITORING_SEED"));
        for (var run = 0; run < 2_000; run++)
        {
            var text = new string([.. Enumerable.Range(0, random.Below(600)).Select(_ => (char)random.Below(65_536))]);
            var clean = Outcome.Clean(text);
            Assert.True(clean.Length <= Outcome.MaximumDetail, $"seed {random.Origin}");
            Assert.DoesNotContain(clean, c => char.IsControl(c) || char.IsSurrogate(c));
            Assert.Equal(clean, Outcome.Clean(clean));
        }
    }
}
