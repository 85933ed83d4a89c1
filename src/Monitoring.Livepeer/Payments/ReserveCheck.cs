using System.Numerics;
using Monitoring.Ethereum;

namespace Monitoring.Livepeer;

/// <summary>Confirms or refutes, by our own chain read, an orchestrator that calls our reserve too small.</summary>
public interface IReserveCheck
{
    /// <summary>True when an honest orchestrator would refuse a sender with our reserve at today's gas price.</summary>
    /// <exception cref="ChainException">The chain could not be read.</exception>
    ValueTask<bool> IsTooSmallAsync(CancellationToken cancellationToken);
}

/// <summary>
/// The share of our reserve that each member of the pool counts on, against the cost of redeeming a ticket (protocol reference, 3.4 step 2
/// and 3.5). What one orchestrator claimed of it in this round is left out: only winning tickets do that, and they do it to the reserve as a whole.
/// </summary>
/// <param name="chain">For the size of the pool.</param>
/// <param name="watch">For the reserve and the gas price.</param>
/// <param name="time">The clock.</param>
public sealed class ReserveCheck(IChain chain, SenderWatch watch, TimeProvider time) : IReserveCheck, IDisposable
{
    private const int RedeemGas = 1_200_000;
    private static readonly BigInteger LeastTicketEv = 8_000_000_000; // the default of orchestrators
    private static readonly BigInteger AssumedGasPrice = 3_000_000_000;
    private static readonly TimeSpan PoolLifetime = TimeSpan.FromHours(1);

    private readonly SemaphoreSlim _gate = new(1);
    private int _poolSize;
    private long _poolReadAt;

    /// <inheritdoc />
    public async ValueTask<bool> IsTooSmallAsync(CancellationToken cancellationToken)
    {
        var view = await watch.ReadAsync(TimeSpan.Zero, cancellationToken);
        return IsTooSmall(view, await PoolSizeAsync(cancellationToken));
    }

    /// <summary>The judgement itself.</summary>
    /// <param name="view">Our funds and the gas price.</param>
    /// <param name="poolSize">Members of the pool, at least 1.</param>
    public static bool IsTooSmall(SenderView view, int poolSize)
    {
        ArgumentNullException.ThrowIfNull(view);
        var share = (view.Funds.ReserveFundsRemaining + view.Funds.ClaimedInCurrentRound) / Math.Max(1, poolSize);
        var redeeming = RedeemGas * BigInteger.Min(view.GasPrice, AssumedGasPrice);
        return share < LeastTicketEv || share < redeeming;
    }

    /// <inheritdoc />
    public void Dispose() => _gate.Dispose();

    private async ValueTask<int> PoolSizeAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (_poolSize > 0 && time.GetElapsedTime(_poolReadAt) < PoolLifetime) return _poolSize;
            var set = await chain.WalkActiveSetAsync(cancellationToken);
            (_poolSize, _poolReadAt) = (Math.Max(1, set.Members.Length), time.GetTimestamp());
            return _poolSize;
        }
        finally
        {
            _gate.Release();
        }
    }
}
