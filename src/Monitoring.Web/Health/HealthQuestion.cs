using System.Text;

namespace Monitoring.Web;

/// <summary>What a process said of its health.</summary>
/// <param name="IsWell">True for an answer of the 200s.</param>
/// <param name="Said">One line for people: the beginning of the answer, or why there was none.</param>
public sealed record HealthAnswer(bool IsWell, string Said);

/// <summary>
/// Asks a process whether it is well, as an image without a shell must be able to do for itself. Asked is what our own configuration names:
/// no proxy, no redirect, nothing kept.
/// </summary>
public static class HealthQuestion
{
    /// <summary>The longest wait for an answer. Whoever asks every few seconds must not pile up.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(4);

    private const int MostBytes = 200;

    /// <summary>Where <c>/readyz</c> is answered, from the addresses that are listened on.</summary>
    /// <param name="urls">As in the setting <c>Urls</c>: separated by semicolons or commas; <c>*</c>, <c>+</c> and <c>0.0.0.0</c> stand for every address of the machine. The first one is asked.</param>
    /// <returns>Null where none of it is an http or https URL.</returns>
    public static Uri? Readiness(string urls)
    {
        ArgumentNullException.ThrowIfNull(urls);
        foreach (var part in urls.Split([';', ','], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var whole = part.Replace("://*", "://127.0.0.1", StringComparison.Ordinal).Replace("://+", "://127.0.0.1", StringComparison.Ordinal)
                .Replace("://0.0.0.0", "://127.0.0.1", StringComparison.Ordinal).Replace("://[::]", "://[::1]", StringComparison.Ordinal);
            if (Uri.TryCreate(whole, UriKind.Absolute, out var url) && IsHttp(url)) return new Uri(url, "/readyz");
        }

        return null;
    }

    /// <summary>True for a URL that can be asked.</summary>
    public static bool IsHttp(Uri url)
    {
        ArgumentNullException.ThrowIfNull(url);
        return url.IsAbsoluteUri && url.Scheme is "http" or "https" && url.Host.Length > 0;
    }

    /// <summary>Asks once.</summary>
    /// <param name="url">The whole address, path included.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Never an exception for what the other side does or does not: that is the answer.</returns>
    public static async Task<HealthAnswer> AskAsync(Uri url, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(url);
        using var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false, MaxResponseHeadersLength = 16 };
        using var http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            using var answer = await http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false);
            await using var body = await answer.Content.ReadAsStreamAsync(limit.Token).ConfigureAwait(false);
            var buffer = new byte[MostBytes];
            var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, limit.Token).ConfigureAwait(false);
            return new HealthAnswer(answer.IsSuccessStatusCode, $"{(int)answer.StatusCode} {FirstLine(buffer.AsSpan(0, length))}".TrimEnd());
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new HealthAnswer(false, $"no answer within {Limit.TotalSeconds:0} s");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return new HealthAnswer(false, e.Message);
        }
    }

    private static string FirstLine(ReadOnlySpan<byte> body)
    {
        var text = Encoding.UTF8.GetString(body);
        var end = text.AsSpan().IndexOfAny('\r', '\n');
        return string.Concat((end < 0 ? text : text[..end]).Select(c => char.IsControl(c) ? '?' : c));
    }
}
