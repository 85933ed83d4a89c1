using Monitoring.Core;
using Monitoring.Ethereum;

namespace Monitoring.Livepeer;

/// <summary>
/// Our side of the books: one balance for each recipient and session (protocol reference, 3.7). While a segment is in flight the balance of
/// its session is zero. Safe for concurrent use.
/// </summary>
/// <remarks>
/// The books never show more than the orchestrator's own. After a segment that got no answer at all nobody knows whether its tickets were
/// credited and its pixels charged; a gateway goes on with the credit from before, and an orchestrator that did charge then refuses the next
/// segment. A monitor may not blame that refusal on the orchestrator, so it counts on nothing of a credit that is in doubt: the next segment
/// is paid in full.
/// </remarks>
internal sealed class CreditBook(TimeProvider time)
{
    // Orchestrators forget after 10 to 20 minutes, gateways likewise (protocol reference, 3.7 and 3.8).
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<CreditKey, Account> _accounts = [];
    private long _sweptAt = time.GetTimestamp();

    private sealed class Account
    {
        public Rational Balance { get; set; }

        public bool IsDoubtful { get; set; }

        public string ClosedBecause { get; set; } = "";

        public long TouchedAt { get; set; }
    }

    /// <summary>Balances kept.</summary>
    public int Count
    {
        get { lock (_lock) return _accounts.Count; }
    }

    /// <summary>The balance of a session, wei.</summary>
    public Rational Balance(CreditKey key)
    {
        lock (_lock) return _accounts.TryGetValue(key, out var account) ? account.Balance : Rational.Zero;
    }

    /// <summary>Takes the credit of a session for one segment.</summary>
    /// <param name="key">The session.</param>
    /// <param name="fee">The estimated fee.</param>
    /// <param name="expectedValue">Of one ticket; null without parameters.</param>
    /// <param name="staged">What is held now, and the tickets to sign.</param>
    /// <param name="closed">Why the session is no longer paid; empty when it is.</param>
    public bool TryStage(CreditKey key, Rational fee, Rational? expectedValue, out StagedCredit staged, out string closed)
    {
        lock (_lock)
        {
            Sweep();
            var account = Touch(key);
            closed = account.ClosedBecause;
            staged = default;
            if (closed.Length > 0) return false;
            if (account.IsDoubtful && account.Balance.Sign > 0) account.Balance = Rational.Zero;
            account.IsDoubtful = false;
            staged = Credit.Stage(account.Balance, fee, expectedValue);
            account.Balance = Rational.Zero;
            return true;
        }
    }

    /// <summary>Gives back what a segment held that was never sent.</summary>
    public void Undo(CreditKey key, StagedCredit staged)
    {
        lock (_lock) Touch(key).Balance += staged.Existing;
    }

    /// <summary>Settles a segment that was sent.</summary>
    public void Settle(CreditKey key, StagedCredit staged, PaymentEnd end, Rational debit)
    {
        lock (_lock)
        {
            var account = Touch(key);
            account.Balance += Credit.Change(staged, end, debit);
            if (end == PaymentEnd.NoResponse) account.IsDoubtful = true;
        }
    }

    /// <summary>Pays nothing more in a session.</summary>
    public void Close(CreditKey key, string because)
    {
        lock (_lock) Touch(key).ClosedBecause = because;
    }

    private Account Touch(CreditKey key)
    {
        if (!_accounts.TryGetValue(key, out var account)) _accounts.Add(key, account = new Account());
        account.TouchedAt = time.GetTimestamp();
        return account;
    }

    private void Sweep()
    {
        if (time.GetElapsedTime(_sweptAt) < Lifetime) return;
        _sweptAt = time.GetTimestamp();
        foreach (var (key, account) in _accounts)
        {
            if (time.GetElapsedTime(account.TouchedAt) > Lifetime) _accounts.Remove(key);
        }
    }
}

/// <summary>Names a balance.</summary>
/// <param name="Recipient">Who the tickets are for.</param>
/// <param name="Session">The session id of the auth token.</param>
internal readonly record struct CreditKey(Address Recipient, string Session);
