using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Monitoring.Alerting;
using Monitoring.Core;
using Monitoring.Ethereum;
using Monitoring.Standalone.Hub;
using Monitoring.Storage;
using Monitoring.Testing;
using Monitoring.Web;

namespace Monitoring.Standalone.Tests.Alerts;

/// <summary>The routes for operators' webhooks, asked as a stranger may ask them.</summary>
public sealed class Operators_subscribe_over_HTTP : IAsyncLifetime
{
    private const string Nonces = "/api/v1/subscriptions/nonces";
    private const string Subscriptions = "/api/v1/subscriptions";
    private const string Hook = "https://hooks.example/livepeer";
    private readonly Scratch _scratch = new();
    private readonly VirtualTime _time = new(new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero));
    private readonly LocalSigner _key = LocalSigner.FromPrivateKey(Convert.FromHexString("4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318"));
    private readonly LocalSigner _stranger = LocalSigner.FromPrivateKey(Convert.FromHexString("0123456789012345678901234567890123456789012345678901234567890123"));
    private readonly Receiver _receiver = new();
    private readonly HttpClient _client = new();
    private KeyedLog _memory = null!;
    private HttpMessageInvoker _http = null!;
    private SubscriptionBook _book = null!;
    private WebApplication _app = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Me => _key.Address.ToOrchestratorId().Text;

    public async ValueTask InitializeAsync()
    {
        _memory = await KeyedLog.OpenAsync(_scratch.At("alerts.jsonl"), null, Cancel);
        _http = new HttpMessageInvoker(_receiver);
        await ServeAsync(_http);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        _book.Dispose();
        _http.Dispose();
        _receiver.Dispose();
        await _memory.DisposeAsync();
        _key.Dispose();
        _stranger.Dispose();
        _scratch.Dispose();
    }

    [Fact]
    public async Task A_signed_wish_is_done_once_and_its_secret_told_once()
    {
        var (status, made) = await AskAsync(Wish(Hook));
        Assert.Equal(HttpStatusCode.Created, status);
        var one = made["subscriptions"]!.AsArray().Single()!;
        Assert.Equal((Me, Hook, 64), ((string?)one["orchestrator"], (string?)one["url"], ((string?)one["secret"])!.Length));

        (status, var listed) = await AskAsync(new JsonObject { ["action"] = "list", ["orchestrator"] = Me });
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal((string?)one["id"], (string?)listed["subscriptions"]!.AsArray().Single()!["id"]);
        Assert.DoesNotContain("secret", listed.ToJsonString(), StringComparison.Ordinal);

        var delete = new JsonObject { ["action"] = "delete", ["orchestrator"] = Me, ["id"] = (string?)one["id"] };
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(delete)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await AskAsync(delete)).Status);
        Assert.Equal(0, _book.Count);
    }

    [Fact]
    public async Task A_request_that_was_heard_on_the_way_is_good_for_nothing()
    {
        var signed = await SignedAsync(Wish(Hook), _key);
        Assert.Equal(HttpStatusCode.Created, (await PostAsync(Subscriptions, signed)).Status);
        var (status, answer) = await PostAsync(Subscriptions, signed);
        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.Contains("it was used", (string?)answer["error"], StringComparison.Ordinal);

        // Nor for another URL, nor after its time.
        var other = await SignedAsync(Wish(Hook), _key);
        other["url"] = "https://evil.example/";
        Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync(Subscriptions, other)).Status);
        var late = await SignedAsync(Wish(Hook), _key);
        _time.Advance(Alerting.Nonces.Lifetime);
        Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync(Subscriptions, late)).Status);
        Assert.Equal((1, 1), (_book.Count, _receiver.Asked));
    }

    [Fact]
    public async Task Nobody_elses_key_subscribes_and_no_URL_is_called_for_it()
    {
        var (status, answer) = await PostAsync(Subscriptions, await SignedAsync(Wish(Hook), _stranger));
        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.Contains("not that of the orchestrator's key", (string?)answer["error"], StringComparison.Ordinal);
        var zeros = await SignedAsync(Wish(Hook), _key);
        zeros["signature"] = "0x" + new string('0', 130);
        Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync(Subscriptions, zeros)).Status);

        // Who is not on the board gets no nonce at all.
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(Nonces, new JsonObject { ["action"] = "list", ["orchestrator"] = _stranger.Address.ToOrchestratorId().Text })).Status);
        Assert.Equal((0, 0), (_book.Count, _receiver.Asked));
    }

    [Fact]
    public async Task The_fourth_of_one_orchestrator_is_refused_before_its_URL_is_called()
    {
        for (var i = 0; i < SubscriptionBook.MostOfOne; i++) Assert.Equal(HttpStatusCode.Created, (await AskAsync(Wish($"{Hook}/{i}"))).Status);
        var (status, answer) = await AskAsync(Wish(Hook));
        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Contains("Delete one first", (string?)answer["error"], StringComparison.Ordinal);
        Assert.Equal((3, 3), (_book.Count, _receiver.Asked));
    }

    [Fact]
    public async Task A_URL_that_does_not_know_the_challenge_is_not_subscribed()
    {
        _receiver.Echoes = false;
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await AskAsync(Wish(Hook))).Status);
        Assert.Equal((0, 1), (_book.Count, _receiver.Asked));
    }

    [Theory]
    [InlineData("https://127.0.0.1/hook")]
    [InlineData("https://[::1]/hook")]
    [InlineData("https://10.1.2.3/hook")]
    [InlineData("https://169.254.169.254/latest/meta-data")]
    [InlineData("https://localhost/hook")]
    public async Task An_address_inside_is_refused_without_telling_what_is_there(string url)
    {
        using var strangers = ChannelHttp.ForStrangers(TimeProvider.System);
        await ServeAsync(strangers);
        var (status, answer) = await AskAsync(Wish(url));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Equal("The URL did not take the verification (it could not be reached: a public address with a valid certificate is expected).", (string?)answer["error"]);
        Assert.Equal(0, _book.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"action\":")]
    [InlineData("{\"action\":{\"a\":{\"b\":{\"c\":{\"d\":1}}}}}")]
    [InlineData("{\"action\":\"subscribe\"}")]
    [InlineData("{\"action\":\"subscribe\",\"orchestrator\":7,\"url\":\"https://hooks.example/\"}")]
    [InlineData("{\"action\":\"own\",\"orchestrator\":\"ME\",\"url\":\"https://hooks.example/\"}")]
    [InlineData("{\"action\":\"subscribe\",\"orchestrator\":\"ME\",\"url\":\"http://hooks.example/\"}")]
    [InlineData("{\"action\":\"subscribe\",\"orchestrator\":\"ME\",\"url\":\"https://user@hooks.example/\"}")]
    [InlineData("{\"action\":\"subscribe\",\"orchestrator\":\"ME\",\"url\":\"https://hooks.example/\\nOrchestrator: 0x00\"}")]
    [InlineData("{\"action\":\"subscribe\",\"orchestrator\":\"ME\",\"url\":[\"https://hooks.example/\"]}")]
    [InlineData("{\"action\":\"delete\",\"orchestrator\":\"ME\",\"id\":\"../../state\"}")]
    [InlineData("{\"action\":\"\\ud800\",\"orchestrator\":\"ME\"}")]
    [InlineData("{\"\\ud800\":1,\"action\":\"list\",\"orchestrator\":\"\\udfff\"}")]
    public async Task Hostile_bodies_are_refused_on_both_routes(string body)
    {
        foreach (var route in new[] { Nonces, Subscriptions })
        {
            var (status, answer) = await PostAsync(route, Encoding.UTF8.GetBytes(body.Replace("ME", Me, StringComparison.Ordinal)));
            Assert.Equal((route, HttpStatusCode.BadRequest), (route, status));
            Assert.NotEmpty((string?)answer["error"] ?? "");
        }
    }

    [Theory]
    [InlineData("nonce", "\"\"")]
    [InlineData("nonce", "17")]
    [InlineData("nonce", "null")]
    [InlineData("expires", "\"soon\"")]
    [InlineData("expires", "-1")]
    [InlineData("expires", "1e30")]
    [InlineData("expires", "9223372036854775807")]
    [InlineData("signature", "\"0x12\"")]
    [InlineData("signature", "{}")]
    [InlineData("signature", "\"0xZZ\"")]
    public async Task Hostile_signed_requests_are_refused(string field, string json)
    {
        var signed = await SignedAsync(Wish(Hook), _key);
        signed[field] = JsonNode.Parse(json);
        Assert.Contains((await PostAsync(Subscriptions, signed)).Status, new[] { HttpStatusCode.BadRequest, HttpStatusCode.Forbidden });
        Assert.Equal((0, 0), (_book.Count, _receiver.Asked));
    }

    [Fact]
    public async Task A_body_that_is_too_large_or_no_UTF_8_is_refused_and_the_route_goes_on()
    {
        var large = Wish(Hook);
        large["padding"] = new string('a', 9_000);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await PostAsync(Nonces, large)).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(Nonces, [.. "{\"action\":\""u8, 0xff, 0xfe, .. "\"}"u8])).Status);
        for (var i = 0; i < 100; i++) Assert.Equal(HttpStatusCode.OK, (await PostAsync(Nonces, Wish(Hook))).Status);
        Assert.Equal(HttpStatusCode.Created, (await AskAsync(Wish(Hook))).Status);
    }

    private JsonObject Wish(string url) => new() { ["action"] = "subscribe", ["orchestrator"] = Me, ["url"] = url };

    private async Task<(HttpStatusCode Status, JsonNode Answer)> AskAsync(JsonObject wish) => await PostAsync(Subscriptions, await SignedAsync(wish, _key));

    private async Task<JsonObject> SignedAsync(JsonObject wish, LocalSigner key)
    {
        var (status, challenge) = await PostAsync(Nonces, wish);
        Assert.True(status == HttpStatusCode.OK, challenge.ToJsonString());
        var signature = await key.SignPersonalAsync(Encoding.UTF8.GetBytes((string)challenge["message"]!), Cancel);
        var signed = wish.DeepClone().AsObject();
        signed["nonce"] = (string?)challenge["nonce"];
        signed["expires"] = (long)challenge["expires"]!;
        signed["signature"] = "0x" + Convert.ToHexStringLower(signature.ToBytes());
        return signed;
    }

    private Task<(HttpStatusCode Status, JsonNode Answer)> PostAsync(string path, JsonObject body) => PostAsync(path, JsonSerializer.SerializeToUtf8Bytes(body));

    private async Task<(HttpStatusCode Status, JsonNode Answer)> PostAsync(string path, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        using var answer = await _client.PostAsync(new Uri(new Uri(_app.Urls.First()), path), content, Cancel);
        Assert.Equal("no-store", answer.Headers.CacheControl?.ToString());
        return (answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!);
    }

    private async Task ServeAsync(HttpMessageInvoker strangers)
    {
        if (_app is not null)
        {
            await _app.StopAsync(Cancel);
            await _app.DisposeAsync();
            _book.Dispose();
        }

        _book = new SubscriptionBook(_memory, 10, AlertLinks.None, new ChannelHttp(strangers, TimeProvider.System), _time, NullLogger<SubscriptionBook>.Instance);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<TimeProvider>(_time);
        builder.Services.AddSingleton(_book);
        builder.Services.AddSingleton<ILeaderboard>(new OnTheBoard(_key.Address.ToOrchestratorId(), _time.GetUtcNow()));
        _app = builder.Build();
        _app.UseRouting();
        _app.MapSubscriptions();
        await _app.StartAsync(Cancel);
    }

    private sealed class OnTheBoard(OrchestratorId orchestrator, DateTimeOffset at) : ILeaderboard
    {
        public LeaderboardSnapshot Current { get; } = new(1, at, [new LeaderboardRow(orchestrator, "https://o.example:8935", Verified: true, Active: true, [])]);
    }

    // Stands in for a public server with a certificate, which a test cannot have.
    private sealed class Receiver : HttpMessageHandler
    {
        private int _asked;

        public bool Echoes { get; set; } = true;

        public int Asked => Volatile.Read(ref _asked);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _asked);
            var body = JsonNode.Parse(await request.Content!.ReadAsStringAsync(cancellationToken))!;
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(Echoes ? (string)body["challenge"]! : "yes to everything") };
        }
    }
}
