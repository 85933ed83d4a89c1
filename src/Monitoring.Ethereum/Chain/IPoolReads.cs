using System.Collections.Immutable;
using System.Numerics;

namespace Monitoring.Ethereum;

/// <summary>What a walk over the pool of orchestrators asks of a chain's client. Every answer is of the block that is named.</summary>
public interface IPoolReads
{
    /// <summary>Where the pool begins, how large it is, and who follows upon each of these members.</summary>
    /// <param name="block">The number of the block.</param>
    /// <param name="known">Members of the last walk; some of them may have left.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ChainException">No endpoint gave a usable answer.</exception>
    Task<PoolStart> ReadStartAsync(long block, ImmutableArray<Address> known, CancellationToken cancellationToken);

    /// <summary>Who follows upon a member; the zero address after the last.</summary>
    /// <exception cref="ChainException">No endpoint gave a usable answer.</exception>
    Task<Address> ReadNextAsync(long block, Address member, CancellationToken cancellationToken);

    /// <summary>The records of these members, in this order, with their earnings pools of these rounds.</summary>
    /// <exception cref="ChainException">No endpoint gave a usable answer.</exception>
    Task<ImmutableArray<PoolMember>> ReadMembersAsync(long block, ImmutableArray<Address> members, ImmutableArray<long> rounds, CancellationToken cancellationToken);

    /// <summary>The hash of the block of this number, as it stands now.</summary>
    /// <exception cref="ChainException">No endpoint gave a usable answer.</exception>
    Task<Hash32> ReadBlockHashAsync(long block, CancellationToken cancellationToken);
}

/// <summary>The beginning of a walk.</summary>
/// <param name="First">The first member; the zero address in an empty pool.</param>
/// <param name="Size">How many members the contract says there are.</param>
/// <param name="MaxSize">How many it takes.</param>
/// <param name="Round">The last initialized round.</param>
/// <param name="Next">Who follows upon each of the members that were asked for.</param>
public sealed record PoolStart(Address First, BigInteger Size, BigInteger MaxSize, long Round, ImmutableArray<Address> Next);
