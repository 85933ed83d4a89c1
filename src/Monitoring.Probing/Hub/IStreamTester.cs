using Monitoring.Core;

namespace Monitoring.Probing;

/// <summary>Runs one test now. It never throws for what an orchestrator does: that is the result.</summary>
public interface IStreamTester
{
    /// <summary>Tests, in real time, until the clip is through, the job's deadline passes or the caller asks to stop.</summary>
    /// <param name="job">The job.</param>
    /// <param name="cancellationToken">Asks to stop; the result is then void (<see cref="OutcomeCode.OurShutdown"/>).</param>
    Task<TestResult> RunAsync(TestJob job, CancellationToken cancellationToken);
}
