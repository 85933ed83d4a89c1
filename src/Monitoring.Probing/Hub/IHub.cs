using Monitoring.Core;

namespace Monitoring.Probing;

/// <summary>
/// What a region asks of the hub. A region only ever calls the hub; the hub never awaits a region. Adapters: in-process, HTTPS, grain call.
/// </summary>
public interface IHub
{
    /// <summary>Leases up to <paramref name="workers"/> jobs, waiting up to <paramref name="wait"/> for the first one (long poll).</summary>
    /// <param name="region">The region that asks.</param>
    /// <param name="workers">Free workers, 1 and up.</param>
    /// <param name="wait">The longest wait; an empty answer after it is normal.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="unpaid">
    /// True for a region without a wallet: the hub reserves nothing for its tests, and gives none of them an allowance (<see cref="TestJob.Allowance"/>).
    /// </param>
    /// <returns>Jobs in order of their planned instants; they may lie a little ahead (<see cref="TestJob.NotBefore"/>).</returns>
    Task<ImmutableArray<TestJob>> LeaseAsync(RegionId region, int workers, TimeSpan wait, CancellationToken cancellationToken, bool unpaid = false);

    /// <summary>Says that a leased job is still being worked on.</summary>
    /// <returns>False when the hub has given it up; the region stops at once.</returns>
    Task<bool> ExtendAsync(RegionId region, TestId test, CancellationToken cancellationToken);

    /// <summary>Gives back a leased job that will not be run, and says why (a code of class not run).</summary>
    Task ReturnAsync(RegionId region, TestId test, OutcomeCode reason, CancellationToken cancellationToken);

    /// <summary>
    /// Reports a result. It is idempotent by test id. When the answer comes the result is durable, and the region deletes its spooled copy.
    /// </summary>
    /// <exception cref="HttpRequestException">The hub could not be reached; report again later.</exception>
    Task<ReportAnswer> ReportAsync(TestResult result, CancellationToken cancellationToken);

    /// <summary>
    /// Tells what the region's liveness checks saw. It is idempotent by region, orchestrator and instant of each check. When the task completes
    /// the region may forget them.
    /// </summary>
    /// <exception cref="ArgumentException">The report is unusable (<see cref="LivenessReport.Problem"/>); sending it again is no use.</exception>
    /// <exception cref="HttpRequestException">The hub could not be reached; tell it again later.</exception>
    Task LivenessAsync(RegionId region, LivenessReport report, CancellationToken cancellationToken);

    /// <summary>
    /// Waits up to <paramref name="wait"/> (long poll) until the targets are others than those of <paramref name="known"/>, or an orchestrator is
    /// to be checked at once.
    /// </summary>
    /// <param name="region">The region that asks.</param>
    /// <param name="known">The version of the targets that the region has; 0 for none.</param>
    /// <param name="wait">The longest wait; an answer without targets and orders after it is normal.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<LivenessOrders> LivenessOrdersAsync(RegionId region, long known, TimeSpan wait, CancellationToken cancellationToken);

    /// <summary>Tells how the region itself is. The last one counts.</summary>
    /// <exception cref="ArgumentException">It is unusable (<see cref="RegionVitals.Problem"/>).</exception>
    /// <exception cref="HttpRequestException">The hub could not be reached; tell it again later.</exception>
    Task HealthAsync(RegionId region, RegionVitals vitals, CancellationToken cancellationToken);
}

/// <summary>What the hub made of a report. After any of these the region deletes its spooled copy.</summary>
/// <param name="Accepted">False when the hub refused it for good (unknown test, too late).</param>
/// <param name="Reason">Why it was refused; empty otherwise.</param>
public readonly record struct ReportAnswer(bool Accepted, string Reason);
