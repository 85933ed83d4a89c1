using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Monitoring.Testing;

namespace Monitoring.Standalone.Tests.EndToEnd;

/// <summary>A monitor as a process of its own, which can be asked to stop and can be killed.</summary>
internal sealed class MonitorProcess : IAsyncDisposable
{
    private const string UrlLine = "leaderboard  ";
    private readonly Process _process;
    private readonly StringBuilder _said = new();
    private readonly Lock _lock = new();
    private readonly List<(string Text, TaskCompletionSource Seen)> _awaited = [];
    private readonly TaskCompletionSource<Uri> _url = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _reading;

    private MonitorProcess(Process process)
    {
        _process = process;
        _reading = Task.WhenAll(ReadAsync(process.StandardError), ReadAsync(process.StandardOutput));
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Everything it said so far.</summary>
    public string Said
    {
        get
        {
            lock (_lock) return _said.ToString();
        }
    }

    /// <summary>Starts <c>monitor</c> with these arguments; the test's own settings do not reach it.</summary>
    public static MonitorProcess Start(string directory, IReadOnlyDictionary<string, string> environment, params string[] arguments) =>
        StartIn(site: null, directory, environment, arguments);

    /// <summary>The same in a network namespace (<see cref="DistantSites"/>); null for this machine's own.</summary>
    public static MonitorProcess StartIn(string? site, string directory, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var monitor = Path.Combine(AppContext.BaseDirectory, "monitor.dll");
        var host = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet";
        var start = site is null ? new ProcessStartInfo(host, ["exec", monitor, .. arguments]) : DistantSites.Inside(site, host, ["exec", monitor, .. arguments]);
        start.WorkingDirectory = directory;
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("MONITOR_", StringComparison.OrdinalIgnoreCase)).ToList()) start.Environment.Remove(name);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return new MonitorProcess(Process.Start(start)!);
    }

    /// <summary>Where it listens, once it does.</summary>
    public async Task<Uri> UrlAsync(CancellationToken cancellationToken) => await _url.Task.WaitAsync(cancellationToken);

    /// <summary>Waits until it has said something.</summary>
    public Task SaysAsync(string text, CancellationToken cancellationToken)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_said.ToString().Contains(text, StringComparison.Ordinal)) return Task.CompletedTask;
            _awaited.Add((text, seen));
        }

        return seen.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Waits until it has said something so many times.</summary>
    public async Task SaysAsync(string text, int times, CancellationToken cancellationToken)
    {
        while (Said.Split(text).Length <= times)
        {
            ObjectDisposedException.ThrowIf(_process.HasExited, this);
            await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken);
        }
    }

    public void Kill() => _process.Kill();

    /// <summary>Sends SIGTERM (15) or SIGINT (2).</summary>
    public void Signal(int signal) => Assert.Equal(0, SendSignal(_process.Id, signal));

    /// <summary>The exit code, once it has ended and all it said was read.</summary>
    public async Task<int> ExitAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        await _reading.WaitAsync(cancellationToken);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        await _reading;
        _process.Dispose();
    }

    private async Task ReadAsync(StreamReader from)
    {
        while (await from.ReadLineAsync() is { } line)
        {
            lock (_lock)
            {
                _said.AppendLine(line);
                foreach (var (text, seen) in _awaited)
                {
                    if (line.Contains(text, StringComparison.Ordinal)) seen.TrySetResult();
                }
            }

            if (line.StartsWith(UrlLine, StringComparison.Ordinal)) _url.TrySetResult(new Uri(line[UrlLine.Length..].Split(' ')[0]));
        }

        if (_process.HasExited || from == _process.StandardError) _url.TrySetException(new InvalidOperationException("The monitor ended without listening:\n" + Said));
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int process, int signal);
}
