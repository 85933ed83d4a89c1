namespace Monitoring.Simulator.Tests;

/// <summary>The end of a test's patience: far beyond what anything takes, so that it only ever ends what hangs.</summary>
internal static class Deadline
{
    public static CancellationToken Token()
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        return limit.Token;
    }
}
