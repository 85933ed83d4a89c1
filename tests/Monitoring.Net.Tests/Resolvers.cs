using System.Net;

namespace Monitoring.Net.Tests;

/// <summary>Answers by script, one answer after the other, and counts how often it was asked.</summary>
internal sealed class ScriptedResolver(params Func<IPAddress[]>[] answers) : INameResolver
{
    private int _asked;

    public ScriptedResolver(params string[] addresses)
        : this(() => [.. addresses.Select(IPAddress.Parse)])
    {
    }

    public int Asked => Volatile.Read(ref _asked);

    public List<string> Names { get; } = [];

    public Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        lock (Names) Names.Add(host);
        var turn = Interlocked.Increment(ref _asked) - 1;
        return Task.FromResult(answers[Math.Min(turn, answers.Length - 1)]());
    }
}

/// <summary>Never answers; says when it was asked, and does not even heed cancellation.</summary>
internal sealed class SilentResolver : INameResolver
{
    public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        Asked.TrySetResult();
        return new TaskCompletionSource<IPAddress[]>().Task;
    }
}
