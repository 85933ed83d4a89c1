using System.Numerics;
using Monitoring.Core;
using Monitoring.Ethereum;

namespace Monitoring.Simulator;

/// <summary>Keeps a node's counters and wakes those who wait for a value.</summary>
internal sealed class CounterBoard
{
    private const int MaxWinningTickets = 10_000;

    private readonly Lock _lock = new();
    private NodeCounters _now = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public NodeCounters Now
    {
        get
        {
            lock (_lock) return _now;
        }
    }

    public void Discovered() => Change(c => c with { Discoveries = c.Discoveries + 1 });

    public void SegmentAccepted() => Change(c => c with { SegmentsAccepted = c.SegmentsAccepted + 1 });

    public void SegmentRefused() => Change(c => c with { SegmentsRefused = c.SegmentsRefused + 1 });

    public void ResultSent() => Change(c => c with { ResultsSent = c.ResultsSent + 1 });

    public void RenditionSent() => Change(c => c with { RenditionsSent = c.RenditionsSent + 1 });

    public void Started() => Change(c => c with { Starts = c.Starts + 1 });

    public void Stopped() => Change(c => c with { Stops = c.Stops + 1 });

    public void TicketReceived(Address sender, Rational value) =>
        ChangeAccount(sender, a => a with { TicketsReceived = a.TicketsReceived + 1, Received = a.Received + value });

    public void TicketRepeated(Address sender) => ChangeAccount(sender, a => a with { TicketsRepeated = a.TicketsRepeated + 1 });

    public void TicketCredited(Address sender, Rational value) =>
        ChangeAccount(sender, a => a with { TicketsCredited = a.TicketsCredited + 1, Credited = a.Credited + value });

    public void Debited(Address sender, Rational fee, long pixels) =>
        ChangeAccount(sender, a => a with { Debited = a.Debited + fee, Pixels = a.Pixels + pixels });

    public void TicketWon(ReceivedTicket ticket, ReadOnlySpan<byte> signature, BigInteger recipientRand)
    {
        if (!Signature.TryParse(signature, out var parsed, out _)) return;
        Change(c => c.WinningTickets.Count >= MaxWinningTickets || c.WinningTickets.Any(won => won.Ticket == ticket)
            ? c
            : c with { WinningTickets = c.WinningTickets.Add(new WinningTicket(ticket, parsed, recipientRand)) });
    }

    public void SessionOpened(int open, bool overlaps) => Change(c => c with
    {
        SessionsOpened = c.SessionsOpened + 1,
        OpenSessions = open,
        MaxOpenSessions = Math.Max(c.MaxOpenSessions, open),
        OverlappingTests = c.OverlappingTests + (overlaps ? 1 : 0),
    });

    public void SessionsLeft(int open, int ended) => Change(c => c with { OpenSessions = open, SessionsEnded = c.SessionsEnded + ended });

    public async Task<NodeCounters> WaitAsync(Func<NodeCounters, bool> condition, CancellationToken cancellation)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (condition(_now)) return _now;
                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellation);
        }
    }

    private void ChangeAccount(Address sender, Func<SenderAccount, SenderAccount> change) =>
        Change(c => c with { Senders = c.Senders.SetItem(sender, change(c.Senders.GetValueOrDefault(sender) ?? new SenderAccount())) });

    private void Change(Func<NodeCounters, NodeCounters> change)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            _now = change(_now);
            changed = _changed;
            _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.SetResult();
    }
}
