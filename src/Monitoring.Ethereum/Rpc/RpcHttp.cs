using System.Net;
using System.Net.Http.Headers;

namespace Monitoring.Ethereum;

/// <summary>
/// HTTP to the operator's endpoints, bounded in size and time, whichever client speaks JSON-RPC over it. The endpoints are the operator's own
/// choice, so they are called directly. Safe for concurrent use.
/// </summary>
public sealed class RpcHttp : IDisposable
{
    private readonly HttpClient _http;
    private readonly TimeSpan _timeout;
    private readonly int _maxAnswerBytes;
    private readonly TimeProvider _time;

    /// <summary>A client of its own connections.</summary>
    /// <param name="options">Whose time-out and limit of bytes hold for each request.</param>
    /// <param name="time">The clock of the time-out.</param>
    public RpcHttp(ChainOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        (_timeout, _maxAnswerBytes, _time) = (options.RequestTimeout, options.MaxAnswerBytes, time);
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.All,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
    }

    /// <summary>Posts a request and reads the whole answer, after decompression.</summary>
    /// <param name="endpoint">Who is asked.</param>
    /// <param name="body">The request, JSON.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ChainException">
    /// There is no answer, it has another HTTP status than 200, or it is too slow or too large. The message names the host and never the path,
    /// which may hold a key.
    /// </exception>
    public async Task<ReadOnlyMemory<byte>> PostAsync(RpcEndpoint endpoint, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        using var deadline = new CancellationTokenSource(_timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, endpoint.Address) { Content = new ReadOnlyMemoryContent(body) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
            request.Headers.Authorization = endpoint.Authorization;
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
            if (response.StatusCode != HttpStatusCode.OK)
                throw new ChainException(ChainFault.Unreachable, $"{endpoint.Host} answered with HTTP status {(int)response.StatusCode}{Hint(response.StatusCode)}.");
            return await ReadAsync(endpoint, response, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ChainException(ChainFault.TimedOut, $"{endpoint.Host} did not answer within {_timeout.TotalSeconds:0.###} s.");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // The platform's message may repeat the address with its key; the reason alone does not.
            var reason = (e as HttpRequestException)?.HttpRequestError.ToString() ?? "the answer broke off";
            throw new ChainException(ChainFault.Unreachable, $"{endpoint.Host} cannot be reached ({reason}).");
        }
    }

    /// <summary>Closes the connections.</summary>
    public void Dispose() => _http.Dispose();

    private static string Hint(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => ": check the key in its address",
        HttpStatusCode.TooManyRequests => ": its limit of requests is reached",
        _ => "",
    };

    private async Task<ReadOnlyMemory<byte>> ReadAsync(RpcEndpoint endpoint, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var buffer = new byte[Math.Min(16 * 1024, _maxAnswerBytes)];
        var length = 0;
        while (true)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(length), cancellationToken).ConfigureAwait(false);
            if (read == 0) return buffer.AsMemory(0, length);
            length += read;
            if (length < buffer.Length) continue;
            if (length >= _maxAnswerBytes) throw new ChainException(ChainFault.Malformed, $"{endpoint.Host} answered with more than {_maxAnswerBytes} bytes.");
            Array.Resize(ref buffer, (int)Math.Min(2L * buffer.Length, _maxAnswerBytes));
        }
    }
}
