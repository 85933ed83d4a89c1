using Monitoring.Core;

namespace Monitoring.Web;

/// <summary>What the API needs of its host: the leaderboard as it stands.</summary>
public interface ILeaderboard
{
    /// <summary>The newest snapshot. Reading it costs nothing and never blocks.</summary>
    LeaderboardSnapshot Current { get; }
}

/// <summary>What the API needs of its host: somewhere to put results that another tester posted.</summary>
public interface IPostedResults
{
    /// <summary>
    /// Takes a posted result (revision <see cref="OutcomeRevision.Measured"/>, with <see cref="TestSummary.Posted"/> set). When the task
    /// completes it is durable. The same test id twice counts once.
    /// </summary>
    Task<PostAnswer> PostAsync(OutcomeRevision posted, CancellationToken cancellationToken);
}

/// <summary>
/// What the page needs of its host: how one part of the instrument itself is doing (the wallet, a region, the chain). Any number of parts may
/// be registered; a part that says nothing is not shown.
/// </summary>
public interface IInstrumentStatus
{
    /// <summary>What the part has to say now. Reading it costs nothing, never blocks and never throws.</summary>
    ImmutableArray<InstrumentState> Current { get; }
}

/// <summary>What the API needs of its host: who is in the active set, and what the chain says of their stake.</summary>
public interface IOrchestratorBook
{
    /// <summary>The active set as it is tested now. Reading it costs nothing and never blocks.</summary>
    ImmutableDictionary<OrchestratorId, RegistryEntry> Enrolled { get; }

    /// <summary>The stake of the pool; null where there is no chain, or before it was first read. Reading it costs nothing and never blocks.</summary>
    StakeBook? Stake { get; }
}

/// <summary>What became of a posted result.</summary>
public enum PostAnswer
{
    /// <summary>Stored, now or before.</summary>
    Stored,

    /// <summary>Nothing could be stored just now; post again later.</summary>
    Unavailable,

    /// <summary>It contradicts itself, or its region is measured here; posting it again is no use.</summary>
    Refused,
}
