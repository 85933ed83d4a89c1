using Monitoring.Ethereum;

namespace Monitoring.Livepeer;

/// <summary>
/// Keeps the newest view of the chain that a sender needs. A payment must not wait for a round trip to an endpoint, so a view that grows old
/// is read again beside the payments; only one that is too old is waited for. Safe for concurrent use.
/// </summary>
/// <param name="chain">Where it reads.</param>
/// <param name="sender">Our address.</param>
/// <param name="time">The clock.</param>
public sealed class SenderWatch(IChain chain, Address sender, TimeProvider time)
{
    /// <summary>From this age on a view is read again beside its use: a block of Ethereum.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromSeconds(12);

    /// <summary>Beyond this age a view is not used: five blocks, of the forty that ticket parameters live.</summary>
    public static readonly TimeSpan Usable = TimeSpan.FromSeconds(60);

    // One read may serve several payments, so no single caller's wish to stop ends it.
    private static readonly TimeSpan ReadLimit = TimeSpan.FromSeconds(20);

    private readonly Lock _lock = new();
    private Task<Timed>? _reading;
    private Timed? _latest;

    private sealed record Timed(SenderView View, long ReadAt);

    /// <summary>The newest view there is, however old; null when none was ever read.</summary>
    public SenderView? Latest => Volatile.Read(ref _latest)?.View;

    /// <summary>A view of at most the given age.</summary>
    /// <param name="maximumAge"><see cref="TimeSpan.Zero"/> reads the chain now.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ChainException">The chain could not be read: our trouble.</exception>
    public async ValueTask<SenderView> ReadAsync(TimeSpan maximumAge, CancellationToken cancellationToken)
    {
        var latest = Volatile.Read(ref _latest);
        var age = latest is null ? TimeSpan.MaxValue : time.GetElapsedTime(latest.ReadAt);
        if (latest is not null && age <= maximumAge && maximumAge > TimeSpan.Zero)
        {
            if (age > Fresh) _ = Join(time.GetTimestamp());
            return latest.View;
        }

        return (await Join(time.GetTimestamp()).WaitAsync(cancellationToken)).View;
    }

    // A read that is under way serves whoever asks meanwhile: it is at most ReadLimit old.
    private Task<Timed> Join(long now)
    {
        lock (_lock)
        {
            if (_reading is { IsCompleted: false } reading) return reading;
            _reading = ReadChainAsync(now);
            // Nobody may be waiting for it; the next caller that needs a view reads again and gets the reason.
            _ = _reading.ContinueWith(static task => _ = task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            return _reading;
        }
    }

    private async Task<Timed> ReadChainAsync(long now)
    {
        await Task.Yield();
        using var limit = new CancellationTokenSource(ReadLimit, time);
        try
        {
            var head = chain.GetHeadAsync(limit.Token);
            var funds = chain.GetSenderInfoAsync(sender, limit.Token);
            var round = chain.GetRoundAsync(limit.Token);
            var gasPrice = chain.GetGasPriceAsync(limit.Token);
            await Task.WhenAll(head, funds, round, gasPrice);
            var read = new Timed(new SenderView((await head).L1BlockNumber, await funds, await round, await gasPrice), now);
            Volatile.Write(ref _latest, read);
            return read;
        }
        catch (OperationCanceledException e)
        {
            throw new ChainException(ChainFault.TimedOut, $"The chain gave no view of our funds within {ReadLimit.TotalSeconds} s.", e);
        }
    }
}
