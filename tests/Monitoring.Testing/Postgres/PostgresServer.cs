using System.Diagnostics;
using System.Globalization;

namespace Monitoring.Testing.Postgres;

/// <summary>
/// A PostgreSQL server of one's own, with the programs that the system has: a new cluster in a scratch folder, on a free port of loopback. It
/// can be stopped, killed and started again. A shell stands between, which ends the server and removes the folder as soon as the test process
/// is gone, however that went.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    /// <summary>Who owns the databases. Not a word that any text would hold by chance.</summary>
    public const string User = "monitor";

    /// <summary>The password of the owner, for tests that look for it where it must not be.</summary>
    public const string Password = "s3cret-0f-the-test";

    private const string Watch = """
        "$1" -D "$2" -p "$3" -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync="$4" -c max_connections=200 -c shared_buffers=64MB -c timezone=Asia/Kathmandu &
        server=$!
        trap '' INT TERM
        while read -r command; do
            case "$command" in
                stop) kill -INT $server; wait $server; echo stopped ;;
                kill) kill -QUIT $server; wait $server; echo stopped ;;
                start) "$1" -D "$2" -p "$3" -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync="$4" -c max_connections=200 -c shared_buffers=64MB -c timezone=Asia/Kathmandu & server=$!; echo started ;;
            esac
        done
        kill -QUIT $server 2>/dev/null
        wait $server
        rm -rf "$2"
        """;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private static readonly Lazy<Task<PostgresServer>> TheShared = new(() => StartAsync());

    private readonly string _programs;
    private readonly Process _shell;
    private readonly Lock _gate = new();
    private readonly Queue<string> _log = new();
    private int _databases;
    private TaskCompletionSource? _told;

    private readonly string[] _inside;

    private PostgresServer(string programs, string folder, int port, Process shell, string[] inside) =>
        (_programs, Folder, Port, _shell, _inside) = (programs, folder, port, shell, inside);

    /// <summary>Why there can be no server, or null.</summary>
    public static string? Missing { get; } = FindPrograms() is null
        ? "PostgreSQL is not installed (as root: apt-get install --no-install-recommends postgresql), so nothing that needs a database was tested."
        : null;

    /// <summary>Where the cluster lies.</summary>
    public string Folder { get; }

    /// <summary>The port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>The server that all tests of this process share; it ends with the process.</summary>
    public static Task<PostgresServer> SharedAsync() => TheShared.Value;

    /// <summary>The address of a database, password included.</summary>
    public string Url(string database) => string.Create(CultureInfo.InvariantCulture, $"postgres://{User}:{Password}@127.0.0.1:{Port}/{database}");

    /// <summary>Starts a server of one's own.</summary>
    /// <param name="isDurable">Wait for the disk as a real server does; without it only a crash of the machine, not of the server, can lose what was committed.</param>
    /// <param name="site">The network namespace (<see cref="DistantSites"/>) whose loopback it listens on; null for this machine's own.</param>
    public static async Task<PostgresServer> StartAsync(bool isDurable = false, string? site = null)
    {
        string[] inside = site is null ? [] : ["ip", "netns", "exec", site];
        var programs = FindPrograms() ?? throw new InvalidOperationException(Missing);
        var folder = Directory.CreateTempSubdirectory("monitoring-pg-").FullName;
        var passwordFile = folder + ".password";
        await File.WriteAllTextAsync(passwordFile, Password);
        if (Environment.IsPrivilegedProcess) await RunAsync("chown", "postgres", folder, passwordFile);
        await RunAsync([.. Unprivileged, Path.Combine(programs, "initdb"), "-D", folder, "-U", User, "-A", "scram-sha-256", "--pwfile", passwordFile, "-E", "UTF8", "--locale=C", "-N"]);
        File.Delete(passwordFile);
        var port = FreePort.Find();
        string[] command = [.. inside, .. Unprivileged, "sh", "-c", Watch, "sh", Path.Combine(programs, "postgres"), folder, port.ToString(CultureInfo.InvariantCulture), isDurable ? "on" : "off"];
        var shell = Process.Start(new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/",
        })!;
        var server = new PostgresServer(programs, folder, port, shell, inside);
        shell.OutputDataReceived += (_, line) => server.Hear(line.Data, isAnswer: true);
        shell.ErrorDataReceived += (_, line) => server.Hear(line.Data, isAnswer: false);
        shell.BeginOutputReadLine();
        shell.BeginErrorReadLine();
        await server.WaitUntilReadyAsync();
        return server;
    }

    /// <summary>Makes an empty database and gives its address.</summary>
    /// <param name="template">A database to copy; nobody may be connected to it.</param>
    public async Task<string> CreateDatabaseAsync(string template = "template0")
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"test{Interlocked.Increment(ref _databases)}");
        await QueryAsync("postgres", $"CREATE DATABASE {name} TEMPLATE {template}");
        return Url(name);
    }

    /// <summary>Runs statements as a person would, and gives what they print, without headers and with tabs between columns.</summary>
    public async Task<string> QueryAsync(string database, string sql)
    {
        var text = await RunAsync([.. _inside, Path.Combine(_programs, "psql"), Url(database), "-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-c", sql]);
        return text.TrimEnd('\n');
    }

    /// <summary>Stops the server as an operator does; who is connected is cut off.</summary>
    public Task StopAsync() => TellAsync("stop");

    /// <summary>Kills the server: as after a crash, it recovers from its log at the next start.</summary>
    public Task KillAsync() => TellAsync("kill");

    /// <summary>Starts the server again.</summary>
    public async Task RestartAsync()
    {
        await TellAsync("start");
        await WaitUntilReadyAsync();
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        _shell.StandardInput.Close();
        await _shell.WaitForExitAsync();
        _shell.Dispose();
    }

    // As root the server does not start; Debian's package makes a user for it.
    private static string[] Unprivileged => Environment.IsPrivilegedProcess ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] : [];

    private static string? FindPrograms()
    {
        var places = Directory.Exists("/usr/lib/postgresql")
            ? Directory.EnumerateDirectories("/usr/lib/postgresql").OrderByDescending(version => int.TryParse(Path.GetFileName(version), out var number) ? number : 0).Select(version => Path.Combine(version, "bin"))
            : [];
        return places.Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
            .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres")) && File.Exists(Path.Combine(folder, "psql")));
    }

    private static async Task<string> RunAsync(params string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{Path.GetFileName(command[0])} ended with {process.ExitCode}: {await error}");
    }

    private async Task TellAsync(string command)
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate) _told = told;
        await _shell.StandardInput.WriteLineAsync(command);
        await _shell.StandardInput.FlushAsync();
        await told.Task.WaitAsync(Limit);
    }

    private void Hear(string? line, bool isAnswer)
    {
        lock (_gate)
        {
            if (line is null) return;
            if (isAnswer) _told?.TrySetResult();
            _log.Enqueue(line);
            if (_log.Count > 200) _log.Dequeue();
        }
    }

    private async Task WaitUntilReadyAsync()
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await QueryAsync("postgres", "SELECT 1");
                return;
            }
            catch (InvalidOperationException e)
            {
                if (_shell.HasExited || Stopwatch.GetElapsedTime(start) > Limit)
                {
                    lock (_gate) throw new InvalidOperationException($"PostgreSQL did not start: {e.Message}\n{string.Join('\n', _log)}");
                }

                await Task.Delay(100);
            }
        }
    }
}
