using Monitoring.Core;
using Monitoring.Ethereum;

namespace Monitoring.Livepeer;

/// <summary>
/// Hands out nonces and the money behind them: a batch is taken only if it stays within the test's allowance and the region's day, is written
/// down, and only then signed. No nonce is handed out twice, over a crash neither. Safe for concurrent use.
/// </summary>
public sealed class TicketLedger : INonceLedger, IDisposable
{
    /// <summary>The most nonces for one recipientRandHash (protocol reference, 3.8).</summary>
    public const int MaximumNonces = 600;

    /// <summary>How long entries count. Ticket parameters live for minutes and allowances for a test; the day's sum needs the day.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromHours(36);

    private readonly ISpendJournal _journal;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _gate = new(1);
    private readonly Lock _lock = new();
    private readonly Queue<SpendEntry> _entries = new();
    private readonly Dictionary<Hash32, uint> _last = [];
    private readonly Dictionary<TestId, Spend> _byTest = [];
    private DateOnly _day;
    private Rational _today = Rational.Zero;

    /// <summary>Continues from what was written.</summary>
    /// <param name="journal">Where further entries go.</param>
    /// <param name="written">The entries in the journal, in its order.</param>
    /// <param name="time">The clock of the day and of <see cref="Memory"/>.</param>
    public TicketLedger(ISpendJournal journal, IEnumerable<SpendEntry> written, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(written);
        ArgumentNullException.ThrowIfNull(time);
        _journal = journal;
        _time = time;
        Forget(time.GetUtcNow());
        foreach (var entry in written)
        {
            if (entry.At + Memory >= time.GetUtcNow()) Keep(entry);
        }
    }

    /// <inheritdoc />
    public Spend SpentBy(TestId test)
    {
        lock (_lock) return _byTest.GetValueOrDefault(test, Spend.None);
    }

    /// <summary>Expected value signed in the UTC day that it is now, wei.</summary>
    public Rational SpentToday()
    {
        lock (_lock)
        {
            Forget(_time.GetUtcNow());
            return _today;
        }
    }

    /// <inheritdoc />
    public int NoncesLeft(Hash32 recipientRandHash)
    {
        lock (_lock) return MaximumNonces - (int)_last.GetValueOrDefault(recipientRandHash);
    }

    /// <inheritdoc />
    public async ValueTask<NonceGrant> TakeAsync(NonceRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        await _gate.WaitAsync(cancellationToken);
        try
        {
            SpendEntry entry;
            lock (_lock)
            {
                var now = _time.GetUtcNow();
                Forget(now);
                var used = _last.GetValueOrDefault(request.RecipientRandHash);
                if (request.Count > MaximumNonces - used)
                    return NonceGrant.Refused(GrantRefusal.Nonces, $"{request.Count} more tickets for parameters of which {used} of {MaximumNonces} nonces are used");
                var spent = _byTest.GetValueOrDefault(request.Test, Spend.None).Expected;
                var price = request.ExpectedValue * request.Count;
                if (spent + price > request.Allowance)
                {
                    return NonceGrant.Refused(
                        GrantRefusal.Allowance,
                        $"{price.Ceiling()} wei more would exceed the test's allowance of {request.Allowance} wei, of which {spent.Ceiling()} are spent");
                }

                if (request.MaxPerDay is { } most && _today + price > most)
                    return NonceGrant.Refused(GrantRefusal.Day, $"{price.Ceiling()} wei more would exceed the {most} wei of this region's day, of which {_today.Ceiling()} are spent");

                entry = new SpendEntry(now, request.Test, request.Orchestrator, request.Recipient, request.RecipientRandHash, used + 1, request.Count, request.ExpectedValue);
                // Before the disk has it: an entry that was written although the write seemed to fail must count too.
                Keep(entry);
            }

            await _journal.AppendAsync(entry, cancellationToken);
            return new NonceGrant(entry.FirstNonce, GrantRefusal.None, "");
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc />
    public void Dispose() => _gate.Dispose();

    private void Keep(SpendEntry entry)
    {
        _entries.Enqueue(entry);
        _last[entry.RecipientRandHash] = Math.Max(_last.GetValueOrDefault(entry.RecipientRandHash), entry.LastNonce);
        _byTest[entry.Test] = _byTest.GetValueOrDefault(entry.Test, Spend.None) + new Spend(entry.Total, 0, entry.Count);
        if (DateOnly.FromDateTime(entry.At.UtcDateTime) == _day) _today += entry.Total;
    }

    private void Forget(DateTimeOffset now)
    {
        var day = DateOnly.FromDateTime(now.UtcDateTime);
        if (day != _day)
        {
            _day = day;
            _today = _entries.Where(entry => DateOnly.FromDateTime(entry.At.UtcDateTime) == day).Aggregate(Rational.Zero, (sum, entry) => sum + entry.Total);
        }

        while (_entries.TryPeek(out var oldest) && oldest.At + Memory < now)
        {
            _entries.Dequeue();
            // Parameters that were used again since keep their count.
            if (_last.GetValueOrDefault(oldest.RecipientRandHash) == oldest.LastNonce) _last.Remove(oldest.RecipientRandHash);
            var left = _byTest[oldest.Test] + new Spend(-oldest.Total, 0, -oldest.Count);
            if (left.Tickets == 0) _byTest.Remove(oldest.Test);
            else _byTest[oldest.Test] = left;
        }
    }
}
