namespace Monitoring.Core;

/// <summary>What a test's outcome means for the orchestrator (design section 5). Every planned test has exactly one at any time.</summary>
public enum OutcomeClass
{
    /// <summary>All or part of the renditions came back and were valid; the success rate says how many. Counts.</summary>
    Success,

    /// <summary>The orchestrator did not do the work, by our own evidence. Counts as what it is.</summary>
    Fault,

    /// <summary>A reason that is neither ours nor a failure: full, too dear, incompatible, announced maintenance. Does not count.</summary>
    Excluded,

    /// <summary>Our own fault: our network, chain RPC, wallet, clip, load, clock, resolver or region. Does not count.</summary>
    Void,

    /// <summary>Planned but never started, and we say why. Provisional until 24 hours after the plan's day. Does not count.</summary>
    NotRun,
}
