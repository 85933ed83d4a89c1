using System.Diagnostics;

namespace Monitoring.Standalone.Tests.Commands;

/// <summary>The built command as a process of its own, in a folder of its own and without settings of ours in its environment.</summary>
internal sealed class MonitorProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly Process _process;
    private readonly List<string> _errors = [];
    private readonly Counter _lines = new();
    private readonly Task _readingErrors;
    private readonly Task<string> _output;

    public MonitorProcess(string folder, string[] arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "monitor.dll"), .. arguments])
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true,
        };
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("MONITOR_", StringComparison.OrdinalIgnoreCase)).ToList()) start.Environment.Remove(name);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        _process = Process.Start(start)!;
        _output = _process.StandardOutput.ReadToEndAsync();
        _readingErrors = ReadErrorsAsync();
    }

    /// <summary>Everything on stderr so far.</summary>
    public string Errors
    {
        get
        {
            lock (_errors) return string.Join('\n', _errors);
        }
    }

    /// <summary>Runs to the end.</summary>
    public static async Task<(int Code, string Output, string Errors)> RunAsync(string folder, string[] arguments, params (string Name, string Value)[] environment)
    {
        using var process = new MonitorProcess(folder, arguments, environment);
        return await process.EndAsync();
    }

    /// <summary>Waits for a line on stderr that begins with this text, and returns it.</summary>
    /// <exception cref="InvalidOperationException">It ended without, or said nothing more for a minute.</exception>
    public async Task<string> LineAsync(string beginning)
    {
        for (var next = 1; ; next++)
        {
            await Task.WhenAny(_lines.Reached(next), _readingErrors);
            lock (_errors)
            {
                if (_errors.Count < next) throw new InvalidOperationException($"There is no line that begins with '{beginning}':\n{Errors}");
                if (_errors[next - 1].StartsWith(beginning, StringComparison.Ordinal)) return _errors[next - 1];
            }
        }
    }

    public async Task<(int Code, string Output, string Errors)> EndAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(limit.Token);
        await _readingErrors;
        return (_process.ExitCode, await _output, Errors);
    }

    /// <summary>Sends a signal, such as TERM.</summary>
    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }

    private async Task ReadErrorsAsync()
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            lock (_errors) _errors.Add(line);
            _lines.Add();
        }
    }
}
