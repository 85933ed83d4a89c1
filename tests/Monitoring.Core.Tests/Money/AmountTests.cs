using System.Numerics;
using System.Text.Json;

namespace Monitoring.Core.Tests.Money;

public sealed class AmountTests
{
    [Theory]
    [InlineData("1/2", "0.50000")]
    [InlineData("2/3", "0.66667")]
    [InlineData("-2/3", "-0.66667")]
    [InlineData("101/1", "101.00000")]
    [InlineData("1/200000", "0.00001")]
    [InlineData("-1/1000000", "0.00000")]
    public void Decimals_are_rounded_half_away_from_zero(string fraction, string expected) => Assert.Equal(expected, Rational.Parse(fraction).ToDecimalString(5));

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("1/")]
    [InlineData("/1")]
    [InlineData("1/0")]
    [InlineData("1/-2")]
    [InlineData("1.5")]
    [InlineData("1/2/3")]
    [InlineData("0x10")]
    [InlineData(" 1")]
    public void What_is_no_fraction_is_refused(string text)
    {
        Assert.False(Rational.TryParse(text, out _));
        Assert.Throws<FormatException>(() => Rational.Parse(text));
    }

    [Fact]
    public void A_text_without_end_is_not_read()
    {
        Assert.True(Rational.TryParse(new string('9', Rational.MaximumText), out _));
        Assert.False(Rational.TryParse(new string('9', Rational.MaximumText + 1), out _));
    }

    [Theory]
    [InlineData("7", "7")]
    [InlineData("14/2", "7")]
    [InlineData("-7/14", "-1/2")]
    public void A_fraction_is_a_text_in_json(string text, string expected)
    {
        var json = JsonSerializer.Serialize(Rational.Parse(text));
        Assert.Equal($"\"{expected}\"", json);
        Assert.Equal(Rational.Parse(text), JsonSerializer.Deserialize<Rational>(json));
    }

    [Fact]
    public void An_allowance_is_digits_in_json_and_survives()
    {
        var now = new DateTimeOffset(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);
        var job = new TestJob
        {
            Id = TestId.OnDemand("1"), Orchestrator = OrchestratorId.Parse($"0x{1:x40}"), Region = RegionId.Parse("MDW"), ServiceUri = "https://a:1", NotBefore = now, NotAfter = now, Deadline = now,
            Allowance = BigInteger.Pow(2, 200),
        };
        var json = JsonSerializer.Serialize(job);
        Assert.Contains("\"Allowance\":\"1606938044258990275541962092341162602522202993782792835301376\"", json, StringComparison.Ordinal);
        Assert.Equal(job, JsonSerializer.Deserialize<TestJob>(json));
        Assert.Null(JsonSerializer.Deserialize<TestJob>(JsonSerializer.Serialize(job with { Allowance = null }))!.Allowance);
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<TestJob>(json.Replace("1606938", "x", StringComparison.Ordinal)));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<TestJob>(json.Replace("1606938", new string('1', 200), StringComparison.Ordinal)));
    }

    [Fact]
    public void A_spend_is_exact_and_its_wei_round_up()
    {
        var spend = new Spend(new Rational(1, 3), 10, 1) + new Spend(new Rational(1, 2), 5, 2);
        Assert.Equal(new Spend(new Rational(5, 6), 15, 3), spend);
        Assert.Equal(1, spend.Wei());
        Assert.Equal(spend, JsonSerializer.Deserialize<Spend>(JsonSerializer.Serialize(spend)));
    }
}
