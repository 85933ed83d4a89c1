using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Monitoring.Ethereum;

namespace Monitoring.Alerting.Tests;

public sealed class Operators_subscribe : IAsyncLifetime
{
    private const string Url = "https://hooks.example/livepeer";
    private readonly Scratch _scratch = new();
    private readonly VirtualTime _time = new(Incidents.Start);
    private readonly LocalSigner _key = LocalSigner.FromPrivateKey(Convert.FromHexString("4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318"));
    private TestReceiver _receiver = null!;
    private KeyedLog _memory = null!;
    private HttpMessageInvoker _http = null!;
    private bool _echoes = true;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private OrchestratorId Me => _key.Address.ToOrchestratorId();

    public async ValueTask InitializeAsync()
    {
        _receiver = await TestReceiver.StartAsync(async (context, received, _) =>
        {
            if (_echoes && (string?)received.Json["type"] == "verification") await context.Response.WriteAsync((string)received.Json["challenge"]!, Stop);
        });
        _memory = await KeyedLog.OpenAsync(_scratch.At("alerts.jsonl"), null, Stop);
        _http = new HttpMessageInvoker(new ToReceiver(_receiver.Url));
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _key.Dispose();
        await _memory.DisposeAsync();
        await _receiver.DisposeAsync();
        _scratch.Dispose();
    }

    [Fact]
    public async Task A_signed_wish_is_verified_and_told_of_the_own_orchestrator_alone_also_after_a_restart()
    {
        using var book = Book();
        var made = await AskAsync(book, SubscriptionAction.Subscribe, Url);
        Assert.Equal(SubscriptionVerdict.Done, made.Verdict);
        var subscription = Assert.Single(made.Subscriptions);
        using var again = Book();
        Assert.Equal(subscription, Assert.Single((await AskAsync(again, SubscriptionAction.List, "")).Subscriptions));
        var mine = Incidents.Opened().Incident;
        Assert.Empty(again.ReceiversOf(mine));
        mine = mine with { Key = mine.Key with { Orchestrator = Me } };
        var receiver = Assert.Single(again.ReceiversOf(mine));
        var attempt = await again.Find(receiver.Channel)!.SendAsync(new Notification(NotificationKind.Opened, 0, mine), Stop);
        Assert.Equal(Verdict.Taken, attempt.Verdict);
        var got = _receiver.All[^1];
        Assert.Equal(WebhookChannel.Sign(Encoding.UTF8.GetBytes(subscription.Secret), got.Headers[WebhookChannel.TimestampHeader].ToString(), got.Bytes), got.Headers[WebhookChannel.SignatureHeader].ToString());

        Assert.Equal(SubscriptionVerdict.Done, (await AskAsync(again, SubscriptionAction.Delete, subscription.Id)).Verdict);
        Assert.Empty(again.ReceiversOf(mine));
        Assert.Equal(SubscriptionVerdict.NotFound, (await AskAsync(again, SubscriptionAction.Delete, subscription.Id)).Verdict);
    }

    [Fact]
    public async Task A_nonce_is_good_once_for_a_while_and_for_one_request()
    {
        using var book = Book();
        var list = new SubscriptionRequest(SubscriptionAction.List, Me, "");
        var challenge = book.Nonces.Issue(list);
        var signature = await SignAsync(challenge.Text);
        var other = new SubscriptionRequest(SubscriptionAction.Subscribe, Me, Url);
        Assert.Equal(SubscriptionVerdict.BadNonce, (await book.DoAsync(other, challenge.Nonce, challenge.ExpiresAt, signature, Stop)).Verdict);
        Assert.Equal(SubscriptionVerdict.BadNonce, (await book.DoAsync(list, challenge.Nonce, challenge.ExpiresAt.AddSeconds(-1), signature, Stop)).Verdict);
        Assert.Equal(SubscriptionVerdict.Done, (await book.DoAsync(list, challenge.Nonce, challenge.ExpiresAt, signature, Stop)).Verdict);
        Assert.Equal(SubscriptionVerdict.BadNonce, (await book.DoAsync(list, challenge.Nonce, challenge.ExpiresAt, signature, Stop)).Verdict);

        var late = book.Nonces.Issue(list);
        _time.Advance(Nonces.Lifetime);
        Assert.Equal(SubscriptionVerdict.BadNonce, (await book.DoAsync(list, late.Nonce, late.ExpiresAt, await SignAsync(late.Text), Stop)).Verdict);

        using var otherProcess = Book();
        var foreign = book.Nonces.Issue(list);
        Assert.Equal(SubscriptionVerdict.BadNonce, (await otherProcess.DoAsync(list, foreign.Nonce, foreign.ExpiresAt, await SignAsync(foreign.Text), Stop)).Verdict);
    }

    [Fact]
    public async Task Nobody_subscribes_for_somebody_elses_orchestrator()
    {
        using var book = Book();
        var request = new SubscriptionRequest(SubscriptionAction.Subscribe, Incidents.Orchestrator(1), Url);
        var challenge = book.Nonces.Issue(request);
        Assert.Equal(SubscriptionVerdict.BadSignature, (await book.DoAsync(request, challenge.Nonce, challenge.ExpiresAt, await SignAsync(challenge.Text), Stop)).Verdict);
        Assert.Equal(SubscriptionVerdict.BadSignature, (await book.DoAsync(request, challenge.Nonce, challenge.ExpiresAt, new byte[65], Stop)).Verdict);
        Assert.Empty(_receiver.All);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_with_the_challenge_is_not_subscribed()
    {
        using var book = Book();
        _echoes = false;
        Assert.Equal(SubscriptionVerdict.NotVerified, (await AskAsync(book, SubscriptionAction.Subscribe, Url)).Verdict);
        Assert.Equal(0, book.Count);
    }

    [Fact]
    public async Task Each_has_three_at_most_and_all_together_no_more_than_allowed()
    {
        using var book = Book(most: 4);
        for (var i = 0; i < 3; i++) Assert.Equal(SubscriptionVerdict.Done, (await AskAsync(book, SubscriptionAction.Subscribe, $"{Url}/{i}")).Verdict);
        Assert.Equal(SubscriptionVerdict.TooMany, (await AskAsync(book, SubscriptionAction.Subscribe, Url)).Verdict);
        using var full = Book(most: 3);
        Assert.Equal(SubscriptionVerdict.TooMany, (await AskAsync(full, SubscriptionAction.Subscribe, Url)).Verdict);
    }

    [Theory]
    [InlineData("https://127.0.0.1/hook")]
    [InlineData("https://10.0.0.1/hook")]
    [InlineData("https://[::1]/hook")]
    [InlineData("https://169.254.169.254/latest/meta-data")]
    [InlineData("https://localhost/hook")]
    public async Task An_address_inside_is_never_dialled(string url)
    {
        using var strangers = ChannelHttp.ForStrangers(TimeProvider.System);
        using var book = new SubscriptionBook(_memory, 10, AlertLinks.None, new ChannelHttp(strangers, TimeProvider.System), _time, NullLogger<SubscriptionBook>.Instance);
        var answer = await AskAsync(book, SubscriptionAction.Subscribe, url);
        Assert.Equal(SubscriptionVerdict.NotVerified, answer.Verdict);
        Assert.Contains("could not be reached", answer.Text, StringComparison.Ordinal);
        var attempt = await new WebhookChannel(new Uri(url), "a secret of sixteen", AlertLinks.None, new ChannelHttp(strangers, TimeProvider.System), _time).SendAsync(Incidents.Opened(), Stop);
        Assert.Contains("only public addresses are dialled", attempt.Answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://hooks.example/")]
    [InlineData("https://user:password@hooks.example/")]
    [InlineData("https://hooks.example/#part")]
    [InlineData("https://hooks.example/\nNonce: 1")]
    [InlineData("ftp://hooks.example/")]
    [InlineData("")]
    public void Only_plain_https_addresses_are_taken(string url) => Assert.False(SubscriptionUrl.TryParse(url, out _, out _));

    private SubscriptionBook Book(int most = 10) => new(_memory, most, AlertLinks.None, new ChannelHttp(_http, _time), _time, NullLogger<SubscriptionBook>.Instance);

    private async Task<SubscriptionAnswer> AskAsync(SubscriptionBook book, SubscriptionAction action, string subject)
    {
        var request = new SubscriptionRequest(action, Me, subject);
        var challenge = book.Nonces.Issue(request);
        return await book.DoAsync(request, challenge.Nonce, challenge.ExpiresAt, await SignAsync(challenge.Text), Stop);
    }

    private async Task<byte[]> SignAsync(string text) => (await _key.SignPersonalAsync(Encoding.UTF8.GetBytes(text), Stop)).ToBytes();

    // Stands in for a public name with a certificate, which a test cannot have.
    private sealed class ToReceiver(Uri receiver) : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.RequestUri = receiver;
            return base.SendAsync(request, cancellationToken);
        }
    }
}
