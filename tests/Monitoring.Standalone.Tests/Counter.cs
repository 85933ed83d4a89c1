namespace Monitoring.Standalone.Tests;

/// <summary>Counts events and lets a test wait for a count, at most a minute.</summary>
internal sealed class Counter
{
    private readonly Lock _gate = new();
    private readonly List<(int Count, TaskCompletionSource Reached)> _waiting = [];
    private int _count;

    public void Add()
    {
        lock (_gate)
        {
            _count++;
            foreach (var (count, reached) in _waiting)
            {
                if (count <= _count) reached.TrySetResult();
            }
        }
    }

    public Task Reached(int count)
    {
        lock (_gate)
        {
            if (count <= _count) return Task.CompletedTask;
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((count, reached));
            return reached.Task.WaitAsync(TimeSpan.FromMinutes(1));
        }
    }
}
