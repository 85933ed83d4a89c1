using Monitoring.Testing.Processes;

namespace Monitoring.Cluster.Tests.Processes;

/// <summary>A process that is started again whenever it ends, as whatever runs it in earnest does, until it is asked to stop for good.</summary>
internal sealed class Supervised : IAsyncDisposable
{
    private const int SigTerm = 15;
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);
    private readonly Func<HostProcess> _start;
    private readonly Lock _lock = new();
    private readonly List<string> _said = [];
    private Task _watching;
    private HostProcess _process;
    private int _starts = 1;
    private bool _ends;

    public Supervised(Func<HostProcess> start)
    {
        _start = start;
        _process = start();
        _watching = WatchAsync();
    }

    /// <summary>The process that runs now, or ran last.</summary>
    public HostProcess Process
    {
        get
        {
            lock (_lock) return _process;
        }
    }

    /// <summary>How often it was started.</summary>
    public int Starts => Volatile.Read(ref _starts);

    /// <summary>Everything that any of the processes said.</summary>
    public string Said
    {
        get
        {
            lock (_lock) return string.Join('\n', _said.Append(_process.Said));
        }
    }

    /// <summary>Asks it to stop (SIGTERM), and waits until another runs in its place.</summary>
    public async Task RestartAsync(CancellationToken cancellationToken)
    {
        var (before, starts) = (Process, Starts);
        before.Signal(SigTerm);
        Assert.True(await before.ExitAsync(cancellationToken) == 0, before.Said);
        await UntilStartedAsync(starts, cancellationToken);
    }

    /// <summary>Waits until it was started once more than so often.</summary>
    public async Task UntilStartedAsync(int times, CancellationToken cancellationToken)
    {
        while (Starts <= times) await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken);
    }

    /// <summary>Asks it to stop for good.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        HostProcess last;
        lock (_lock) (_ends, last) = (true, _process);
        last.Signal(SigTerm);
        Assert.True(await last.ExitAsync(cancellationToken) == 0, last.Said);
        await _watching;
    }

    /// <summary>Starts it once more after it was stopped for good.</summary>
    public void StartAgain()
    {
        lock (_lock)
        {
            _ends = false;
            Start();
        }

        _watching = WatchAsync();
    }

    public async ValueTask DisposeAsync()
    {
        HostProcess last;
        lock (_lock) (_ends, last) = (true, _process);
        await last.DisposeAsync();
        await _watching;
    }

    private async Task WatchAsync()
    {
        while (true)
        {
            var running = Process;
            try
            {
                await running.ExitAsync(CancellationToken.None);
            }
            catch (InvalidOperationException)
            {
                // It was disposed of meanwhile.
                return;
            }

            await Task.Delay(Rest);
            lock (_lock)
            {
                if (_ends) return;
                Start();
            }
        }
    }

    // Another in place of the one that has ended.
    private void Start()
    {
        _said.Add(_process.Said);
        _process = _start();
        _starts++;
    }
}
