using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using Polly;
using Polly.Retry;

namespace Monitoring.Ethereum;

/// <summary>
/// Asks the operator's endpoints: the preferred first, the next when one fails, and those that failed lately last. An endpoint is used only
/// after it said that it serves the right chain. The endpoints are the operator's own choice, so they are called directly.
/// </summary>
internal sealed class JsonRpcClient : IDisposable
{
    private readonly ChainOptions _options;
    private readonly TimeProvider _time;
    private readonly ImmutableArray<RpcEndpoint> _endpoints;
    private readonly HttpClient _http;
    private readonly RpcTransport _transport;
    private readonly ResiliencePipeline _again;

    public JsonRpcClient(ChainOptions options, TimeProvider time)
    {
        options.Validate();
        _options = options;
        _time = time;
        _endpoints = [.. options.Endpoints.Select(e => new RpcEndpoint(e))];
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
        _transport = new RpcTransport(_http, options.RequestTimeout, options.MaxAnswerBytes, time);
        _again = Pipeline(options, time);
    }

    public ImmutableArray<RpcEndpointHealth> Health => [.. _endpoints.Select(e => e.Health(_time.GetUtcNow()))];

    /// <summary>Asks several calls of one endpoint, in as many requests as the batch size needs, and reads the results.</summary>
    /// <param name="calls">The calls.</param>
    /// <param name="read">Makes the answer of the results. Where it throws a format error the endpoint counts as failed.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ChainException">No endpoint gave a usable answer.</exception>
    public async Task<T> AskAsync<T>(IReadOnlyList<RpcCall> calls, Func<IReadOnlyList<JsonElement>, T> read, CancellationToken cancellationToken) =>
        await _again.ExecuteAsync(
            static async (state, token) => await state.Client.TryAllAsync(state.Calls, state.Read, token).ConfigureAwait(false),
            (Client: this, Calls: calls, Read: read),
            cancellationToken).ConfigureAwait(false);

    /// <summary>Asks one call.</summary>
    /// <exception cref="ChainException">No endpoint gave a usable answer.</exception>
    public Task<T> AskAsync<T>(RpcCall call, Func<JsonElement, T> read, CancellationToken cancellationToken) =>
        AskAsync([call], results => read(results[0]), cancellationToken);

    /// <summary>Asks one call of each endpoint once until one takes it: for what is not to be repeated blindly.</summary>
    /// <exception cref="ChainException">No endpoint took it.</exception>
    public Task<T> AskOnceAsync<T>(RpcCall call, Func<JsonElement, T> read, CancellationToken cancellationToken) =>
        TryAllAsync([call], results => read(results[0]), cancellationToken);

    /// <summary>Asks every endpoint which chain it serves. One that cannot be reached now is asked again before it is used.</summary>
    /// <exception cref="ChainException">One serves another chain, or none can be reached.</exception>
    public async Task VerifyChainAsync(CancellationToken cancellationToken)
    {
        var troubles = new List<ChainException>();
        foreach (var endpoint in _endpoints)
        {
            try
            {
                await VerifyAsync(endpoint, cancellationToken).ConfigureAwait(false);
                endpoint.Answered();
            }
            catch (ChainException e) when (e.Fault != ChainFault.WrongChain)
            {
                endpoint.Failed(e.Message, _time.GetUtcNow() + _options.DemotedFor);
                troubles.Add(e);
            }
        }

        if (troubles.Count == _endpoints.Length) throw Together(troubles);
    }

    public void Dispose() => _http.Dispose();

    private static ResiliencePipeline Pipeline(ChainOptions options, TimeProvider time)
    {
        var builder = new ResiliencePipelineBuilder { TimeProvider = time };
        if (options.Retries == 0) return builder.Build();
        return builder.AddRetry(new RetryStrategyOptions
        {
            MaxRetryAttempts = options.Retries,
            Delay = options.RetryDelay,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            ShouldHandle = static arguments => ValueTask.FromResult(
                arguments.Outcome.Exception is ChainException { Fault: ChainFault.Unreachable or ChainFault.TimedOut or ChainFault.Malformed or ChainFault.Refused }),
        }).Build();
    }

    // One endpoint of the wrong chain must not hide that the right ones may answer soon.
    private static ChainException Together(List<ChainException> troubles) => troubles.Count == 1
        ? troubles[0]
        : new ChainException(
            (troubles.Find(t => t.Fault != ChainFault.WrongChain) ?? troubles[0]).Fault,
            $"None of {troubles.Count} RPC endpoints answered. " + string.Join(" ", troubles.Select(t => t.Message)),
            troubles[0]);

    private async Task<T> TryAllAsync<T>(IReadOnlyList<RpcCall> calls, Func<IReadOnlyList<JsonElement>, T> read, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        var troubles = new List<ChainException>();

        // A stable sort: in the operator's order, but whoever failed lately comes later.
        foreach (var endpoint in _endpoints.OrderBy(e => e.DemotedUntil > now ? e.DemotedUntil : DateTimeOffset.MinValue))
        {
            try
            {
                await VerifyAsync(endpoint, cancellationToken).ConfigureAwait(false);
                var answer = await AttemptAsync(endpoint, calls, read, cancellationToken).ConfigureAwait(false);
                endpoint.Answered();
                return answer;
            }
            catch (ChainException e) when (e.Fault != ChainFault.Reverted)
            {
                endpoint.Failed(e.Message, e.Fault == ChainFault.Refused ? null : _time.GetUtcNow() + _options.DemotedFor);
                troubles.Add(e);
            }
        }

        throw Together(troubles);
    }

    private async Task<T> AttemptAsync<T>(
        RpcEndpoint endpoint, IReadOnlyList<RpcCall> calls, Func<IReadOnlyList<JsonElement>, T> read, CancellationToken cancellationToken)
    {
        if (calls.Count <= _options.MaxBatch) return await _transport.ExchangeAsync(endpoint, calls, read, cancellationToken).ConfigureAwait(false);
        var results = new List<JsonElement>(calls.Count);
        for (var at = 0; at < calls.Count; at += _options.MaxBatch)
        {
            var part = calls.Skip(at).Take(_options.MaxBatch).ToArray();
            results.AddRange(await _transport.ExchangeAsync(endpoint, part, r => r.Select(e => e.Clone()).ToArray(), cancellationToken).ConfigureAwait(false));
        }

        try
        {
            return read(results);
        }
        catch (Exception e) when (e is AbiException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            throw new ChainException(ChainFault.Malformed, $"{endpoint.Host} answered {calls.Count} calls with something else than was asked: {e.Message}", e);
        }
    }

    private async Task VerifyAsync(RpcEndpoint endpoint, CancellationToken cancellationToken)
    {
        endpoint.ChainId ??= await _transport.ExchangeAsync(
            endpoint, [RpcCall.Of("eth_chainId")], r => (long?)RpcHex.Int64(r[0]), cancellationToken).ConfigureAwait(false);
        if (endpoint.ChainId != _options.ChainId)
        {
            throw new ChainException(
                ChainFault.WrongChain,
                $"{endpoint.Host} serves chain {endpoint.ChainId}, but chain {_options.ChainId} is configured. It is not used: correct its address, or the chain id.");
        }
    }
}
