using System.Collections.Immutable;

namespace Monitoring.Ethereum;

/// <summary>
/// Walks the pool, a linked list in falling order of stake, at one block: a re-order in the middle could skip or repeat members. Every
/// member of the last walk is asked for its successor at the start, so that only what changed since costs a request of its own. One walk at a
/// time.
/// </summary>
/// <param name="pool">Reads the contracts.</param>
/// <param name="earningsRounds">How many rounds back, the last initialized one included, earnings pools are read.</param>
public sealed class ActiveSetWalk(IPoolReads pool, int earningsRounds)
{
    // Far above any pool that the protocol had; a false endpoint shall not keep us walking.
    private const int MostMembers = 1000;

    private ImmutableArray<Address> _lastOrder = [];

    /// <summary>Walks.</summary>
    /// <param name="head">The block that everything is read at.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ChainException">The list has a cycle, another length than the contract says, or no endpoint answers.</exception>
    public async Task<ActiveSet> RunAsync(ChainHead head, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(head);
        var known = _lastOrder;
        var start = await pool.ReadStartAsync(head.Number, known, cancellationToken).ConfigureAwait(false);
        if (start.Size > start.MaxSize || start.Size > MostMembers) throw Broken(head, $"it says that it has {start.Size} members, of {start.MaxSize} at most");

        var successors = new Dictionary<Address, Address>();
        for (var i = 0; i < known.Length; i++) successors[known[i]] = start.Next[i];
        var order = await FollowAsync(head, start.First, (int)start.Size, successors, cancellationToken).ConfigureAwait(false);
        ImmutableArray<long> rounds = [.. Enumerable.Range(0, earningsRounds).Select(back => start.Round - back).Where(r => r > 0)];
        var members = order.IsEmpty ? [] : await pool.ReadMembersAsync(head.Number, order, rounds, cancellationToken).ConfigureAwait(false);
        if (await pool.ReadBlockHashAsync(head.Number, cancellationToken).ConfigureAwait(false) != head.Hash)
            throw new ChainException(ChainFault.Malformed, $"Block {head.Number} was replaced by another while the pool was read; the walk is void.");
        _lastOrder = order;
        return new ActiveSet(head, start.Round, members);
    }

    private static ChainException Broken(ChainHead head, string what) =>
        new(ChainFault.Malformed, $"The pool of orchestrators makes no sense at block {head.Number}: {what}. Nothing of it is used; try another RPC endpoint.");

    private async Task<ImmutableArray<Address>> FollowAsync(
        ChainHead head, Address first, int size, Dictionary<Address, Address> successors, CancellationToken cancellationToken)
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
                : await pool.ReadNextAsync(head.Number, at, cancellationToken).ConfigureAwait(false);
        }

        return order.Count == size ? order.MoveToImmutable() : throw Broken(head, $"it ends after {order.Count} of {size} members");
    }
}
