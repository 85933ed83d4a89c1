namespace Monitoring.Probing;

/// <summary>Whether this region is fit to measure: asked before a test starts and whenever one fails.</summary>
public interface IOwnHealth
{
    /// <summary>
    /// The state of this region now. With <paramref name="fresh"/> the controls are tried again unless that was done in the last seconds.
    /// </summary>
    Task<OwnHealthReport> CheckAsync(bool fresh, CancellationToken cancellationToken);
}

/// <summary>What a check of our own health found.</summary>
/// <param name="Fault">Null when all is well; else which of our faults (a code of class void).</param>
/// <param name="Detail">What was seen.</param>
public readonly record struct OwnHealthReport(Core.OutcomeCode? Fault, string Detail)
{
    /// <summary>All is well, or there is nothing to tell by.</summary>
    public static OwnHealthReport Well { get; } = new(null, "");

    /// <summary>All is well, by controls that were tried.</summary>
    public static OwnHealthReport ProvenWell { get; } = new(null, "") { IsProven = true };

    /// <summary>True where controls were tried, and not merely none failed.</summary>
    public bool IsProven { get; private init; }
}
