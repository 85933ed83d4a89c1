using System.Text.Json;
using Monitoring.Testing.Vectors;
using Monitoring.Core;
using Monitoring.Ethereum;

namespace Monitoring.Livepeer.Tests;

public sealed class List_entries_are_read
{
    public static TheoryData<string, string> ServiceAddresses => [.. Vectors.Cases("service-addr").Select(c => (c.GetProperty("input").GetString()!, c.GetProperty("expect").GetString()!))];

    [Theory]
    [MemberData(nameof(ServiceAddresses))]
    public void What_is_left_out_is_filled_in_as_go_livepeer_does(string input, string expected) => Assert.Equal(expected, ListEntry.Complete(input));

    [Theory]
    [InlineData("example.org", "https://example.org:8935")]
    [InlineData(":8936", "https://127.0.0.1:8936")]
    [InlineData(" https://example.org:1 ", "https://example.org:1")]
    [InlineData("", "")]
    public void An_entry_without_a_colon_gets_the_usual_port_and_one_without_a_host_this_machine(string input, string expected) =>
        Assert.Equal(expected, ListEntry.Complete(input));

    [Fact]
    public void An_address_names_the_orchestrator_whatever_the_case()
    {
        Assert.True(ListEntry.TryParse("0x00000000000000000000000000000000000000AA = a.example:8935", out var entry, out _));
        Assert.Equal(new RegistryEntry(OrchestratorId.Parse("0x00000000000000000000000000000000000000aa"), "https://a.example:8935", true), entry);
    }

    [Fact]
    public void Without_an_address_the_id_comes_from_the_URI_and_is_unverified()
    {
        Assert.True(ListEntry.TryParse("https://a.example:8935", out var entry, out _));
        Assert.Equal(Address.FromUri("https://a.example:8935").ToOrchestratorId(), entry.Id);
        Assert.False(entry.Verified);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("https://a.example")]
    [InlineData("0x00000000000000000000000000000000000000aa")]
    [InlineData("0x00000000000000000000000000000000000000aa=")]
    [InlineData("gopher://a.example:80")]
    [InlineData("https://a.example:99999")]
    public void What_cannot_be_dialled_is_refused_with_a_reason(string text)
    {
        Assert.False(ListEntry.TryParse(text, out var entry, out var why));
        Assert.Null(entry);
        Assert.NotEqual("", why);
    }
}

/// <summary>The protocol's test vectors.</summary>
internal static class Vectors
{
    /// <summary>The cases of a vector.</summary>
    public static IEnumerable<JsonElement> Cases(string id) => LivepeerVectors.Get(id).GetProperty("cases").EnumerateArray();
}
