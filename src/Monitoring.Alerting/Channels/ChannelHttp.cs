using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Monitoring.Core;
using Monitoring.Net;

namespace Monitoring.Alerting;

/// <summary>HTTP to the receivers of alerts: one request, an answer of bounded size, and what it means.</summary>
/// <param name="http">Sends; it follows no redirect, for that would carry the secrets to somebody else.</param>
/// <param name="time">The clock of dates in answers.</param>
public sealed class ChannelHttp(HttpMessageInvoker http, TimeProvider time)
{
    private const int MostAnswerBytes = 4096;

    /// <summary>Reads at most so much of a body that should be short.</summary>
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);

    /// <summary>Sends to receivers that our own configuration names. Whoever gets the result owns the invoker behind it.</summary>
    public static HttpMessageInvoker ForConfigured() => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        MaxResponseHeadersLength = 64,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    });

    /// <summary>Sends to receivers that strangers name: public addresses over verified TLS alone, through the safe dialer.</summary>
    /// <param name="time">The clock of the limits.</param>
    public static HttpMessageInvoker ForStrangers(TimeProvider time) => SafeHttp.CreateInvoker(
        new SafeDialer(new DialPolicy { ConnectTimeout = TimeSpan.FromSeconds(5) }, new SystemNameResolver(), time),
        new SafeHttpOptions { VerifyCertificate = true, MaxConnectionsPerServer = 2, MaxResponseHeadersKibibytes = 16 });

    /// <summary>Sends JSON once.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="json">The body, UTF-8.</param>
    /// <param name="headers">Further headers; may be null.</param>
    /// <param name="secrets">Texts that must not show up in the attempt, whatever the receiver answers.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    internal async Task<(Attempt Attempt, string Body)> PostAsync(
        Uri to, ReadOnlyMemory<byte> json, IReadOnlyList<KeyValuePair<string, string>>? headers, IReadOnlyList<string> secrets, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, to) { Content = new ReadOnlyMemoryContent(json), Version = HttpVersion.Version11 };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        foreach (var (name, value) in headers ?? []) request.Headers.TryAddWithoutValidation(name, value);
        return await SendAsync(request, secrets, cancellationToken);
    }

    internal async Task<(Attempt Attempt, string Body)> SendAsync(HttpRequestMessage request, IReadOnlyList<string> secrets, CancellationToken cancellationToken)
    {
        request.Headers.TryAddWithoutValidation("User-Agent", "livepeer-monitor");
        try
        {
            using var answer = await http.SendAsync(request, cancellationToken);
            var status = (int)answer.StatusCode;
            var body = await ReadStartAsync(answer, cancellationToken);
            var verdict = status is >= 200 and < 300 ? Verdict.Taken : IsRefusal(status) ? Verdict.Refused : Verdict.Failed;
            var said = verdict == Verdict.Taken ? "" : Outcome.Clean(Redacted(body, secrets));
            return (new Attempt(verdict, status, said, verdict == Verdict.Failed ? WaitAskedFor(answer, body, time.GetUtcNow()) : null), body);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or DialException or BoundExceededException)
        {
            // The outermost text of the class library names host and port at most; the dialer's own says why.
            var why = DialException.TryFind(e, out var dial) ? dial.Message : e.Message;
            return (new Attempt(Verdict.Failed, 0, Outcome.Clean(Redacted(why, secrets))), "");
        }
    }

    // 408, 425 and 429 ask for another try; every other 4xx, and a redirect, will be the same next time.
    private static bool IsRefusal(int status) => status is >= 300 and < 500 and not (408 or 425 or 429);

    // RFC 9110, section 10.2.3: seconds or a date. Telegram, and Discord more exactly, say it in the body.
    private static TimeSpan? WaitAskedFor(HttpResponseMessage answer, string body, DateTimeOffset now) => answer.Headers.RetryAfter switch
    {
        { Delta: { } delta } when delta > TimeSpan.Zero => delta,
        { Date: { } date } when date > now => date - now,
        _ => WaitInBody(body),
    };

    private static TimeSpan? WaitInBody(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            var holder = json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("parameters", out var inner) ? inner : json.RootElement;
            return holder.ValueKind == JsonValueKind.Object && holder.TryGetProperty("retry_after", out var wait) && wait.ValueKind == JsonValueKind.Number && wait.TryGetDouble(out var seconds)
                && seconds is > 0 and < 1_000_000
                ? TimeSpan.FromSeconds(seconds)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private async Task<string> ReadStartAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        if (answer.Content.Headers.ContentLength > MostAnswerBytes) return string.Create(CultureInfo.InvariantCulture, $"(an answer of {answer.Content.Headers.ContentLength} bytes)");
        await using var stream = await answer.Content.ReadAsStreamAsync(cancellationToken);
        try
        {
            var bytes = await BoundedReader.ReadAsync(stream, new BodyLimits { MaximumBytes = MostAnswerBytes, Timeout = AnswerLimit }, time, cancellationToken);
            return Encoding.UTF8.GetString(bytes);
        }
        catch (BoundExceededException)
        {
            return "(an answer too long or too slow to be read)";
        }
    }

    private static string Redacted(string text, IReadOnlyList<string> secrets)
    {
        foreach (var secret in secrets.Where(s => s.Length > 3)) text = text.Replace(secret, "********", StringComparison.Ordinal);
        return text;
    }
}
