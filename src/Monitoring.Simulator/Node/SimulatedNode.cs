using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Monitoring.Core;
using Monitoring.Ethereum;

namespace Monitoring.Simulator;

/// <summary>
/// One simulated orchestrator on one port of its fleet's address. It keeps its address over kills, revivals and changes of behaviour; every start is a
/// new process in the protocol's eyes: another certificate, another token secret, no sessions. All members may be used from any thread.
/// </summary>
public sealed class SimulatedNode : IAsyncDisposable
{
    /// <summary>After a scheduled start failed because somebody took the port.</summary>
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    private readonly NodeIdentity _identity;
    private readonly NodeOptions _options;
    private readonly FleetContext _fleet;
    private readonly CounterBoard _counters = new();
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly ITimer _schedule;

    private volatile Behaviour _behaviour;
    private volatile NodeListener? _listener;
    private NodeRun? _run;
    private HeldPort? _held;
    private long _behaviourSince;
    private int _port;
    private bool _killed;
    private bool _disposed;
    private Task _scheduled = Task.CompletedTask;

    internal SimulatedNode(NodeIdentity identity, NodeOptions options, FleetContext fleet)
    {
        (_identity, _options, _fleet, _behaviour, _port) = (identity, options, fleet, options.Behaviour, options.Port);
        _behaviourSince = fleet.Clock.GetTimestamp();
        _schedule = fleet.Clock.CreateTimer(_ => _scheduled = FollowScheduleAsync(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>A throw-away address, the same at every start of a fleet.</summary>
    public OrchestratorId Id => _identity.Id;

    /// <summary>Signs with the throw-away key of that address, for what a test does on a chain in the node's name. It ends with the node.</summary>
    public ISigner Signer => _identity.Signer;

    /// <summary>The name in its fleet.</summary>
    public string Name => _options.Name;

    /// <summary>The service URI, for example <c>https://127.0.0.1:40001</c>; stays the same for the node's life.</summary>
    public Uri Uri => new(string.Create(CultureInfo.InvariantCulture, $"{(_fleet.Tls ? "https" : "http")}://{Address}"));

    private IPEndPoint Address => new(_fleet.Address, _port);

    /// <summary>What the node does now.</summary>
    public Behaviour Behaviour => _behaviour;

    /// <summary>Whether the port is open.</summary>
    public bool IsListening => _listener is not null;

    /// <summary>What happened so far.</summary>
    public NodeCounters Counters => _counters.Now;

    /// <summary>Waits until the counters fulfil the condition, which may be at once, and returns them.</summary>
    public Task<NodeCounters> WaitAsync(Func<NodeCounters, bool> condition, CancellationToken cancellation) => _counters.WaitAsync(condition, cancellation);

    /// <summary>
    /// Changes what the node does, from the next request on; requests in work may see either. A schedule begins anew, with up. The port opens
    /// or closes if the behaviour says so, unless the node was killed.
    /// </summary>
    /// <exception cref="ArgumentException">The behaviour cannot be.</exception>
    /// <exception cref="IOException">The port cannot be opened.</exception>
    public async Task SetBehaviourAsync(Behaviour behaviour, CancellationToken cancellation)
    {
        var problems = FleetOptions.ProblemsOf(behaviour).ToArray();
        if (problems.Length > 0) throw new ArgumentException($"{Name} cannot behave so: {string.Join("; ", problems)}.", nameof(behaviour));
        await ChangeAsync(() => (_behaviour, _behaviourSince) = (behaviour, _fleet.Clock.GetTimestamp()), cancellation);
    }

    /// <summary>Closes the port and cuts every connection, like the end of the process; the schedule of its behaviour stops too.</summary>
    public Task KillAsync(CancellationToken cancellation) => ChangeAsync(() => _killed = true, cancellation);

    /// <summary>Starts a killed node under its old address. Without effect if it was not killed.</summary>
    /// <exception cref="IOException">The port cannot be opened.</exception>
    public Task ReviveAsync(CancellationToken cancellation) => ChangeAsync(() => _killed = false, cancellation);

    /// <summary>Ends the node and gives its port back.</summary>
    public async ValueTask DisposeAsync()
    {
        await ChangeAsync(() => _disposed = true, CancellationToken.None);
        await _schedule.DisposeAsync();
        await _scheduled;
        _identity.Dispose();
    }

    internal Task StartAsync(CancellationToken cancellation) => ChangeAsync(() => { }, cancellation);

    private async Task ChangeAsync(Action change, CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            change();
            await ReconcileAsync(cancellation);
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task FollowScheduleAsync()
    {
        try
        {
            await ChangeAsync(() => { }, CancellationToken.None);
        }
        catch (IOException)
        {
            _schedule.Change(RetryPause, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Makes the port what it should be now. Runs inside the gate.</summary>
    private async Task ReconcileAsync(CancellationToken cancellation)
    {
        var elapsed = _fleet.Clock.GetElapsedTime(_behaviourSince);
        var schedule = _disposed || _killed ? null : _behaviour.Schedule;
        var shouldListen = !_disposed && !_killed && !_behaviour.PortClosed && (schedule?.IsUpAt(elapsed) ?? true);

        _schedule.Change(schedule?.UntilNextChange(elapsed) ?? Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        if (shouldListen && _listener is null) await OpenAsync(cancellation);
        if (!shouldListen && _listener is not null) await CloseAsync();
        if (!shouldListen && !_disposed) HoldPort();
        if (_disposed) ReleasePort();
    }

    private async Task OpenAsync(CancellationToken cancellation)
    {
        ReleasePort();
        var run = new NodeRun(this, _identity.Signer, _options, _fleet, _counters);
        try
        {
            _listener = _fleet.Tls
                ? await NodeListener.StartAsync(Address, NodeCertificate.Make(_fleet.Address, _fleet.Clock.GetUtcNow()), HttpProtocols.Http1AndHttp2, run.AnswerAsync, cancellation)
                : await NodeListener.StartAsync(Address, null, HttpProtocols.Http2, run.AnswerAsync, cancellation);
        }
        catch (IOException e)
        {
            run.Dispose();
            throw new IOException($"The simulated node {Name} cannot listen on {Address}; choose another port or end what uses this one.", e);
        }

        (_run, _port) = (run, _listener.Address.Port);
        _counters.Started();
    }

    private async Task CloseAsync()
    {
        var listener = _listener!;
        _listener = null;
        await listener.DisposeAsync();
        _run!.Dispose();
        _run = null;
        _counters.Stopped();
    }

    private void HoldPort()
    {
        if (_held is not null) return;
        try
        {
            _held = new HeldPort(Address);
            _port = _held.Port;
        }
        catch (SocketException) when (_port != 0)
        {
            // Somebody was faster. The port is not ours and the node is down: just what was asked for; a revival will tell.
        }
    }

    private void ReleasePort()
    {
        _held?.Dispose();
        _held = null;
    }
}
