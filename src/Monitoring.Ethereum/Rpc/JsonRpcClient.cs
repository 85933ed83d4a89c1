using System.Collections.Immutable;
using System.Text.Json;

namespace Monitoring.Ethereum;

/// <summary>Our own JSON-RPC over the operator's endpoints.</summary>
internal sealed class JsonRpcClient : IDisposable
{
    private readonly ChainOptions _options;
    private readonly RpcHttp _http;
    private readonly RpcTransport _transport;
    private readonly RpcFailover _endpoints;

    public JsonRpcClient(ChainOptions options, TimeProvider time)
    {
        options.Validate();
        _options = options;
        _http = new RpcHttp(options, time);
        _transport = new RpcTransport(_http, time);
        _endpoints = new RpcFailover(options, (e, token) => _transport.ExchangeAsync(e, [RpcCall.Of("eth_chainId")], r => RpcHex.Int64(r[0]), token), time);
    }

    public ImmutableArray<RpcEndpointHealth> Health => _endpoints.Health;

    /// <summary>Asks several calls of one endpoint, in as many requests as the batch size needs, and reads the results.</summary>
    /// <param name="calls">The calls.</param>
    /// <param name="read">Makes the answer of the results. Where it throws a format error the endpoint counts as failed.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ChainException">No endpoint gave a usable answer.</exception>
    public Task<T> AskAsync<T>(IReadOnlyList<RpcCall> calls, Func<IReadOnlyList<JsonElement>, T> read, CancellationToken cancellationToken) =>
        _endpoints.AskAsync((endpoint, token) => AttemptAsync(endpoint, calls, read, token), cancellationToken);

    /// <summary>Asks one call.</summary>
    /// <exception cref="ChainException">No endpoint gave a usable answer.</exception>
    public Task<T> AskAsync<T>(RpcCall call, Func<JsonElement, T> read, CancellationToken cancellationToken) =>
        AskAsync([call], results => read(results[0]), cancellationToken);

    /// <summary>Asks one call of each endpoint once until one takes it: for what is not to be repeated blindly.</summary>
    /// <exception cref="ChainException">No endpoint took it.</exception>
    public Task<T> AskOnceAsync<T>(RpcCall call, Func<JsonElement, T> read, CancellationToken cancellationToken) =>
        _endpoints.AskOnceAsync((endpoint, token) => AttemptAsync(endpoint, [call], results => read(results[0]), token), cancellationToken);

    /// <inheritdoc cref="RpcFailover.VerifyChainAsync" />
    public Task VerifyChainAsync(CancellationToken cancellationToken) => _endpoints.VerifyChainAsync(cancellationToken);

    public void Dispose() => _http.Dispose();

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
}
