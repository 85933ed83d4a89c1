using Monitoring.Testing.Processes;

namespace Monitoring.Standalone.Tests.EndToEnd;

/// <summary>A monitor as a process of its own, which can be asked to stop and can be killed.</summary>
internal sealed class MonitorProcess : IAsyncDisposable
{
    private readonly HostProcess _process;

    private MonitorProcess(HostProcess process) => _process = process;

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Everything it said so far.</summary>
    public string Said => _process.Said;

    /// <summary>Starts <c>monitor</c> with these arguments; the test's own settings do not reach it.</summary>
    public static MonitorProcess Start(string directory, IReadOnlyDictionary<string, string> environment, params string[] arguments) =>
        StartIn(site: null, directory, environment, arguments);

    /// <summary>The same in a network namespace; null for this machine's own.</summary>
    public static MonitorProcess StartIn(string? site, string directory, IReadOnlyDictionary<string, string> environment, params string[] arguments) =>
        new(HostProcess.Start("monitor.dll", site, directory, environment, arguments));

    /// <summary>Where it listens, once it does.</summary>
    public Task<Uri> UrlAsync(CancellationToken cancellationToken) => _process.UrlAsync(cancellationToken);

    /// <summary>Waits until it has said something.</summary>
    public Task SaysAsync(string text, CancellationToken cancellationToken) => _process.SaysAsync(text, cancellationToken);

    /// <summary>Waits until it has said something so many times.</summary>
    public Task SaysAsync(string text, int times, CancellationToken cancellationToken) => _process.SaysAsync(text, times, cancellationToken);

    public void Kill() => _process.Kill();

    /// <summary>Sends SIGTERM (15) or SIGINT (2).</summary>
    public void Signal(int signal) => _process.Signal(signal);

    /// <summary>The exit code, once it has ended and all it said was read.</summary>
    public Task<int> ExitAsync(CancellationToken cancellationToken) => _process.ExitAsync(cancellationToken);

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
