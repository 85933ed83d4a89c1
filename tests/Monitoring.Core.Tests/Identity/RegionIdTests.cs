using System.Text.Json;

namespace Monitoring.Core.Tests;

public sealed class RegionIdTests
{
    [Theory]
    [InlineData("mdw", "MDW")]
    [InlineData("MDW", "MDW")]
    [InlineData("Us", "US")]
    [InlineData("eu2west1abcdefgh", "EU2WEST1ABCDEFGH")]
    public void A_code_is_upper_case(string text, string code) => Assert.Equal(code, RegionId.Parse(text).Code);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("M")]
    [InlineData("eu2west1abcdefghi")]
    [InlineData("MD W")]
    [InlineData("MD-W")]
    [InlineData("MÜC")]
    [InlineData("ſin")]
    public void Anything_else_is_not_a_region(string? text)
    {
        Assert.False(RegionId.TryParse(text, out var id));
        Assert.Equal(default, id);
        if (text is not null) Assert.Throws<FormatException>(() => RegionId.Parse(text));
    }

    [Fact]
    public void Regions_are_ordered_by_code()
    {
        Assert.True(Sample.Fra < Sample.Mdw && Sample.Sin > Sample.Mdw && Sample.Fra <= Sample.Mdw && Sample.Sin >= Sample.Mdw);
        Assert.Equal(RegionId.Parse("global"), RegionId.Global);
    }

    [Fact]
    public void Json_is_the_code_as_a_value_and_as_a_name()
    {
        Assert.Equal("\"MDW\"", JsonSerializer.Serialize(Sample.Mdw));
        Assert.Equal(Sample.Mdw, JsonSerializer.Deserialize<RegionId>("\"mdw\""));
        var map = new Dictionary<RegionId, int> { [Sample.Mdw] = 1 };
        Assert.Equal("{\"MDW\":1}", JsonSerializer.Serialize(map));
        Assert.Equal(map, JsonSerializer.Deserialize<Dictionary<RegionId, int>>("{\"MDW\":1}"));
        foreach (var bad in new[] { "\"\"", "\"a b\"", "12", "null", "{}" }) Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<RegionId>(bad));
    }
}
