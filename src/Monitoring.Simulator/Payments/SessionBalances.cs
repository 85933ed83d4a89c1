using Monitoring.Core;
using Monitoring.Ethereum;

namespace Monitoring.Simulator;

/// <summary>
/// Credit and pinned price by sender and session, as the orchestrator keeps them: a sweep every ten minutes drops what was untouched for
/// longer, and a price can only be pinned for a sender that has some record already (protocol section 3.8, quirk). Not safe for concurrent use.
/// </summary>
internal sealed class SessionBalances(TimeProvider clock)
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(10);

    private readonly Dictionary<Address, SenderBalances> _senders = [];

    /// <summary>Adds to a balance; a negative amount takes off it.</summary>
    public void Add(Address sender, string session, Rational amount)
    {
        if (!_senders.TryGetValue(sender, out var balances)) _senders[sender] = balances = new SenderBalances { NextSweep = clock.GetUtcNow() + Life };
        Sweep(balances);
        var balance = balances.Sessions.GetValueOrDefault(session, Balance.None);
        balances.Sessions[session] = balance with { Amount = balance.Amount + amount, Touched = clock.GetUtcNow() };
    }

    /// <summary>The balance; null where there is no record.</summary>
    public Rational? Of(Address sender, string session) => Find(sender, session)?.Amount;

    /// <summary>The price pinned to a session; null while none is.</summary>
    public Rational? PinnedPrice(Address sender, string session) => Find(sender, session)?.PinnedPrice;

    /// <summary>Pins the price of a session, unless one is pinned or the sender is new.</summary>
    public void Pin(Address sender, string session, Rational price)
    {
        if (!_senders.TryGetValue(sender, out var balances)) return;
        Sweep(balances);
        var balance = balances.Sessions.GetValueOrDefault(session, Balance.None);
        if (balance.PinnedPrice is null) balances.Sessions[session] = balance with { PinnedPrice = price, Touched = clock.GetUtcNow() };
    }

    private Balance? Find(Address sender, string session)
    {
        if (!_senders.TryGetValue(sender, out var balances)) return null;
        Sweep(balances);
        return balances.Sessions.GetValueOrDefault(session);
    }

    private void Sweep(SenderBalances balances)
    {
        var now = clock.GetUtcNow();
        if (now < balances.NextSweep) return;

        // The last tick that would have come by now decides; what was touched since an earlier one is still young at that moment.
        var ticks = (now - balances.NextSweep).Ticks / Life.Ticks;
        var tick = balances.NextSweep + (Life * ticks);
        balances.NextSweep = tick + Life;
        foreach (var (session, balance) in balances.Sessions)
        {
            if (tick - balance.Touched > Life) balances.Sessions.Remove(session);
        }
    }

    private sealed record Balance(Rational Amount, Rational? PinnedPrice, DateTimeOffset Touched)
    {
        public static readonly Balance None = new(Rational.Zero, null, default);
    }

    private sealed class SenderBalances
    {
        public Dictionary<string, Balance> Sessions { get; } = [];

        public DateTimeOffset NextSweep { get; set; }
    }
}
