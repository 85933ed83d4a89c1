using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Monitoring.Testing.Processes;

/// <summary>A host as a process of its own, which can be asked to stop, frozen and killed.</summary>
public sealed class HostProcess : IAsyncDisposable
{
    private static readonly string[] UrlLines = ["leaderboard  ", "health       "];
    private readonly Process _process;
    private readonly StringBuilder _said = new();
    private readonly Lock _lock = new();
    private readonly List<(string Text, TaskCompletionSource Seen)> _awaited = [];
    private readonly TaskCompletionSource<Uri> _url = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _reading;

    private HostProcess(Process process)
    {
        _process = process;
        _reading = Task.WhenAll(ReadAsync(process.StandardError), ReadAsync(process.StandardOutput));
    }

    /// <summary>The process id.</summary>
    public int Id => _process.Id;

    /// <summary>True once it has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Everything it said so far.</summary>
    public string Said
    {
        get
        {
            lock (_lock) return _said.ToString();
        }
    }

    /// <summary>Starts a program; the test's own settings do not reach it.</summary>
    /// <param name="program">The program's file beside the test's own, such as <c>monitor.dll</c>.</param>
    /// <param name="site">The network namespace that it runs in (<see cref="DistantSites"/>); null for this machine's own.</param>
    /// <param name="directory">Its working directory.</param>
    /// <param name="environment">Variables that it gets beside ours.</param>
    /// <param name="arguments">Its arguments.</param>
    public static HostProcess Start(string program, string? site, string directory, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var file = Path.Combine(AppContext.BaseDirectory, program);
        var host = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet";
        var start = site is null ? new ProcessStartInfo(host, ["exec", file, .. arguments]) : DistantSites.Inside(site, host, ["exec", file, .. arguments]);
        start.WorkingDirectory = directory;
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("MONITOR_", StringComparison.OrdinalIgnoreCase)).ToList()) start.Environment.Remove(name);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return new HostProcess(Process.Start(start)!);
    }

    /// <summary>Where it listens, once it does.</summary>
    public async Task<Uri> UrlAsync(CancellationToken cancellationToken) => await _url.Task.WaitAsync(cancellationToken);

    /// <summary>Waits until it has said something.</summary>
    /// <exception cref="InvalidOperationException">It ended without.</exception>
    public async Task SaysAsync(string text, CancellationToken cancellationToken)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_said.ToString().Contains(text, StringComparison.Ordinal)) return;
            _awaited.Add((text, seen));
        }

        await Task.WhenAny(seen.Task, _reading).WaitAsync(cancellationToken);
        if (!seen.Task.IsCompleted) throw new InvalidOperationException($"The process ended without saying '{text}':\n{Said}");
    }

    /// <summary>Waits until it has said something so many times.</summary>
    /// <exception cref="InvalidOperationException">It ended before.</exception>
    public async Task SaysAsync(string text, int times, CancellationToken cancellationToken)
    {
        while (true)
        {
            var saidAll = _reading.IsCompleted;
            if (Said.Split(text).Length > times) return;
            if (saidAll) throw new InvalidOperationException($"The process ended before it said '{text}' {times} times:\n{Said}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken);
        }
    }

    /// <summary>Kills it (SIGKILL).</summary>
    public void Kill() => _process.Kill();

    /// <summary>Sends SIGTERM (15), SIGINT (2), SIGSTOP (19) or SIGCONT (18).</summary>
    public void Signal(int signal)
    {
        if (SendSignal(_process.Id, signal) != 0) throw new InvalidOperationException($"Signal {signal} could not be sent to process {_process.Id}.");
    }

    /// <summary>The exit code, once it has ended and all it said was read.</summary>
    public async Task<int> ExitAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        await _reading.WaitAsync(cancellationToken);
        return _process.ExitCode;
    }

    /// <summary>Kills it, if it has not ended.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();

        // A process that it started may hold its pipes.
        await Task.WhenAny(_reading, Task.Delay(TimeSpan.FromSeconds(10)));
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

            if (UrlLines.FirstOrDefault(l => line.StartsWith(l, StringComparison.Ordinal)) is { } said) _url.TrySetResult(new Uri(line[said.Length..].Split(' ')[0]));
        }

        if (_process.HasExited || from == _process.StandardError) _url.TrySetException(new InvalidOperationException("The process ended without listening:\n" + Said));
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int process, int signal);
}
