using System.Collections.Immutable;

namespace Monitoring.Ethereum;

/// <summary>
/// Walks the pool, a linked list in falling order of stake, at one block: a re-order in the middle could skip or repeat members. Every
/// member of the last walk is asked for its successor in one batch, so that only what changed since costs a request of its own.
/// </summary>
internal sealed class ActiveSetWalk(JsonRpcClient rpc, ProtocolContracts contracts, int earningsRounds)
{
    // Far above any pool that the protocol had; a false endpoint shall not keep us walking.
    private const int MostMembers = 1000;

    private ImmutableArray<Address> _lastOrder = [];

    /// <exception cref="ChainException">The list has a cycle, another length than the contract says, or no endpoint answers.</exception>
    public async Task<ActiveSet> RunAsync(ChainHead head, CancellationToken cancellationToken)
    {
        var block = RpcHex.Write(head.Number);
        var known = _lastOrder;
        List<RpcCall> calls =
        [
            RpcCall.Contract(contracts.BondingManager, ProtocolAbi.GetFirstTranscoderInPool.Call(), block),
            RpcCall.Contract(contracts.BondingManager, ProtocolAbi.GetTranscoderPoolSize.Call(), block),
            RpcCall.Contract(contracts.BondingManager, ProtocolAbi.GetTranscoderPoolMaxSize.Call(), block),
            RpcCall.Contract(contracts.RoundsManager, ProtocolAbi.LastInitializedRound.Call(), block),
            .. known.Select(a => Next(a, block)),
        ];
        var start = await rpc.AskAsync(
            calls,
            r => (
                First: ContractReads.Address(r[0]), Size: ContractReads.Uint256(r[1]), MaxSize: ContractReads.Uint256(r[2]),
                Round: ContractReads.Round(r[3], "The last initialized round"), Next: r.Skip(4).Select(ContractReads.Address).ToArray()),
            cancellationToken).ConfigureAwait(false);
        if (start.Size > start.MaxSize || start.Size > MostMembers) throw Broken(head, $"it says that it has {start.Size} members, of {start.MaxSize} at most");

        var successors = new Dictionary<Address, Address>();
        for (var i = 0; i < known.Length; i++) successors[known[i]] = start.Next[i];
        var order = await FollowAsync(head, start.First, (int)start.Size, successors, block, cancellationToken).ConfigureAwait(false);
        var members = await ReadMembersAsync(order, start.Round, block, cancellationToken).ConfigureAwait(false);
        var hash = await rpc.AskAsync(
            RpcCall.Of("eth_getBlockByNumber", block, false), b => RpcHex.Hash(b.GetProperty("hash")), cancellationToken).ConfigureAwait(false);
        if (hash != head.Hash)
            throw new ChainException(ChainFault.Malformed, $"Block {head.Number} was replaced by another while the pool was read; the walk is void.");
        _lastOrder = order;
        return new ActiveSet(head, start.Round, members);
    }

    private static ChainException Broken(ChainHead head, string what) =>
        new(ChainFault.Malformed, $"The pool of orchestrators makes no sense at block {head.Number}: {what}. Nothing of it is used; try another RPC endpoint.");

    private RpcCall Next(Address address, string block) =>
        RpcCall.Contract(contracts.BondingManager, ProtocolAbi.GetNextTranscoderInPool.Call(new AbiWriter().Address(address)), block);

    private async Task<ImmutableArray<Address>> FollowAsync(
        ChainHead head, Address first, int size, Dictionary<Address, Address> successors, string block, CancellationToken cancellationToken)
    {
        var order = ImmutableArray.CreateBuilder<Address>(size);
        var seen = new HashSet<Address>();
        for (var at = first; at != Address.Zero;)
        {
            if (!seen.Add(at)) throw Broken(head, $"{at} comes twice");
            if (order.Count == size) throw Broken(head, $"it goes on after its {size} members");
            order.Add(at);
            at = successors.TryGetValue(at, out var next)
                ? next
                : await rpc.AskAsync(Next(at, block), ContractReads.Address, cancellationToken).ConfigureAwait(false);
        }

        return order.Count == size ? order.MoveToImmutable() : throw Broken(head, $"it ends after {order.Count} of {size} members");
    }

    private async Task<ImmutableArray<PoolMember>> ReadMembersAsync(ImmutableArray<Address> order, long round, string block, CancellationToken cancellationToken)
    {
        if (order.IsEmpty) return [];
        var rounds = Enumerable.Range(0, earningsRounds).Select(back => round - back).Where(r => r > 0).ToArray();
        var calls = new List<RpcCall>();
        foreach (var address in order)
        {
            calls.Add(RpcCall.Contract(contracts.BondingManager, ProtocolAbi.GetTranscoder.Call(new AbiWriter().Address(address)), block));
            calls.Add(RpcCall.Contract(contracts.BondingManager, ProtocolAbi.TranscoderTotalStake.Call(new AbiWriter().Address(address)), block));
            calls.Add(RpcCall.Contract(contracts.ServiceRegistry, ProtocolAbi.GetServiceUri.Call(new AbiWriter().Address(address)), block));
            foreach (var r in rounds)
            {
                var arguments = new AbiWriter().Address(address).Uint256(r);
                calls.Add(RpcCall.Contract(contracts.BondingManager, ProtocolAbi.GetTranscoderEarningsPoolForRound.Call(arguments), block));
            }
        }

        var each = 3 + rounds.Length;
        return await rpc.AskAsync(
            calls,
            results => order.Select((address, i) => ContractReads.Transcoder(address, results[i * each]) with
            {
                Stake = ContractReads.Uint256(results[(i * each) + 1]),
                ServiceUri = ContractReads.ServiceUri(results[(i * each) + 2]),
                Pools = [.. rounds.Select((r, k) => ContractReads.EarningsPool(r, results[(i * each) + 3 + k]))],
            }).ToImmutableArray(),
            cancellationToken).ConfigureAwait(false);
    }
}
