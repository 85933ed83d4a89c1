namespace Monitoring.Net.Tests.Http;

public sealed class ServiceUrisTests
{
    [Theory]
    [InlineData("https://orchestrator.example:8935", "orchestrator.example", 8935)]
    [InlineData("  https://orchestrator.example:8935\n", "orchestrator.example", 8935)]
    [InlineData("HTTPS://Orchestrator.Example:443", "orchestrator.example", 443)]
    [InlineData("http://orchestrator.example:80/", "orchestrator.example", 80)]
    [InlineData("https://192.0.2.7:8935/path?x=1", "192.0.2.7", 8935)]
    [InlineData("https://[2001:db8::7]:8935", "[2001:db8::7]", 8935)]
    [InlineData("https://under_score.example:1", "under_score.example", 1)]
    [InlineData("https://host.example:65535", "host.example", 65535)]
    public void A_service_uri_has_scheme_host_and_port(string text, string host, int port)
    {
        Assert.True(ServiceUris.TryParse(text, out var uri, out var why), why);
        Assert.Equal(host, uri.Host);
        Assert.Equal(port, uri.Port);
        Assert.Empty(why);
    }

    [Theory]
    [InlineData(null, "empty")]
    [InlineData("", "empty")]
    [InlineData("   ", "empty")]
    [InlineData("orchestrator.example:8935", "begin with https")]
    [InlineData("ftp://orchestrator.example:8935", "begin with https")]
    [InlineData("file:///etc/passwd", "begin with https")]
    [InlineData("://host:1", "begin with https")]
    [InlineData("https://orchestrator.example", "no port")]
    [InlineData("https://orchestrator.example/", "no port")]
    [InlineData("https://[2001:db8::7]", "no port")]
    [InlineData("https://orchestrator.example:", "port")]
    [InlineData("https://orchestrator.example:0", "port")]
    [InlineData("https://orchestrator.example:65536", "port")]
    [InlineData("https://orchestrator.example:+80", "port")]
    [InlineData("https://orchestrator.example:80x", "port")]
    [InlineData("https://user:secret@orchestrator.example:8935", "user information")]
    [InlineData("https://127.0.0.1:8935@orchestrator.example:8935", "user information")]
    [InlineData("https://orchestrator.example:8935/#x", "fragment")]
    [InlineData("https://orchestrator.example:8935\\@127.0.0.1:1", "backslash")]
    [InlineData("https://orchestrator .example:8935", "space")]
    [InlineData("https://orchestrator.example:8935/\u0000", "ASCII")]
    [InlineData("https://bücher.example:8935", "ASCII")]
    [InlineData("https://:8935", "host is empty")]
    [InlineData("https://2001:db8::7:8935", "brackets")]
    [InlineData("https://0x7f.1:8935", "usual form")]
    [InlineData("https://2130706433:8935", "usual form")]
    [InlineData("https://0177.0.0.1:8935", "usual form")]
    [InlineData("https://%6c%6fcalhost:8935", "'%'")]
    [InlineData("https://[fe80::1%25eth0]:8935", "'%'")]
    public void Anything_else_is_refused_with_its_reason(string? text, string reason)
    {
        Assert.False(ServiceUris.TryParse(text, out var uri, out var why));
        Assert.Null(uri);
        Assert.Contains(reason, why, StringComparison.Ordinal);
    }

    [Fact]
    public void At_most_512_characters_are_read()
    {
        const string start = "https://host.example:8935/";
        Assert.True(ServiceUris.TryParse(start + new string('a', 512 - start.Length), out _, out _));
        Assert.False(ServiceUris.TryParse(start + new string('a', 513 - start.Length), out _, out var why));
        Assert.Contains("513", why, StringComparison.Ordinal);
    }
}
