using System.Diagnostics;

namespace Monitoring.Benchmarks;

/// <summary>
/// A process that is measured. It is started tied to the server's core; it says where it listens on a line of its own, and ends when its
/// standard input does, so that it cannot outlive the benchmark.
/// </summary>
internal sealed class Child : IDisposable
{
    private const string Listening = "listening ";
    private readonly Process _process;

    private Child(Process process) => _process = process;

    /// <summary>Where it listens.</summary>
    public int Port { get; private init; }

    /// <summary>The processor time it has used.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Starts this program again with other arguments, and waits until it listens.</summary>
    public static async Task<Child> StartAsync(TimeSpan patience, CancellationToken stop, params string[] arguments)
    {
        var process = await LaunchAsync([typeof(Child).Assembly.Location, .. arguments], keepErrors: false);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(patience);
        try
        {
            while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
            {
                if (line.StartsWith(Listening, StringComparison.Ordinal))
                {
                    return new Child(process) { Port = int.Parse(line.AsSpan(Listening.Length), System.Globalization.CultureInfo.InvariantCulture) };
                }

                Console.WriteLine($"  [{arguments[0]}] {line}");
            }
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            End(process);
            throw new BenchmarkException($"'{string.Join(' ', arguments)}' did not listen within {patience}.");
        }

        End(process);
        throw new BenchmarkException($"'{string.Join(' ', arguments)}' ended before it listened.");
    }

    /// <summary>Starts a .NET program tied to the server's core.</summary>
    /// <param name="arguments">Its file and arguments.</param>
    /// <param name="keepErrors">True to read what it says on standard error; false to let it through to the console.</param>
    public static Task<Process> LaunchAsync(IReadOnlyList<string> arguments, bool keepErrors) => Cores.RunAsync(Cores.Server, () =>
    {
        var dotnet = Environment.ProcessPath is { } self && Path.GetFileNameWithoutExtension(self) == "dotnet" ? self : "dotnet";
        var start = new ProcessStartInfo(dotnet, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = keepErrors };
        return Process.Start(start)!;
    });

    /// <summary>In the child: says where it listens, and waits until it is no longer wanted.</summary>
    public static async Task ServeAsync(int port, CancellationToken stop)
    {
        Console.WriteLine(Invariant($"{Listening}{port}"));

        // On a thread of its own: reading the console blocks, asynchronous or not. On one core the thread pool means to have a single thread at
        // work; were that the one that reads, everything else would stand still until the pool notices, half a second or a whole one later.
        var unwanted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            while (Console.In.ReadLine() is not null)
            {
            }

            unwanted.SetResult();
        }) { IsBackground = true, Name = "standard input" }.Start();
        await unwanted.Task.WaitAsync(stop);
    }

    /// <summary>Ends a process that this program started.</summary>
    public static void End(Process process)
    {
        if (!process.HasExited) process.Kill();
        process.WaitForExit();
        process.Dispose();
    }

    /// <inheritdoc />
    public void Dispose() => End(_process);
}
