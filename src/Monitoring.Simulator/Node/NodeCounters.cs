using Monitoring.Ethereum;

namespace Monitoring.Simulator;

/// <summary>What happened at a node since the fleet's start, over all its restarts; a snapshot.</summary>
public sealed record NodeCounters
{
    /// <summary><c>GetOrchestrator</c> calls received, refused ones included.</summary>
    public long Discoveries { get; init; }

    /// <summary>Segments accepted (answered 200).</summary>
    public long SegmentsAccepted { get; init; }

    /// <summary>Segment and payment requests refused by status.</summary>
    public long SegmentsRefused { get; init; }

    /// <summary>Results of accepted segments fully written.</summary>
    public long ResultsSent { get; init; }

    /// <summary>Renditions fully sent.</summary>
    public long RenditionsSent { get; init; }

    /// <summary>Sessions opened.</summary>
    public long SessionsOpened { get; init; }

    /// <summary>Sessions ended, by the client, by idling or by a stop of the node.</summary>
    public long SessionsEnded { get; init; }

    /// <summary>Sessions open now.</summary>
    public int OpenSessions { get; init; }

    /// <summary>The most sessions open at one time.</summary>
    public int MaxOpenSessions { get; init; }

    /// <summary>
    /// Sessions opened while another one was at work (a segment in flight, or one in the last 4 s): tests that touch each other, where
    /// each test is one stream.
    /// </summary>
    public long OverlappingTests { get; init; }

    /// <summary>What each sender of tickets paid here; empty without a chain.</summary>
    public ImmutableDictionary<Address, SenderAccount> Senders { get; init; } = ImmutableDictionary<Address, SenderAccount>.Empty;

    /// <summary>The tickets that won, each once, in their order; the first 10,000.</summary>
    public ImmutableList<WinningTicket> WinningTickets { get; init; } = [];

    /// <summary>Times the node started to listen.</summary>
    public long Starts { get; init; }

    /// <summary>Times its port was closed, the end of the fleet included.</summary>
    public long Stops { get; init; }
}
