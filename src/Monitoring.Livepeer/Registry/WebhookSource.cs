using Monitoring.Core;

namespace Monitoring.Livepeer;

/// <summary>A list that a web server of the operator's choice answers, asked anew at each read: within 3 s and 1 MiB.</summary>
public sealed class WebhookSource : IOrchestratorSource, IDisposable
{
    /// <summary>The longest an answer may take, as with a stock gateway.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    /// <summary>The most bytes of an answer.</summary>
    public const int MostBytes = 1 << 20;

    private readonly Uri _url;
    private readonly HttpClient _http;
    private readonly TimeProvider _time;

    /// <summary>Opens it.</summary>
    /// <param name="url">The list.</param>
    /// <param name="time">The clock of the limit.</param>
    public WebhookSource(Uri url, TimeProvider time)
    {
        _url = url;
        _time = time;
        _http = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5), AutomaticDecompression = System.Net.DecompressionMethods.None })
        {
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = MostBytes,
        };
    }

    /// <inheritdoc />
    public bool IsOwn => false;

    /// <inheritdoc />
    public async Task<IReadOnlyList<RegistryEntry>> ReadAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Limit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var answer = await _http.GetAsync(_url, either.Token);
            if (!answer.IsSuccessStatusCode) throw new SourceException($"{Name} answered {(int)answer.StatusCode}.");
            return WebhookList.Parse(await answer.Content.ReadAsByteArrayAsync(either.Token));
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SourceException($"{Name} did not answer within {Limit.TotalSeconds} s.", e);
        }
        catch (HttpRequestException e)
        {
            throw new SourceException(
                e.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded ? $"The answer of {Name} is over {MostBytes} bytes." : $"{Name} could not be read: {e.Message}", e);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _http.Dispose();

    // The query may hold a key.
    private string Name => _url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
}
