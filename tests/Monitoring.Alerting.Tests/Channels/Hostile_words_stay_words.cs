using System.Text.Json.Nodes;

namespace Monitoring.Alerting.Tests;

/// <summary>What a stranger put into a reason or a URI does nothing in any receiver, and every message keeps to its receiver's size.</summary>
public sealed class Hostile_words_stay_words
{
    private const string Hostile = "<!channel> @everyone <@123> [click](https://evil.example) **bold** `code` <b>x</b> </code><a href=\"https://evil.example\">y</a> & \"\\ https://evil.example/x";
    private static readonly AlertLinks Links = new("https://board.example", "https://runbooks.example/{rule}.md");

    [Fact]
    public async Task Slack_gets_plain_text_without_mentions_links_or_markup()
    {
        var json = await SentAsync((url, http) => new SlackChannel(url, Links, http), Evil());
        var blocks = json["blocks"]!.AsArray();
        var body = blocks[1]!["text"]!;
        Assert.Equal("plain_text", (string?)body["type"]);
        Assert.DoesNotContain("<!channel>", (string)body["text"]!, StringComparison.Ordinal);
        Assert.DoesNotContain("https://evil", (string)body["text"]!, StringComparison.Ordinal);
        Assert.Contains("&lt;!channel&gt;", (string)body["text"]!, StringComparison.Ordinal);
        Assert.Equal($"<https://board.example/orchestrators/{Incidents.Orchestrator(1).Text}|Board> | <https://runbooks.example/OrchestratorDown.md|Runbook>", (string?)blocks[2]!["text"]!["text"]);
        Assert.DoesNotContain("evil", (string)json["text"]!, StringComparison.Ordinal);
        Assert.All(blocks, b => Assert.InRange(((string)b!["text"]!["text"]!).Length, 1, 3000));
    }

    [Fact]
    public async Task Discord_mentions_nobody_and_shows_such_words_as_code()
    {
        var json = await SentAsync((url, http) => new DiscordChannel(url, Links, http), Evil());
        var content = (string)json["content"]!;
        Assert.Empty(json["allowed_mentions"]!["parse"]!.AsArray());
        Assert.InRange(content.Length, 1, DiscordChannel.MostContent);
        var summary = content.Split('\n')[1];
        Assert.StartsWith("`", summary, StringComparison.Ordinal);
        Assert.EndsWith("`", summary, StringComparison.Ordinal);
        Assert.DoesNotContain('`', summary[1..^1]);
    }

    [Fact]
    public async Task Telegram_shows_such_words_as_code_and_only_our_links()
    {
        var json = await SentAsync((url, http) => new TelegramChannel(url, "123:abc", "-100", Links, http), Evil());
        var text = (string)json["text"]!;
        Assert.InRange(text.Length, 1, TelegramChannel.MostText);
        Assert.DoesNotContain("<a href=\"https://evil", text, StringComparison.Ordinal);
        Assert.Equal(2, text.Split("<a href=").Length - 1);
        Assert.Contains("&lt;!channel&gt;", text, StringComparison.Ordinal);
        Assert.Equal(text.Split("<code>").Length, text.Split("</code>").Length);
    }

    [Theory]
    [InlineData("discord")]
    [InlineData("telegram")]
    [InlineData("slack")]
    public async Task A_message_of_many_regions_is_cut_at_a_line_and_says_so(string kind)
    {
        var incident = Incidents.Opened().Incident with
        {
            Evidence = [.. Enumerable.Range(0, 30).Select(i => new RegionEvidence(RegionId.Parse($"R{i:D2}"), Incidents.Start, new string('&', 300)))],
        };
        var json = await SentAsync(
            (url, http) => kind switch { "discord" => new DiscordChannel(url, Links, http), "telegram" => new TelegramChannel(url, "1:a", "2", Links, http), _ => new SlackChannel(url, Links, http) },
            new Notification(NotificationKind.Opened, 0, incident));
        var (text, most) = kind switch
        {
            "discord" => ((string)json["content"]!, 2000),
            "telegram" => ((string)json["text"]!, 4096),
            _ => ((string)json["blocks"]![1]!["text"]!["text"]!, 3000),
        };
        Assert.InRange(text.Length, 1, most);
        Assert.EndsWith("more lines)", text, StringComparison.Ordinal);
        Assert.Equal(text.Split("<code>").Length, text.Split("</code>").Length);
        Assert.Equal(0, text.Count(c => c == '`') % 2);
    }

    [Fact]
    public async Task PagerDuty_gets_trigger_and_resolve_under_the_incidents_key()
    {
        var opened = Incidents.Opened();
        var trigger = await SentAsync((url, http) => new PagerDutyChannel(url, "routing", Links, http), opened);
        var resolve = await SentAsync((url, http) => new PagerDutyChannel(url, "routing", Links, http), opened.Resolved());
        Assert.Equal(("trigger", "resolve"), ((string?)trigger["event_action"], (string?)resolve["event_action"]));
        Assert.Equal(opened.Incident.Key.Text, (string?)trigger["dedup_key"]);
        Assert.Equal((string?)trigger["dedup_key"], (string?)resolve["dedup_key"]);
        Assert.Equal(("routing", "critical"), ((string?)trigger["routing_key"], (string?)trigger["payload"]!["severity"]));
        Assert.Contains("3 of 3 checks failed", (string?)trigger["payload"]!["custom_details"]!["FRA"], StringComparison.Ordinal);
        Assert.Equal("https://runbooks.example/OrchestratorDown.md", (string?)trigger["links"]![1]!["href"]);
    }

    [Fact]
    public async Task A_webhooks_signature_can_be_verified_as_documented()
    {
        await using var receiver = await TestReceiver.StartAsync();
        await AlertRig.Webhook(receiver).SendAsync(Incidents.Opened(), TestContext.Current.CancellationToken);
        var got = Assert.Single(receiver.All);
        var timestamp = got.Headers[WebhookChannel.TimestampHeader].ToString();
        byte[] signed = [.. System.Text.Encoding.ASCII.GetBytes(timestamp + "."), .. got.Bytes];
        var mac = System.Security.Cryptography.HMACSHA256.HashData("a secret of sixteen"u8, signed);
        Assert.Equal("v1=" + Convert.ToHexStringLower(mac), got.Headers[WebhookChannel.SignatureHeader].ToString());
        Assert.Equal((string?)got.Json["event_id"], got.EventId);
        Assert.Equal("FRA", (string?)got.Json["evidence"]![0]!["region"]);
    }

    [Theory]
    [InlineData("{\"ok\":false,\"parameters\":{\"retry_after\":7}}", 7.0)]
    [InlineData("{\"retry_after\":0.5}", 0.5)]
    [InlineData("{\"retry_after\":\"x\"}", null)]
    [InlineData("[1]", null)]
    [InlineData("no json", null)]
    public async Task A_wait_in_the_body_is_understood(string body, double? seconds)
    {
        await using var receiver = await TestReceiver.StartAsync(async (context, _, _) =>
        {
            context.Response.StatusCode = 429;
            await Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(context.Response, body, context.RequestAborted);
        });
        var attempt = await AlertRig.Webhook(receiver).SendAsync(Incidents.Opened(), TestContext.Current.CancellationToken);
        Assert.Equal((Verdict.Failed, seconds), (attempt.Verdict, attempt.RetryAfter?.TotalSeconds));
    }

    private static Notification Evil() => Incidents.Opened(summary: Hostile) is var opened
        ? opened with { Incident = opened.Incident with { Evidence = [new RegionEvidence(RegionId.Parse("FRA"), Incidents.Start, Hostile)] } }
        : throw new InvalidOperationException();

    private static async Task<JsonNode> SentAsync(Func<Uri, ChannelHttp, IChannel> create, Notification notification)
    {
        await using var receiver = await TestReceiver.StartAsync();
        using var invoker = ChannelHttp.ForConfigured();
        var attempt = await create(receiver.Url, new ChannelHttp(invoker, TimeProvider.System)).SendAsync(notification, TestContext.Current.CancellationToken);
        Assert.Equal(Verdict.Taken, attempt.Verdict);
        return Assert.Single(receiver.All).Json;
    }
}
