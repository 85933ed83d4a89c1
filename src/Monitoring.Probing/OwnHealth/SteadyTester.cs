using System.Globalization;
using Monitoring.Core;

namespace Monitoring.Probing;

/// <summary>A test during which this process stood still charges nobody: what looks like an orchestrator's silence may have been our own.</summary>
public sealed class SteadyTester(IStreamTester tester, Pulse pulse) : IStreamTester
{
    /// <summary>A process that runs does not miss a second's beats within two. Half of the shortest limit of a test (connect, 2 s).</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    /// <inheritdoc />
    public async Task<TestResult> RunAsync(TestJob job, CancellationToken cancellationToken)
    {
        var watch = pulse.Begin();
        var still = TimeSpan.Zero;
        TestResult result;
        try
        {
            result = await tester.RunAsync(job, cancellationToken);
        }
        finally
        {
            still = watch.End();
        }

        return still <= Limit || !result.Outcome.Counts
            ? result
            : result with
            {
                Outcome = new Outcome(OutcomeCode.OurOverload, Outcome.Clean(string.Create(
                    CultureInfo.InvariantCulture, $"this process stood still for {still.TotalSeconds:0.0} s (the test itself said {result.Outcome})"))),
            };
    }
}
