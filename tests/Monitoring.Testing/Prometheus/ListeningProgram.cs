using System.Diagnostics;

namespace Monitoring.Testing.Prometheus;

/// <summary>
/// A server of the Prometheus family as a child process on a free port of loopback. A shell stands between, which ends it as soon as the test
/// process is gone, however that went.
/// </summary>
internal sealed class ListeningProgram : IAsyncDisposable
{
    private const string Watch = """
        "$@" </dev/null &
        server=$!
        cat >/dev/null
        kill $server 2>/dev/null
        wait $server
        """;

    // How these programs say on which port they were put.
    private const string Listening = "msg=\"Listening on\" address=";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly Process _shell;
    private readonly Queue<string> _said = new();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ListeningProgram(Process shell) => _shell = shell;

    public Uri Address => _address.Task.Result;

    /// <summary>True where the system has the program.</summary>
    public static bool IsInstalled(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));

    public static async Task<ListeningProgram> StartAsync(params string[] command)
    {
        var shell = Process.Start(new ProcessStartInfo("sh", ["-c", Watch, "sh", .. command])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var program = new ListeningProgram(shell);
        shell.OutputDataReceived += (_, line) => program.Hear(line.Data);
        shell.ErrorDataReceived += (_, line) => program.Hear(line.Data);
        shell.BeginOutputReadLine();
        shell.BeginErrorReadLine();
        try
        {
            await program._address.Task.WaitAsync(Limit);
            return program;
        }
        catch (TimeoutException)
        {
            await program.DisposeAsync();
            throw new InvalidOperationException($"{command[0]} did not listen:\n{program.Said}");
        }
    }

    /// <summary>The last that it said.</summary>
    public string Said
    {
        get
        {
            lock (_said) return string.Join('\n', _said);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _shell.StandardInput.Close();
        await _shell.WaitForExitAsync();
        _shell.Dispose();
    }

    private void Hear(string? line)
    {
        if (line is null) return;
        lock (_said)
        {
            _said.Enqueue(line);
            if (_said.Count > 200) _said.Dequeue();
        }

        var at = line.IndexOf(Listening, StringComparison.Ordinal);
        if (at >= 0) _address.TrySetResult(new Uri($"http://{line[(at + Listening.Length)..].Split(' ')[0]}"));
    }
}
