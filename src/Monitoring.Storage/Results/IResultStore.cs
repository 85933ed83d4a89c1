using Monitoring.Core;

namespace Monitoring.Storage;

/// <summary>
/// Keeps every revision of every test's outcome for ever, and the evidence beside it. Adapters: journal files (embedded), PostgreSQL.
/// One contract suite runs on both.
/// </summary>
public interface IResultStore : IAsyncDisposable
{
    /// <summary>
    /// Writes a revision and, with a measured one, its evidence. Idempotent by (test, revision): the first write wins. When the task
    /// completes the revision is durable (on disk, synced).
    /// </summary>
    /// <returns>False when that revision was there already.</returns>
    /// <exception cref="StorageFullException">The disk is full or unwritable. Nothing was written; the caller stops leasing and tries again.</exception>
    Task<bool> AppendAsync(OutcomeRevision revision, TestEvidence? evidence, CancellationToken cancellationToken);

    /// <summary>
    /// Reads revisions with a test time inside the query, oldest test time first within a day; of each test only the last revision when
    /// <see cref="ResultQuery.LastOnly"/> is set.
    /// </summary>
    IAsyncEnumerable<OutcomeRevision> ReadAsync(ResultQuery query, CancellationToken cancellationToken);

    /// <summary>The evidence of one test, or null when there is none.</summary>
    Task<TestEvidence?> ReadEvidenceAsync(TestId test, DateTimeOffset testTime, CancellationToken cancellationToken);

    /// <summary>The hourly sums of all hours that lie wholly inside the range, kept for ever.</summary>
    IAsyncEnumerable<HourlySums> ReadHourlyAsync(DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken);
}

/// <summary>Selects stored results.</summary>
public sealed record ResultQuery
{
    /// <summary>Earliest test time, inclusive.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>Latest test time, inclusive.</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>Only this orchestrator, if set.</summary>
    public OrchestratorId? Orchestrator { get; init; }

    /// <summary>Only this region, if set.</summary>
    public RegionId? Region { get; init; }

    /// <summary>Of each test only the revision with the highest number.</summary>
    public bool LastOnly { get; init; } = true;

    /// <summary>At most so many revisions, the newest by test time; 0 means all.</summary>
    public int Limit { get; init; }
}

/// <summary>The additive numbers of one orchestrator, region and hour.</summary>
/// <param name="Orchestrator">The orchestrator.</param>
/// <param name="Region">The region.</param>
/// <param name="Hour">Start of the hour, UTC.</param>
/// <param name="Method">Test method; empty for tests of which nothing was measured (they count as planned only).</param>
/// <param name="Sums">Sums over the counted tests.</param>
/// <param name="Tests">Counted tests.</param>
/// <param name="Planned">All tests with an outcome, of any class.</param>
public sealed record HourlySums(
    OrchestratorId Orchestrator, RegionId Region, DateTimeOffset Hour, string Method, ScoreSums Sums, int Tests, int Planned);

/// <summary>The disk is full or unwritable, or the database is out of reach. Nothing is dropped: whoever gets this stops taking on work.</summary>
public sealed class StorageFullException : IOException
{
    /// <summary>Creates the exception with what could not be written, where and why.</summary>
    public StorageFullException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}
