using System.Collections.Immutable;

namespace Monitoring.Ethereum;

/// <summary>The pool over JSON-RPC, in as few requests as the batch size allows.</summary>
internal sealed class RpcPoolReads(JsonRpcClient rpc, ProtocolContracts contracts) : IPoolReads
{
    public Task<PoolStart> ReadStartAsync(long block, ImmutableArray<Address> known, CancellationToken cancellationToken)
    {
        var at = RpcHex.Write(block);
        List<RpcCall> calls =
        [
            RpcCall.Contract(contracts.BondingManager, ProtocolAbi.GetFirstTranscoderInPool.Call(), at),
            RpcCall.Contract(contracts.BondingManager, ProtocolAbi.GetTranscoderPoolSize.Call(), at),
            RpcCall.Contract(contracts.BondingManager, ProtocolAbi.GetTranscoderPoolMaxSize.Call(), at),
            RpcCall.Contract(contracts.RoundsManager, ProtocolAbi.LastInitializedRound.Call(), at),
            .. known.Select(a => Next(a, at)),
        ];
        return rpc.AskAsync(
            calls,
            r => new PoolStart(
                ContractReads.Address(r[0]), ContractReads.Uint256(r[1]), ContractReads.Uint256(r[2]), ContractReads.Round(r[3], "The last initialized round"),
                [.. r.Skip(4).Select(ContractReads.Address)]),
            cancellationToken);
    }

    public Task<Address> ReadNextAsync(long block, Address member, CancellationToken cancellationToken) =>
        rpc.AskAsync(Next(member, RpcHex.Write(block)), ContractReads.Address, cancellationToken);

    public Task<ImmutableArray<PoolMember>> ReadMembersAsync(
        long block, ImmutableArray<Address> members, ImmutableArray<long> rounds, CancellationToken cancellationToken)
    {
        var at = RpcHex.Write(block);
        var calls = new List<RpcCall>();
        foreach (var address in members)
        {
            calls.Add(RpcCall.Contract(contracts.BondingManager, ProtocolAbi.GetTranscoder.Call(new AbiWriter().Address(address)), at));
            calls.Add(RpcCall.Contract(contracts.BondingManager, ProtocolAbi.TranscoderTotalStake.Call(new AbiWriter().Address(address)), at));
            calls.Add(RpcCall.Contract(contracts.ServiceRegistry, ProtocolAbi.GetServiceUri.Call(new AbiWriter().Address(address)), at));
            foreach (var r in rounds)
            {
                var arguments = new AbiWriter().Address(address).Uint256(r);
                calls.Add(RpcCall.Contract(contracts.BondingManager, ProtocolAbi.GetTranscoderEarningsPoolForRound.Call(arguments), at));
            }
        }

        var each = 3 + rounds.Length;
        return rpc.AskAsync(
            calls,
            results => members.Select((address, i) => ContractReads.Transcoder(address, results[i * each]) with
            {
                Stake = ContractReads.Uint256(results[(i * each) + 1]),
                ServiceUri = ContractReads.ServiceUri(results[(i * each) + 2]),
                Pools = [.. rounds.Select((r, k) => ContractReads.EarningsPool(r, results[(i * each) + 3 + k]))],
            }).ToImmutableArray(),
            cancellationToken);
    }

    public Task<Hash32> ReadBlockHashAsync(long block, CancellationToken cancellationToken) =>
        rpc.AskAsync(RpcCall.Of("eth_getBlockByNumber", RpcHex.Write(block), false), b => RpcHex.Hash(b.GetProperty("hash")), cancellationToken);

    private RpcCall Next(Address address, string block) =>
        RpcCall.Contract(contracts.BondingManager, ProtocolAbi.GetNextTranscoderInPool.Call(new AbiWriter().Address(address)), block);
}
