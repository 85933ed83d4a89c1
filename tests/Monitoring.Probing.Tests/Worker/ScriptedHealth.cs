namespace Monitoring.Probing.Tests.Worker;

/// <summary>A health that the test states, for the check before a test and for the fresh one after a failure.</summary>
internal sealed class ScriptedHealth : IOwnHealth
{
    private int _freshChecks;

    public OwnHealthReport Before { get; set; } = OwnHealthReport.Well;

    public OwnHealthReport After { get; set; } = OwnHealthReport.Well;

    public int FreshChecks => Volatile.Read(ref _freshChecks);

    /// <summary>The check before a test waits for this.</summary>
    public Task BeforeGate { get; set; } = Task.CompletedTask;

    /// <summary>The fresh check after a failure waits for this.</summary>
    public Task AfterGate { get; set; } = Task.CompletedTask;

    /// <summary>Completes when the check before a test was asked for.</summary>
    public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async Task<OwnHealthReport> CheckAsync(bool fresh, CancellationToken cancellationToken)
    {
        if (fresh)
        {
            Interlocked.Increment(ref _freshChecks);
            await AfterGate.WaitAsync(cancellationToken);
            return After;
        }

        Asked.TrySetResult();
        await BeforeGate.WaitAsync(cancellationToken);
        return Before;
    }
}
