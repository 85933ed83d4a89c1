using System.Text.Json;

namespace Monitoring.Core.Tests;

public sealed class OrchestratorIdTests
{
    private const string Mixed = "0x5A0b54D5dc17e0AadC383d2db43B0a0D3E029c4c";

    [Fact]
    public void An_address_is_kept_in_lower_case_and_is_one_in_either_case()
    {
        Assert.Equal(Mixed.ToLowerInvariant(), OrchestratorId.Parse(Mixed).Text);
        Assert.Equal(OrchestratorId.Parse(Mixed), OrchestratorId.Parse(Mixed.ToUpperInvariant()));
        Assert.Equal(OrchestratorId.Parse(Mixed).GetHashCode(), OrchestratorId.Parse(Mixed.ToLowerInvariant()).GetHashCode());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("0x")]
    [InlineData("5a0b54d5dc17e0aadc383d2db43b0a0d3e029c4c")]
    [InlineData("0x5a0b54d5dc17e0aadc383d2db43b0a0d3e029c4")]
    [InlineData("0x5a0b54d5dc17e0aadc383d2db43b0a0d3e029c4cc")]
    [InlineData("0x5a0b54d5dc17e0aadc383d2db43b0a0d3e029c4g")]
    [InlineData("1x5a0b54d5dc17e0aadc383d2db43b0a0d3e029c4c")]
    [InlineData(" 0x5a0b54d5dc17e0aadc383d2db43b0a0d3e029c4")]
    [InlineData("0x٠a0b54d5dc17e0aadc383d2db43b0a0d3e029c4c")]
    public void Anything_else_is_not_an_address(string? text)
    {
        Assert.False(OrchestratorId.TryParse(text, out var id));
        Assert.Equal(default, id);
        if (text is not null) Assert.Throws<FormatException>(() => OrchestratorId.Parse(text));
    }

    [Fact]
    public void Twenty_bytes_make_an_address_and_no_other_number_does()
    {
        var bytes = Convert.FromHexString(Mixed[2..]);
        Assert.Equal(OrchestratorId.Parse(Mixed), OrchestratorId.FromBytes(bytes));
        Assert.Throws<ArgumentException>(() => OrchestratorId.FromBytes(bytes.AsSpan(1)));
        Assert.Throws<ArgumentException>(() => OrchestratorId.FromBytes([.. bytes, 0]));
    }

    [Fact]
    public void The_default_is_the_zero_address()
    {
        Assert.Equal(OrchestratorId.Parse("0x0000000000000000000000000000000000000000"), default);
        Assert.Equal(OrchestratorId.Parse("0x" + new string('0', 40)).GetHashCode(), default(OrchestratorId).GetHashCode());
    }

    [Fact]
    public void Addresses_are_ordered_as_numbers()
    {
        var low = Sample.Orchestrator(0x9f);
        var high = Sample.Orchestrator(0xa0);
        Assert.True(low < high && high > low && low <= high && high >= low);
        Assert.True(low <= Sample.Orchestrator(0x9f) && !(low < Sample.Orchestrator(0x9f)));
    }

    [Fact]
    public void Json_is_the_text_and_nothing_else_is_read()
    {
        Assert.Equal($"\"{Mixed.ToLowerInvariant()}\"", JsonSerializer.Serialize(OrchestratorId.Parse(Mixed)));
        Assert.Equal(OrchestratorId.Parse(Mixed), JsonSerializer.Deserialize<OrchestratorId>($"\"{Mixed}\""));
        foreach (var bad in new[] { "\"0x12\"", "12", "null", "{}", "true", "[]" })
        {
            Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<OrchestratorId>(bad));
        }
    }
}
