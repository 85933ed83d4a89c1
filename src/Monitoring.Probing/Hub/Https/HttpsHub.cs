using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Monitoring.Core;
using Monitoring.Storage;

namespace Monitoring.Probing;

/// <summary>
/// The hub over HTTPS: every call a POST that the region signs. What could not be said, or was answered with anything but yes, is an
/// <see cref="HttpRequestException"/> that names what the hub said; whoever asked tries again later.
/// </summary>
public sealed class HttpsHub : IHub, IDisposable
{
    // Beyond the wait that was asked for: the way there and back, and a hub that is busy.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly HttpClient _http;
    private readonly RegionKey _key;
    private readonly TimeProvider _time;
    private volatile string _session = "none";

    /// <summary>Creates the adapter; nothing is sent before the first call.</summary>
    /// <param name="hub">The hub's address; a path in it is kept, so that the hub may stand behind a proxy.</param>
    /// <param name="key">The region's key.</param>
    /// <param name="handler">How to reach it: whom to trust, what to show. Disposed with this object.</param>
    /// <param name="time">Our own clock.</param>
    public HttpsHub(Uri hub, RegionKey key, HttpMessageHandler handler, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(hub);
        _http = new HttpClient(handler)
        {
            BaseAddress = new Uri(hub.GetLeftPart(UriPartial.Path).TrimEnd('/')),
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = HubWire.MostAnswerBytes,
        };
        _key = key;
        _time = time;
    }

    /// <summary>What is known of the hub's clock.</summary>
    public HubClock Clock { get; } = new();

    /// <inheritdoc />
    public async Task<ImmutableArray<TestJob>> LeaseAsync(RegionId region, int workers, TimeSpan wait, CancellationToken cancellationToken, bool unpaid = false)
    {
        var asked = new LeaseMessage { Workers = workers, WaitMilliseconds = Milliseconds(wait), Unpaid = unpaid };
        var answer = await AskAsync(region, HubWire.Lease, asked, HubJson.Default.LeaseMessage, HubJson.Default.JobsMessage, wait, cancellationToken);
        return [.. answer.Jobs.Select(j => j.To(region))];
    }

    /// <inheritdoc />
    public async Task<bool> ExtendAsync(RegionId region, TestId test, CancellationToken cancellationToken) =>
        (await AskAsync(region, HubWire.Extend, new ExtendMessage { Test = test }, HubJson.Default.ExtendMessage, HubJson.Default.ExtendedMessage, default, cancellationToken)).Extended;

    /// <inheritdoc />
    public Task ReturnAsync(RegionId region, TestId test, OutcomeCode reason, CancellationToken cancellationToken) =>
        AskAsync(region, HubWire.Return, new ReturnMessage { Test = test, Reason = reason }, HubJson.Default.ReturnMessage, HubJson.Default.DoneMessage, default, cancellationToken);

    /// <inheritdoc />
    /// <remarks>A result that the hub cannot even read (400, 413) is refused for good; for every other refusal it waits in the spool.</remarks>
    public async Task<ReportAnswer> ReportAsync(TestResult result, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await SendAsync(result.Region, HubWire.Report, SpoolFormat.TestResult.Write(result), HubJson.Default.ReportedMessage, default, cancellationToken);
            return new ReportAnswer(answer.Accepted, answer.Reason);
        }
        catch (HttpRequestException e) when (e.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge)
        {
            return new ReportAnswer(false, e.Message);
        }
    }

    /// <inheritdoc />
    public async Task LivenessAsync(RegionId region, LivenessReport report, CancellationToken cancellationToken)
    {
        try
        {
            await AskAsync(region, HubWire.Liveness, report, HubJson.Default.LivenessReport, HubJson.Default.DoneMessage, default, cancellationToken);
        }
        catch (HttpRequestException e) when (e.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge)
        {
            throw new ArgumentException(e.Message, nameof(report), e);
        }
    }

    /// <inheritdoc />
    public async Task<LivenessOrders> LivenessOrdersAsync(RegionId region, long known, TimeSpan wait, CancellationToken cancellationToken)
    {
        var asked = new OrdersMessage { Known = known, WaitMilliseconds = Milliseconds(wait) };
        return await AskAsync(region, HubWire.Orders, asked, HubJson.Default.OrdersMessage, HubJson.Default.LivenessOrders, wait, cancellationToken);
    }

    /// <inheritdoc />
    public async Task HealthAsync(RegionId region, RegionVitals vitals, CancellationToken cancellationToken)
    {
        try
        {
            await AskAsync(region, HubWire.Health, vitals, HubJson.Default.RegionVitals, HubJson.Default.DoneMessage, default, cancellationToken);
        }
        catch (HttpRequestException e) when (e.StatusCode == HttpStatusCode.BadRequest)
        {
            throw new ArgumentException(e.Message, nameof(vitals), e);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _http.Dispose();

    private static int Milliseconds(TimeSpan wait) => (int)Math.Clamp(wait.TotalMilliseconds, 0, HubWire.LongestWait.TotalMilliseconds);

    private Task<TAnswer> AskAsync<TAsked, TAnswer>(
        RegionId region, string path, TAsked asked, JsonTypeInfo<TAsked> askedType, JsonTypeInfo<TAnswer> answerType, TimeSpan wait, CancellationToken cancellationToken) =>
        SendAsync(region, path, JsonSerializer.SerializeToUtf8Bytes(asked, askedType), answerType, wait, cancellationToken);

    private async Task<TAnswer> SendAsync<TAnswer>(
        RegionId region, string path, byte[] body, JsonTypeInfo<TAnswer> type, TimeSpan wait, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(wait + Patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            // A hub that was started again tells its new session, one whose clock is far from ours its time: sign once more by that.
            var first = await OnceAsync(region, path, body, type, mayAgain: true, either.Token);
            return first is { } answer ? answer.Answer : (await OnceAsync(region, path, body, type, mayAgain: false, either.Token))!.Value.Answer;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HttpRequestException($"{path}: the hub did not answer within {(wait + Patience).TotalSeconds:0} s");
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.SecureConnectionError)
        {
            // The outer message says only that there is an inner one.
            throw new HttpRequestException(HttpRequestError.SecureConnectionError, $"{path}: no TLS connection to the hub: {Outcome.Clean(e.GetBaseException().Message)}", e);
        }
        catch (Exception e) when (e is JsonException or IOException or InvalidOperationException)
        {
            throw new HttpRequestException($"{path}: the hub's answer cannot be read: {e.Message}", e);
        }
    }

    // Null when it is to be signed again.
    private async Task<Answered<TAnswer>?> OnceAsync<TAnswer>(RegionId region, string path, byte[] body, JsonTypeInfo<TAnswer> type, bool mayAgain, CancellationToken cancellationToken)
    {
        var sent = _time.GetUtcNow();
        var signed = new SignedRequest(
            path, region.Code, _session, (sent + (Clock.Offset ?? TimeSpan.Zero)).ToUnixTimeMilliseconds(), Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SignedRequest.NonceLength / 2)));
        using var request = Request(signed, body);
        using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellationToken);
        var reached = Learn(answer.Headers, sent, _time.GetUtcNow());
        if (answer.IsSuccessStatusCode)
        {
            var bytes = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
            return new Answered<TAnswer>(JsonSerializer.Deserialize(bytes, type) ?? throw new JsonException("it is null"));
        }

        if (answer.StatusCode == HttpStatusCode.Unauthorized && Header(answer.Headers, HubWire.SessionHeader) is { Length: > 0 and <= 64 } session)
        {
            var isOther = session != signed.Session || (reached is { } at && (at.ToUnixTimeMilliseconds() - signed.UnixMilliseconds) is var off && Math.Abs(off) > HubWire.TimeTolerance.TotalMilliseconds / 2);
            _session = session;
            if (isOther && mayAgain) return null;
        }

        throw Refused(answer.StatusCode, path, await WhyAsync(answer, cancellationToken));
    }

    private HttpRequestMessage Request(SignedRequest signed, byte[] body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_http.BaseAddress!.AbsoluteUri.TrimEnd('/') + signed.Path)) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add(HubWire.VersionHeader, HubWire.Version.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add(HubWire.RegionHeader, signed.Region);
        request.Headers.Add(HubWire.KeyHeader, _key.Id);
        request.Headers.Add(HubWire.SessionHeader, signed.Session);
        request.Headers.Add(HubWire.TimeHeader, signed.UnixMilliseconds.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add(HubWire.NonceHeader, signed.Nonce);
        request.Headers.Add(HubWire.SignatureHeader, _key.Sign(signed, body));
        return request;
    }

    private DateTimeOffset? Learn(HttpResponseHeaders headers, DateTimeOffset sent, DateTimeOffset received)
    {
        var reached = Instant(headers, HubWire.ReceivedHeader);
        if (reached is { } r && Instant(headers, HubWire.AnsweredHeader) is { } answered) Clock.Learn(sent, r, answered, received);
        return reached;
    }

    private static DateTimeOffset? Instant(HttpResponseHeaders headers, string name) =>
        long.TryParse(Header(headers, name), NumberStyles.None, CultureInfo.InvariantCulture, out var millis) && millis < 4_102_444_800_000
            ? DateTimeOffset.FromUnixTimeMilliseconds(millis)
            : null;

    private static string? Header(HttpResponseHeaders headers, string name) => headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    private static async Task<string> WhyAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        var bytes = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
        try
        {
            return Outcome.Clean(JsonSerializer.Deserialize(bytes, HubJson.Default.RefusedMessage)?.Error);
        }
        catch (JsonException)
        {
            return "";
        }
    }

    private static HttpRequestException Refused(HttpStatusCode status, string path, string why) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{path}: the hub said {(int)status}{(why.Length == 0 ? "" : ": ")}{why}"), null, status);

    private readonly record struct Answered<T>(T Answer);
}
