using System.Text;
using Monitoring.Probing;

namespace Monitoring.Web.Tests.Hub;

/// <summary>Forged, changed, old and repeated requests, and bodies that are none.</summary>
public sealed class Only_the_region_itself_is_believed : IDisposable
{
    private static readonly byte[] Body = Encoding.UTF8.GetBytes($$"""{"test":"{{Said.Job().Id}}"}""");
    private readonly RegionKey _key = RegionKey.Create(HubSiteUnderTest.Fra);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static string Nonce => Convert.ToHexStringLower(Guid.NewGuid().ToByteArray());

    public void Dispose() => _key.Dispose();

    [Fact]
    public async Task A_request_made_by_hand_is_taken_when_all_is_right()
    {
        await using var site = await StartAsync();
        Assert.Equal((200, """{"extended":true}"""), await RawRequest.SendAsync(site, _key, HubWire.Extend, Body, Cancel));
    }

    public static TheoryData<string, string, int> Changes => new()
    {
        { HubWire.VersionHeader, "0", 400 }, { HubWire.VersionHeader, "2", 400 }, { HubWire.VersionHeader, "one", 400 }, { HubWire.VersionHeader, "", 400 },
        { HubWire.RegionHeader, "MDW", 401 }, { HubWire.RegionHeader, "!", 400 }, { HubWire.RegionHeader, "", 400 },
        { HubWire.KeyHeader, "0000000000000000", 401 }, { HubWire.KeyHeader, "", 400 }, { HubWire.KeyHeader, new string('a', 500), 400 },
        { HubWire.SessionHeader, new string('0', 32), 401 }, { HubWire.SessionHeader, "", 401 },
        { HubWire.TimeHeader, "0", 401 }, { HubWire.TimeHeader, "-1", 400 }, { HubWire.TimeHeader, "99999999999999999999", 400 }, { HubWire.TimeHeader, "", 400 },
        { HubWire.NonceHeader, new string('0', 32), 401 }, { HubWire.NonceHeader, "short", 400 }, { HubWire.NonceHeader, new string('F', 32), 400 },
        { HubWire.SignatureHeader, Convert.ToBase64String(new byte[64]), 401 }, { HubWire.SignatureHeader, "no base64", 401 }, { HubWire.SignatureHeader, "", 400 },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_request_with_one_header_changed_is_refused(string header, string value, int status)
    {
        await using var site = await StartAsync();
        var headers = RawRequest.Headers(_key, HubWire.Extend, Body, await RawRequest.SessionAsync(site, Cancel), site.Clock.Now, Nonce);
        headers[header] = value;
        var (answered, text) = await RawRequest.SendAsync(site, HubWire.Extend, Body, headers, Cancel);
        Assert.Equal(status, answered);
        Assert.StartsWith("""{"error":""", text, StringComparison.Ordinal);
        Assert.Empty(site.Hub.Asked);
    }

    [Fact]
    public async Task A_signature_is_of_one_path_and_one_body()
    {
        await using var site = await StartAsync();
        var headers = RawRequest.Headers(_key, HubWire.Extend, Body, await RawRequest.SessionAsync(site, Cancel), site.Clock.Now, Nonce);
        Assert.Equal(401, (await RawRequest.SendAsync(site, HubWire.Return, Body, headers, Cancel)).Status);
        Assert.Equal(401, (await RawRequest.SendAsync(site, HubWire.Extend, [.. Body, (byte)' '], headers, Cancel)).Status);
        Assert.Equal(200, (await RawRequest.SendAsync(site, HubWire.Extend, Body, headers, Cancel)).Status);
    }

    [Fact]
    public async Task A_request_counts_once_for_as_long_as_its_time_is_accepted()
    {
        await using var site = await StartAsync();
        var signedAt = site.Clock.Now + HubWire.TimeTolerance;
        var headers = RawRequest.Headers(_key, HubWire.Extend, Body, await RawRequest.SessionAsync(site, Cancel), signedAt, Nonce);
        Assert.Equal(200, (await RawRequest.SendAsync(site, HubWire.Extend, Body, headers, Cancel)).Status);
        foreach (var later in new[] { TimeSpan.Zero, HubWire.TimeTolerance, HubWire.TimeTolerance * 2 })
        {
            site.Clock.Now = signedAt - HubWire.TimeTolerance + later;
            var (status, text) = await RawRequest.SendAsync(site, HubWire.Extend, Body, headers, Cancel);
            Assert.Equal(401, status);
            Assert.Contains("came before", text, StringComparison.Ordinal);
        }

        site.Clock.Now += TimeSpan.FromMilliseconds(2);
        Assert.Contains("signed 30 s ago", (await RawRequest.SendAsync(site, HubWire.Extend, Body, headers, Cancel)).Body, StringComparison.Ordinal);
        Assert.Single(site.Hub.Asked);
    }

    [Fact]
    public async Task What_was_signed_for_one_life_of_the_hub_is_worth_nothing_in_the_next()
    {
        string session;
        await using (var before = await StartAsync()) session = await RawRequest.SessionAsync(before, Cancel);
        await using var site = await StartAsync();
        var headers = RawRequest.Headers(_key, HubWire.Extend, Body, session, site.Clock.Now, Nonce);
        var (status, text) = await RawRequest.SendAsync(site, HubWire.Extend, Body, headers, Cancel);
        Assert.Equal(401, status);
        Assert.Contains("session", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_region_that_asks_too_much_is_told_so_and_is_heard_again_later()
    {
        await using var site = await StartAsync();
        var session = await RawRequest.SessionAsync(site, Cancel);
        var statuses = new List<int>();
        for (var i = 0; i < 201; i++)
            statuses.Add((await RawRequest.SendAsync(site, HubWire.Extend, Body, RawRequest.Headers(_key, HubWire.Extend, Body, session, site.Clock.Now, Nonce), Cancel)).Status);
        Assert.Equal(200, statuses.Count(s => s == 200));
        Assert.Equal(429, statuses[^1]);
        site.Clock.Now += TimeSpan.FromSeconds(1);
        Assert.Equal(200, (await RawRequest.SendAsync(site, HubWire.Extend, Body, RawRequest.Headers(_key, HubWire.Extend, Body, session, site.Clock.Now, Nonce), Cancel)).Status);
    }

    public static TheoryData<string, string, int> Bodies => new()
    {
        { HubWire.Lease, "", 400 }, { HubWire.Lease, "null", 400 }, { HubWire.Lease, "{}", 400 }, { HubWire.Lease, """{"workers":0}""", 400 }, { HubWire.Lease, """{"workers":99999999999}""", 400 },
        { HubWire.Lease, """{"workers":1,"waitMilliseconds":-5}""", 200 }, { HubWire.Lease, """{"workers":1,"somethingNew":{"a":[1]}}""", 200 },
        { HubWire.Extend, """{"test":"no id!"}""", 400 }, { HubWire.Extend, """{"test":null}""", 400 }, { HubWire.Extend, "\u0000\u0001", 400 },
        { HubWire.Return, """{"test":"a-b","reason":"Completed"}""", 400 }, { HubWire.Return, """{"test":"a-b","reason":9999}""", 400 }, { HubWire.Return, """{"test":"a-b","reason":"Nonsense"}""", 400 },
        { HubWire.Report, "{}", 400 }, { HubWire.Report, "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]", 400 },
        { HubWire.Liveness, """{"checks":null}""", 400 }, { HubWire.Liveness, """{"checks":[{"orchestrator":"0x1"}]}""", 400 },
        { HubWire.Orders, """{"known":"x"}""", 400 }, { HubWire.Health, """{"workers":-1}""", 400 }, { HubWire.Health, """{"alarms":null}""", 400 }, { HubWire.Health, """{"fault":"Unreachable"}""", 400 },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_body_that_is_none_is_refused_in_words(string path, string body, int status)
    {
        await using var site = await StartAsync();
        var (answered, text) = await RawRequest.SendAsync(site, _key, path, Encoding.UTF8.GetBytes(body), Cancel);
        Assert.True(status == answered, text);
        if (status == 400) Assert.Matches("""^\{"error":".+"\}$""", text);
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_not_read_to_its_end()
    {
        await using var site = await StartAsync();
        Assert.Equal(413, (await RawRequest.SendAsync(site, _key, HubWire.Lease, new byte[100_000], Cancel)).Status);
        Assert.Equal(413, (await RawRequest.SendAsync(site, _key, HubWire.Report, new byte[HubWire.MostRequestBytes + 1], Cancel)).Status);
        Assert.Empty(site.Hub.Asked);
    }

    [Fact]
    public async Task Any_bytes_at_all_are_answered_with_a_refusal_and_never_with_a_failure()
    {
        await using var site = await StartAsync();
        var random = new Random(20_261_120);
        var valid = SpoolFormat.TestResult.Write(Said.Result(Said.Job()));
        string[] paths = [HubWire.Lease, HubWire.Extend, HubWire.Return, HubWire.Report, HubWire.Liveness, HubWire.Orders, HubWire.Health];
        for (var i = 0; i < 300; i++)
        {
            site.Clock.Now += TimeSpan.FromMilliseconds(50);
            var body = valid.ToArray();
            for (var change = random.Next(1, 6); change > 0; change--) body[random.Next(body.Length)] = (byte)random.Next(256);
            var (status, text) = await RawRequest.SendAsync(site, _key, paths[i % paths.Length], body, Cancel);
            Assert.True(status is 200 or 400, $"{i}: {status} {text}");
        }
    }

    [Fact]
    public async Task A_pinned_client_certificate_must_be_shown()
    {
        await using var site = await StartAsync();
        site.Keys.Add(_key, new string('a', 64));
        var (status, text) = await RawRequest.SendAsync(site, _key, HubWire.Extend, Body, Cancel);
        Assert.Equal(401, status);
        Assert.Contains("client certificate", text, StringComparison.Ordinal);
    }

    private async Task<HubSiteUnderTest> StartAsync()
    {
        var site = await HubSiteUnderTest.StartAsync();
        site.Keys.Add(_key);
        return site;
    }
}
