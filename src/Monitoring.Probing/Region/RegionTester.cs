using Monitoring.Core;
using Monitoring.Livepeer;

namespace Monitoring.Probing;

/// <summary>Runs the stream test for a region's worker.</summary>
internal sealed class RegionTester(StreamTest test) : IStreamTester
{
    public Task<TestResult> RunAsync(TestJob job, CancellationToken cancellationToken) => test.RunAsync(job, observer: null, cancellationToken);
}
