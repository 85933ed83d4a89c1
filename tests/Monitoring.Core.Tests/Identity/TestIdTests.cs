using System.Text.Json;

namespace Monitoring.Core.Tests;

public sealed class TestIdTests
{
    private static readonly DateOnly Day = new(2026, 11, 20);

    [Fact]
    public void A_planned_id_names_day_round_region_and_orchestrator()
    {
        var id = TestId.Planned(Day, 3, Sample.Mdw, Sample.Someone);
        Assert.Equal("20261120-03-MDW-0x00000000000000000000000000000000000000aa", id.Text);
        Assert.Equal(id, TestId.Parse(id.Text));
        Assert.True(id.TryGetDay(out var day));
        Assert.Equal(Day, day);
    }

    [Fact]
    public void The_longest_planned_id_can_be_read_again()
    {
        var id = TestId.Planned(Day, 2879, RegionId.Parse("ABCDEFGHIJKLMNOP"), Sample.Someone);
        Assert.Equal(id, TestId.Parse(id.Text));
    }

    [Fact]
    public void A_posted_id_is_a_function_of_the_body_and_has_no_day()
    {
        var hash = new byte[32];
        hash[0] = 0x20;
        hash[1] = 0x26;
        hash[2] = 0x11;
        var id = TestId.Posted(hash);
        Assert.Equal("posted-202611" + new string('0', 58), id.Text);
        Assert.False(id.TryGetDay(out _));
        Assert.Equal(id, TestId.Parse(id.Text));
    }

    [Fact]
    public void An_id_on_demand_has_no_day()
    {
        Assert.Equal("probe-20261120", TestId.OnDemand("20261120").Text);
        Assert.False(TestId.OnDemand("20261120").TryGetDay(out _));
        Assert.Throws<FormatException>(() => TestId.OnDemand("a b"));
    }

    [Theory]
    [InlineData("2026112")]
    [InlineData("20261320-01-MDW")]
    [InlineData("20260230-01-MDW")]
    [InlineData("x")]
    public void What_does_not_begin_with_a_date_has_no_day(string text) => Assert.False(TestId.Parse(text).TryGetDay(out _));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("a\nb")]
    [InlineData("é")]
    public void Anything_else_is_not_a_test_id(string? text)
    {
        Assert.False(TestId.TryParse(text, out var id));
        Assert.Equal(default, id);
        if (text is not null) Assert.Throws<FormatException>(() => TestId.Parse(text));
    }

    [Fact]
    public void An_id_has_at_most_96_characters()
    {
        Assert.True(TestId.TryParse(new string('a', 96), out _));
        Assert.False(TestId.TryParse(new string('a', 97), out _));
    }

    [Fact]
    public void Json_is_the_text()
    {
        var id = TestId.Parse("probe-x1");
        Assert.Equal("\"probe-x1\"", JsonSerializer.Serialize(id));
        Assert.Equal(id, JsonSerializer.Deserialize<TestId>("\"probe-x1\""));
        foreach (var bad in new[] { "\"\"", "\"a b\"", "1", "null" }) Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<TestId>(bad));
    }
}
