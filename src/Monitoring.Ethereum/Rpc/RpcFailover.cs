using System.Collections.Immutable;
using Polly;
using Polly.Retry;

namespace Monitoring.Ethereum;

/// <summary>
/// Asks the operator's endpoints, whichever client speaks to them: the preferred first, the next when one fails, and those that failed lately
/// last. An endpoint is used only after it said that it serves the right chain. Safe for concurrent use.
/// </summary>
public sealed class RpcFailover
{
    private readonly ChainOptions _options;
    private readonly Func<RpcEndpoint, CancellationToken, Task<long>> _chainIdOf;
    private readonly TimeProvider _time;
    private readonly ImmutableArray<RpcEndpoint> _endpoints;
    private readonly ResiliencePipeline _again;

    /// <summary>Over the endpoints of the options.</summary>
    /// <param name="options">Endpoints, chain and retries; valid.</param>
    /// <param name="chainIdOf">Asks an endpoint for its chain (<c>eth_chainId</c>); throws <see cref="ChainException"/>.</param>
    /// <param name="time">The clock.</param>
    public RpcFailover(ChainOptions options, Func<RpcEndpoint, CancellationToken, Task<long>> chainIdOf, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        (_options, _chainIdOf, _time) = (options, chainIdOf, time);
        _endpoints = [.. options.Endpoints.Select(e => new RpcEndpoint(e))];
        _again = Pipeline(options, time);
    }

    /// <summary>How the endpoints are doing.</summary>
    public ImmutableArray<RpcEndpointHealth> Health => [.. _endpoints.Select(e => e.Health(_time.GetUtcNow()))];

    /// <summary>Asks until an endpoint gives a usable answer; after all of them failed again, as often as the options say.</summary>
    /// <param name="attempt">Asks one endpoint; throws <see cref="ChainException"/> where it gives no usable answer.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ChainException">No endpoint gave a usable answer.</exception>
    public async Task<T> AskAsync<T>(Func<RpcEndpoint, CancellationToken, Task<T>> attempt, CancellationToken cancellationToken) =>
        await _again.ExecuteAsync(
            static async (state, token) => await state.Self.TryAllAsync(state.Attempt, token).ConfigureAwait(false),
            (Self: this, Attempt: attempt),
            cancellationToken).ConfigureAwait(false);

    /// <summary>Asks each endpoint once until one takes it: for what is not to be repeated blindly.</summary>
    /// <param name="attempt">Asks one endpoint.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ChainException">No endpoint took it.</exception>
    public Task<T> AskOnceAsync<T>(Func<RpcEndpoint, CancellationToken, Task<T>> attempt, CancellationToken cancellationToken) => TryAllAsync(attempt, cancellationToken);

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

    private async Task<T> TryAllAsync<T>(Func<RpcEndpoint, CancellationToken, Task<T>> attempt, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        var troubles = new List<ChainException>();

        // A stable sort: in the operator's order, but whoever failed lately comes later.
        foreach (var endpoint in _endpoints.OrderBy(e => e.DemotedUntil > now ? e.DemotedUntil : DateTimeOffset.MinValue))
        {
            try
            {
                await VerifyAsync(endpoint, cancellationToken).ConfigureAwait(false);
                var answer = await attempt(endpoint, cancellationToken).ConfigureAwait(false);
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

    private async Task VerifyAsync(RpcEndpoint endpoint, CancellationToken cancellationToken)
    {
        endpoint.ChainId ??= await _chainIdOf(endpoint, cancellationToken).ConfigureAwait(false);
        if (endpoint.ChainId != _options.ChainId)
        {
            throw new ChainException(
                ChainFault.WrongChain,
                $"{endpoint.Host} serves chain {endpoint.ChainId}, but chain {_options.ChainId} is configured. It is not used: correct its address, or the chain id.");
        }
    }
}
