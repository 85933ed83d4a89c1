namespace Monitoring.Web.Tests;

public sealed class GoFloatTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("-5", -5)]
    [InlineData("+5", 5)]
    [InlineData("1.5", 1.5)]
    [InlineData(".5", 0.5)]
    [InlineData("5.", 5)]
    [InlineData("1e9", 1e9)]
    [InlineData("1E+9", 1e9)]
    [InlineData("25e-1", 2.5)]
    [InlineData("1_000", 1000)]
    [InlineData("0x1p3", 8)]
    [InlineData("0X1.8P1", 3)]
    [InlineData("-0x.8p0", -0.5)]
    [InlineData("0x_10p-4", 1)]
    [InlineData("1e-999", 0)]
    [InlineData("Inf", double.PositiveInfinity)]
    [InlineData("+infinity", double.PositiveInfinity)]
    [InlineData("-INF", double.NegativeInfinity)]
    [InlineData("NaN", double.NaN)]
    public void What_go_parses_is_parsed(string text, double expected)
    {
        Assert.True(GoFloat.TryParse(text, out var value, out var problem), problem);
        Assert.Equal(expected, value);
    }

    [Theory]
    [InlineData("abc")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("1,5")]
    [InlineData("1e")]
    [InlineData("1e+")]
    [InlineData("e5")]
    [InlineData(".")]
    [InlineData("+")]
    [InlineData("1.2.3")]
    [InlineData("_1")]
    [InlineData("1_")]
    [InlineData("1__0")]
    [InlineData("1_.5")]
    [InlineData("0x1")]
    [InlineData("0xp1")]
    [InlineData("0x1g")]
    [InlineData("+nan")]
    [InlineData("infinit")]
    [InlineData("１")]
    [InlineData("(1)")]
    public void What_go_refuses_is_refused_in_its_words(string text)
    {
        Assert.False(GoFloat.TryParse(text, out _, out var problem));
        Assert.Equal($"strconv.ParseFloat: parsing \"{text}\": invalid syntax", problem);
    }

    [Theory]
    [InlineData("1e999")]
    [InlineData("-1e999")]
    [InlineData("1e99999999999999999999")]
    [InlineData("0x1p99999")]
    public void What_no_double_holds_is_out_of_range(string text)
    {
        Assert.False(GoFloat.TryParse(text, out _, out var problem));
        Assert.Equal($"strconv.ParseFloat: parsing \"{text}\": value out of range", problem);
    }

    [Fact]
    public void Quotes_and_control_characters_are_escaped()
    {
        Assert.False(GoFloat.TryParse("a\"b\\\n\u0001", out _, out var problem));
        Assert.Equal("strconv.ParseFloat: parsing \"a\\\"b\\\\\\n\\u0001\": invalid syntax", problem);
    }

    [Fact]
    public void Random_text_never_throws()
    {
        var random = new Random(7);
        const string letters = "0123456789abcdefxXpPeE+-._infINF \u00e9";
        for (var i = 0; i < 50_000; i++)
        {
            var text = new string([.. Enumerable.Range(0, random.Next(12)).Select(_ => letters[random.Next(letters.Length)])]);
            if (GoFloat.TryParse(text, out var value, out var problem)) Assert.Equal("", problem);
            else Assert.StartsWith("strconv.ParseFloat: parsing \"", problem, StringComparison.Ordinal);
            _ = value;
        }
    }
}
