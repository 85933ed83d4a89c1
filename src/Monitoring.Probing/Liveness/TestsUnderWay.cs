using System.Collections.Concurrent;
using Monitoring.Core;

namespace Monitoring.Probing;

/// <summary>
/// Runs tests and knows whom they are at: a liveness check beside a test of the same orchestrator would disturb it and tell nothing that the
/// test does not.
/// </summary>
/// <param name="tester">Runs the tests.</param>
public sealed class TestsUnderWay(IStreamTester tester) : IStreamTester
{
    private readonly ConcurrentDictionary<TestId, OrchestratorId> _underWay = new();

    /// <summary>True while this region tests the orchestrator.</summary>
    public bool Has(OrchestratorId orchestrator) => _underWay.Any(t => t.Value == orchestrator);

    /// <inheritdoc />
    public async Task<TestResult> RunAsync(TestJob job, CancellationToken cancellationToken)
    {
        _underWay[job.Id] = job.Orchestrator;
        try
        {
            return await tester.RunAsync(job, cancellationToken);
        }
        finally
        {
            _underWay.TryRemove(job.Id, out _);
        }
    }
}
