using Monitoring.Ethereum;
using Nethereum.ABI.FunctionEncoding;
using Nethereum.Contracts;
using Nethereum.JsonRpc.Client;
using Nethereum.RPC.Eth.DTOs;
using Nethereum.RPC.Eth.Transactions;
using Newtonsoft.Json.Linq;

namespace Monitoring.Cluster.Chain;

/// <summary>Nethereum over the operator's endpoints, by the same rules of who is asked when as our own client.</summary>
internal sealed class NethereumReads : IDisposable
{
    private readonly ChainOptions _options;
    private readonly TimeProvider _time;
    private readonly RpcHttp _http;

    public NethereumReads(ChainOptions options, TimeProvider time)
    {
        (_options, _time) = (options, time);
        Endpoints = new RpcFailover(options, ChainIdAsync, time);
        _http = new RpcHttp(options, time);
    }

    public RpcFailover Endpoints { get; }

    /// <summary>Asks a method of the node.</summary>
    /// <param name="method">For example <c>eth_gasPrice</c>.</param>
    /// <param name="read">Makes the answer of the result.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="parameters">The method's own.</param>
    /// <exception cref="ChainException">No endpoint gave a usable answer.</exception>
    public Task<T> AskAsync<T>(string method, Func<JToken, T> read, CancellationToken cancellationToken, params object[] parameters) => Endpoints.AskAsync(
        (endpoint, token) => AttemptAsync(endpoint, async rpc => read(await rpc.SendRequestAsync<JToken>(new RpcRequest(1, method, parameters))), token),
        cancellationToken);

    /// <summary>Calls a function of a contract.</summary>
    /// <exception cref="ChainException">No endpoint gave a usable answer.</exception>
    public Task<T> CallAsync<T>(CallInput call, BlockParameter block, Func<string?, T> read, CancellationToken cancellationToken) =>
        CallAsync([call], block, answers => read(answers[0]), cancellationToken);

    /// <summary>Calls several functions at one block of one endpoint, in as many requests as the batch size needs.</summary>
    /// <exception cref="ChainException">No endpoint gave a usable answer.</exception>
    public Task<T> CallAsync<T>(IReadOnlyList<CallInput> calls, BlockParameter block, Func<IReadOnlyList<string?>, T> read, CancellationToken cancellationToken) =>
        Endpoints.AskAsync((endpoint, token) => AttemptAsync(endpoint, async rpc => read(await CallAsync(new EthCall(rpc), calls, block)), token), cancellationToken);

    public void Dispose() => _http.Dispose();

    private Task<long> ChainIdAsync(RpcEndpoint endpoint, CancellationToken cancellationToken) => AttemptAsync(
        endpoint, async rpc => ContractAnswers.Int64(await rpc.SendRequestAsync<JToken>(new RpcRequest(1, "eth_chainId"))), cancellationToken);

    private async Task<IReadOnlyList<string?>> CallAsync(EthCall ethCall, IReadOnlyList<CallInput> calls, BlockParameter block)
    {
        if (calls.Count == 1) return [await ethCall.SendRequestAsync(calls[0], block)];
        var answers = new List<string?>(calls.Count);
        foreach (var page in calls.Chunk(_options.MaxBatch)) answers.AddRange(await ethCall.SendBatchRequestAsync(page, block));
        return answers;
    }

    private Task<T> AttemptAsync<T>(RpcEndpoint endpoint, Func<NethereumRpc, Task<T>> ask, CancellationToken cancellationToken) => RpcMetrics.MeasureAsync(
        endpoint,
        async () =>
        {
            try
            {
                return await ask(new NethereumRpc(_http, endpoint, cancellationToken));
            }
            catch (Exception e) when (e is SmartContractRevertException or SmartContractCustomErrorRevertException)
            {
                throw new ChainException(ChainFault.Reverted, $"The contract refused a call; {endpoint.Host} says '{RpcText.Clean(e.Message, 200)}'.");
            }
            catch (Exception e) when (e is not (ChainException or OperationCanceledException))
            {
                // Whatever a decoder makes of bytes that it does not expect.
                throw new ChainException(ChainFault.Malformed, $"{endpoint.Host} answered with something else than was asked: {RpcText.Clean(e.Message, 200)}.", e);
            }
        },
        _time);
}
