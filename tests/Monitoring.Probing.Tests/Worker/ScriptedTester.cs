using System.Diagnostics;
using System.Threading.Channels;
using Monitoring.Core;
using TestResult = Monitoring.Core.TestResult;

namespace Monitoring.Probing.Tests.Worker;

/// <summary>A tester whose every test begins when the worker says so and ends when the test does.</summary>
internal sealed class ScriptedTester : IStreamTester
{
    private readonly Channel<RunningTest> _started = Channel.CreateUnbounded<RunningTest>();

    public bool HasStarted => _started.Reader.TryPeek(out _);

    public ValueTask<RunningTest> NextAsync() => _started.Reader.ReadAsync(RegionUnderTest.Soon());

    public Task<TestResult> RunAsync(TestJob job, CancellationToken cancellationToken)
    {
        var test = new RunningTest(job, cancellationToken);
        _started.Writer.TryWrite(test);
        return test.Ending;
    }
}

/// <summary>One test under way.</summary>
internal sealed class RunningTest(TestJob job, CancellationToken cancelled)
{
    private readonly TaskCompletionSource<TestResult> _ending = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TestJob Job => job;

    /// <summary>The span that was current as the test began: what an HTTP client would pass on.</summary>
    public Activity? Current { get; } = Activity.Current;

    public CancellationToken Cancelled => cancelled;

    public Task<TestResult> Ending => _ending.Task;

    public void End(OutcomeCode code = OutcomeCode.Completed) => End(code, Spend.None);

    public void End(OutcomeCode code, Spend spent)
    {
        var result = RegionUnderTest.Result(job, code);
        _ending.SetResult(result with { Summary = result.Summary with { Spend = spent } });
    }

    public void Throw(Exception e) => _ending.SetException(e);
}
