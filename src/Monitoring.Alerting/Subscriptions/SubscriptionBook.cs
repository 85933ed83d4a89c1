using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using Monitoring.Core;
using Monitoring.Ethereum;
using Monitoring.Storage;

namespace Monitoring.Alerting;

/// <summary>What became of a signed request.</summary>
public enum SubscriptionVerdict
{
    /// <summary>Done.</summary>
    Done,

    /// <summary>The nonce is not good for this request (any more): ask for another.</summary>
    BadNonce,

    /// <summary>The signature is not the orchestrator's.</summary>
    BadSignature,

    /// <summary>The orchestrator has as many subscriptions as it may, or all together have.</summary>
    TooMany,

    /// <summary>The URL did not answer the verification.</summary>
    NotVerified,

    /// <summary>There is no such subscription of this orchestrator.</summary>
    NotFound,

    /// <summary>Nothing could be stored, or too many are verified at once: try again later.</summary>
    Unavailable,
}

/// <summary>The answer to a signed request.</summary>
/// <param name="Verdict">What became of it.</param>
/// <param name="Text">What is wrong and what to do; empty when it is done.</param>
/// <param name="Subscriptions">The one that was made, or those that were asked for.</param>
public sealed record SubscriptionAnswer(SubscriptionVerdict Verdict, string Text, ImmutableArray<Subscription> Subscriptions);

/// <summary>
/// The webhooks that operators subscribed for their own orchestrators. A request counts only with a nonce of ours signed by the
/// orchestrator's key, and a URL becomes active only once it has answered a verification, so nobody can have a stranger's server called.
/// </summary>
public sealed partial class SubscriptionBook : IFurtherChannels, IDisposable
{
    /// <summary>Most subscriptions of one orchestrator.</summary>
    public const int MostOfOne = 3;

    private const string Kind = "subscription";
    private const int VerifiedAtOnce = 4;
    private static readonly TimeSpan VerificationLimit = TimeSpan.FromSeconds(10);

    private readonly IStateLog _memory;
    private readonly int _most;
    private readonly AlertLinks _links;
    private readonly ChannelHttp _http;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly SemaphoreSlim _gate = new(1);
    private readonly SemaphoreSlim _verifying = new(VerifiedAtOnce);
    private readonly ConcurrentDictionary<string, (Subscription Subscription, WebhookChannel Channel)> _byChannel = new(StringComparer.Ordinal);

    /// <summary>Makes the book with what is stored.</summary>
    /// <param name="memory">Keeps the subscriptions.</param>
    /// <param name="most">Most subscriptions of all orchestrators; 0 for none.</param>
    /// <param name="links">What events link to.</param>
    /// <param name="http">Sends to strangers' addresses: through the safe dialer alone (<see cref="ChannelHttp.ForStrangers"/>).</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Gets a line per decision.</param>
    public SubscriptionBook(IStateLog memory, int most, AlertLinks links, ChannelHttp http, TimeProvider time, ILogger<SubscriptionBook> log)
    {
        ArgumentNullException.ThrowIfNull(memory);
        (_memory, _most, _links, _http, _time, _log) = (memory, most, links, http, time, log);
        Nonces = new Nonces(time);
        foreach (var entry in memory.Read(Kind))
        {
            if (JsonSerializer.Deserialize(entry.Json, SubscriptionJson.Default.Subscription) is { } kept) Activate(kept);
        }
    }

    /// <summary>Issues what is to be signed.</summary>
    public Nonces Nonces { get; }

    /// <summary>Subscriptions of all orchestrators.</summary>
    public int Count => _byChannel.Count;

    /// <summary>False when the configuration allows none.</summary>
    public bool IsOpen => _most > 0;

    /// <inheritdoc />
    public ImmutableArray<Receiver> ReceiversOf(Incident incident)
    {
        ArgumentNullException.ThrowIfNull(incident);
        return incident.Key.Orchestrator is not { } orchestrator ? []
            : [.. OfOrchestrator(orchestrator).Select(s => new Receiver(s.Channel, ""))];
    }

    /// <inheritdoc />
    public IChannel? Find(string name) => _byChannel.TryGetValue(name, out var found) ? found.Channel : null;

    /// <summary>Does what a signed request asks for.</summary>
    /// <param name="request">The request.</param>
    /// <param name="nonce">Its nonce.</param>
    /// <param name="expiresAt">When the nonce expires.</param>
    /// <param name="signature">65 bytes.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<SubscriptionAnswer> DoAsync(
        SubscriptionRequest request, string nonce, DateTimeOffset expiresAt, ReadOnlyMemory<byte> signature, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!Nonces.TryFind(request, nonce, expiresAt, out var text))
            return Refused(SubscriptionVerdict.BadNonce, "The nonce is not good for this request: it was used, it has expired, or it was issued for another one. Ask for a new one.");
        if (!Signature.TryParse(signature.Span, out var parsed, out var why)) return Refused(SubscriptionVerdict.BadSignature, $"The signature cannot be read: {why}.");
        if (PersonalSign.Recover(System.Text.Encoding.UTF8.GetBytes(text), parsed) is not { } signer || signer.ToOrchestratorId() != request.Orchestrator)
            return Refused(SubscriptionVerdict.BadSignature, "The signature is not that of the orchestrator's key over the text of the nonce.");
        if (!Nonces.TryRedeem(nonce, expiresAt)) return Refused(SubscriptionVerdict.BadNonce, "The nonce was used already. Ask for a new one.");
        try
        {
            return request.Action switch
            {
                SubscriptionAction.List => new SubscriptionAnswer(SubscriptionVerdict.Done, "", [.. OfOrchestrator(request.Orchestrator)]),
                SubscriptionAction.Delete => await DeleteAsync(request, cancellationToken),
                _ => await SubscribeAsync(request, cancellationToken),
            };
        }
        catch (StorageFullException e)
        {
            LogNotStored(request.Orchestrator, e.Message);
            return Refused(SubscriptionVerdict.Unavailable, "It could not be stored just now. Try again later.");
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _gate.Dispose();
        _verifying.Dispose();
    }

    private async Task<SubscriptionAnswer> SubscribeAsync(SubscriptionRequest request, CancellationToken cancellationToken)
    {
        if (!SubscriptionUrl.TryParse(request.Subject, out _, out var why)) return Refused(SubscriptionVerdict.NotVerified, why);
        if (Room(request.Orchestrator) is { } full) return full;
        if (!await _verifying.WaitAsync(TimeSpan.Zero, cancellationToken)) return Refused(SubscriptionVerdict.Unavailable, "Too many URLs are being verified. Try again in a minute.");
        var subscription = new Subscription(
            RandomNumberGenerator.GetHexString(32, lowercase: true), request.Orchestrator, request.Subject, RandomNumberGenerator.GetHexString(64, lowercase: true), _time.GetUtcNow());
        try
        {
            if (await VerifyAsync(subscription, cancellationToken) is { } trouble) return Refused(SubscriptionVerdict.NotVerified, trouble);
        }
        finally
        {
            _verifying.Release();
        }

        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (Room(request.Orchestrator) is { } fullByNow) return fullByNow;
            await _memory.PutAsync(Kind, subscription.Id, JsonSerializer.Serialize(subscription, SubscriptionJson.Default.Subscription), cancellationToken);
            Activate(subscription);
        }
        finally
        {
            _gate.Release();
        }

        LogSubscribed(subscription.Id, subscription.Orchestrator);
        return new SubscriptionAnswer(SubscriptionVerdict.Done, "", [subscription]);
    }

    private async Task<SubscriptionAnswer> DeleteAsync(SubscriptionRequest request, CancellationToken cancellationToken)
    {
        var found = OfOrchestrator(request.Orchestrator).FirstOrDefault(s => s.Id == request.Subject);
        if (found is null) return Refused(SubscriptionVerdict.NotFound, "This orchestrator has no such subscription.");
        await _memory.RemoveAsync(Kind, found.Id, cancellationToken);
        _byChannel.TryRemove(found.Channel, out _);
        LogDeleted(found.Id, found.Orchestrator);
        return new SubscriptionAnswer(SubscriptionVerdict.Done, "", [found]);
    }

    // Whoever answers must know what was sent, so a server that says yes to everything is not subscribed by somebody else.
    private async Task<string?> VerifyAsync(Subscription subscription, CancellationToken cancellationToken)
    {
        var challenge = RandomNumberGenerator.GetHexString(32, lowercase: true);
        var body = JsonBody.Write(json =>
        {
            json.WriteStartObject();
            json.WriteString("type", "verification");
            json.WriteString("orchestrator", subscription.Orchestrator.Text);
            json.WriteString("challenge", challenge);
            json.WriteEndObject();
        });
        using var limit = new CancellationTokenSource(VerificationLimit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var (attempt, answer) = await ChannelOf(subscription).PostAsync($"verification-{subscription.Id}", body, either.Token);
            if (attempt.Verdict != Verdict.Taken)
                return $"The URL did not take the verification ({(attempt.Status > 0 ? $"status {attempt.Status}" : "it could not be reached: a public address with a valid certificate is expected")}).";
            return answer.Contains(challenge, StringComparison.Ordinal) ? null : "The URL answered the verification without its challenge: the answer's body must hold it.";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"The URL did not answer the verification within {VerificationLimit.TotalSeconds} s.";
        }
    }

    private SubscriptionAnswer? Room(OrchestratorId orchestrator) =>
        OfOrchestrator(orchestrator).Count() >= MostOfOne ? Refused(SubscriptionVerdict.TooMany, $"This orchestrator has {MostOfOne} subscriptions, which is all it may. Delete one first.")
        : Count >= _most ? Refused(SubscriptionVerdict.TooMany, "There are as many subscriptions as this monitor takes.")
        : null;

    private IEnumerable<Subscription> OfOrchestrator(OrchestratorId orchestrator) =>
        _byChannel.Values.Select(v => v.Subscription).Where(s => s.Orchestrator == orchestrator).OrderBy(s => s.CreatedAt).ThenBy(s => s.Id, StringComparer.Ordinal);

    private void Activate(Subscription subscription) => _byChannel[subscription.Channel] = (subscription, ChannelOf(subscription));

    private WebhookChannel ChannelOf(Subscription subscription) => new(new Uri(subscription.Url), subscription.Secret, _links, _http, _time);

    private static SubscriptionAnswer Refused(SubscriptionVerdict verdict, string text) => new(verdict, text, []);

    [LoggerMessage(7050, LogLevel.Information, "Subscription {Id} of {Orchestrator} is active")]
    private partial void LogSubscribed(string id, OrchestratorId orchestrator);

    [LoggerMessage(7051, LogLevel.Information, "Subscription {Id} of {Orchestrator} was deleted")]
    private partial void LogDeleted(string id, OrchestratorId orchestrator);

    [LoggerMessage(7052, LogLevel.Error, "A subscription of {Orchestrator} could not be stored: {Why}")]
    private partial void LogNotStored(OrchestratorId orchestrator, string why);
}
