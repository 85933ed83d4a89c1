using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Monitoring.Core;
using Monitoring.Standalone.Configuration;

namespace Monitoring.Standalone.PostTo;

/// <summary>How one post ended.</summary>
internal enum PostVerdict
{
    /// <summary>The server has it.</summary>
    Taken,

    /// <summary>The server, or the way to it, fails just now.</summary>
    Failed,

    /// <summary>The server will not have it as it is.</summary>
    Refused,
}

/// <summary>What came of one attempt.</summary>
/// <param name="Verdict">How it ended.</param>
/// <param name="Status">HTTP status; 0 when no answer came.</param>
/// <param name="Answer">What was said or what went wrong, cleaned.</param>
/// <param name="RetryAfter">The wait that the server asks for, if any.</param>
internal readonly record struct PostAttempt(PostVerdict Verdict, int Status, string Answer, TimeSpan? RetryAfter)
{
    private const int MostAnswerBytes = 2048;

    /// <summary>Signs a body and sends it once: HMAC-SHA256 of the bytes as lower-case hex in <c>Authorization</c> (leaderboard reference, A.8).</summary>
    public static async Task<PostAttempt> SendAsync(HttpClient http, PostToOptions to, string body, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        var bytes = Encoding.UTF8.GetBytes(body);
        using var request = new HttpRequestMessage(HttpMethod.Post, to.Url) { Content = new ByteArrayContent(bytes) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TryAddWithoutValidation("Authorization", Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(to.Secret.Reveal()), bytes)));
        try
        {
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            var verdict = answer.StatusCode == HttpStatusCode.OK ? PostVerdict.Taken : IsRefusal((int)answer.StatusCode) ? PostVerdict.Refused : PostVerdict.Failed;
            var text = verdict == PostVerdict.Taken ? "" : await ReadStartAsync(answer, either.Token);
            return new PostAttempt(verdict, (int)answer.StatusCode, text, WaitAskedFor(answer, time.GetUtcNow()));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new PostAttempt(PostVerdict.Failed, 0, $"no answer within {limit.TotalSeconds} s", null);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return new PostAttempt(PostVerdict.Failed, 0, Outcome.Clean(e.Message), null);
        }
    }

    // 408, 425 and 429 ask for another try; every other 4xx, and a redirect, will be the same next time.
    private static bool IsRefusal(int status) => status is >= 300 and < 500 and not (408 or 425 or 429);

    private static TimeSpan? WaitAskedFor(HttpResponseMessage answer, DateTimeOffset now) => answer.Headers.RetryAfter switch
    {
        { Delta: { } delta } when delta > TimeSpan.Zero => delta,
        { Date: { } date } when date > now => date - now,
        _ => null,
    };

    private static async Task<string> ReadStartAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        await using var stream = await answer.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[MostAnswerBytes];
        var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return Outcome.Clean(Encoding.UTF8.GetString(buffer, 0, length));
    }
}
