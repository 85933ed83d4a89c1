using System.Text;

namespace Monitoring.Livepeer.Tests;

public sealed class Webhook_lists_are_read
{
    public static TheoryData<string, string[]?> Lists =>
    [
        .. Vectors.Cases("webhook-list").Select(c => (
            c.GetProperty("body").GetString()!,
            c.TryGetProperty("urls", out var urls) ? urls.EnumerateArray().Select(u => u.GetString()!).ToArray() : null)),
    ];

    [Theory]
    [MemberData(nameof(Lists))]
    public void The_vectors_are_read_as_a_gateway_reads_them(string body, string[]? urls)
    {
        if (urls is null) Assert.Throws<SourceException>(() => Read(body));
        else Assert.Equal(urls, Read(body));
    }

    [Theory]
    [InlineData("[]", "")]
    [InlineData("""[{"address":""},{"address":"  "},{"address":null},null,{"score":1}]""", "")]
    [InlineData("""[{"Address":"https://a.example:1","score":1,"x":{"y":[]}},{"address":"https://a.example:1"}]""", "https://a.example:1")]
    [InlineData("""[{"address":"127.0.0.1:8936"}]""", "https://127.0.0.1:8936")]
    public void What_says_nothing_is_skipped_and_what_is_said_twice_counts_once(string body, string expected) => Assert.Equal(expected, string.Join(' ', Read(body)));

    [Theory]
    [InlineData("""[{"address":7}]""")]
    [InlineData("""["https://a.example:1"]""")]
    [InlineData("""[{"address":"https://a.example:1"}""")]
    [InlineData("""[{"address":"https://a.example:1\u0000"}]""")]
    [InlineData("null")]
    public void Anything_else_is_no_list(string body) => Assert.Throws<SourceException>(() => Read(body));

    [Fact]
    public void An_endless_address_is_refused() => Assert.Throws<SourceException>(() => Read($$"""[{"address":"https://{{new string('a', 600)}}:1"}]"""));

    [Fact]
    public void Deep_nesting_is_refused() => Assert.Throws<SourceException>(() => Read(new string('[', 100_000)));

    private static IEnumerable<string> Read(string body)
    {
        var entries = WebhookList.Parse(Encoding.UTF8.GetBytes(body));
        Assert.All(entries, e => Assert.False(e.Verified));
        return entries.Select(e => e.ServiceUri);
    }
}
