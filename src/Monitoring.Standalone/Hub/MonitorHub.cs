using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Monitoring.Core;
using Monitoring.Probing;
using Monitoring.Storage;
using Monitoring.Web;

namespace Monitoring.Standalone.Hub;

/// <summary>
/// The hub in one process: a loop that alone touches the deciders' states, the regions' queues and the board. It holds no rule: it
/// feeds events to <see cref="Orchestrator.On"/> and does what the effects say. Its memory is the store: kill it at any instant, and the
/// replay at start and the first tick of each orchestrator repair what was cut short.
/// </summary>
internal sealed partial class MonitorHub : IHub, IPostedResults
{
    private readonly HubOptions _options;
    private readonly IResultStore _store;
    private readonly Memory _memory;
    private readonly PlanBook _plans;
    private readonly ScheduleBook _schedule;
    private readonly Board _board;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Channel<Command> _commands = Channel.CreateUnbounded<Command>(new UnboundedChannelOptions { SingleReader = true });
    private readonly WakeUp<Command> _wakeUp;
    private readonly Dictionary<OrchestratorId, OrchestratorState> _states = [];
    private readonly ConcurrentDictionary<RegionId, RegionQueue> _queues = [];
    private readonly List<Command.Lease> _waiting = [];
    private readonly Deadlines _deadlines = new();
    private readonly Dictionary<(TestId, int), Task> _storing = [];
    private readonly Dictionary<TestId, TestEvidence> _evidence = [];
    private readonly Dictionary<TestId, OrchestratorId> _jobs = [];
    private readonly HashSet<OrchestratorId> _owing = [];
    private RegionHealth _health;
    private ClipRefusals _refusals = ClipRefusals.None;
    private DateTimeOffset _nextHealthTick;
    private DateTimeOffset _nextSnapshot;
    private DateTimeOffset? _storeRetryAt;
    private long _storingChangedAt;
    private bool _isEnrolled;

    /// <summary>Creates the hub; <see cref="ReplayAsync"/> and then <see cref="RunAsync"/> start it.</summary>
    public MonitorHub(HubOptions options, IResultStore store, IStateLog memory, PlanBook plans, ScheduleBook schedule, Board board, TimeProvider time, ILogger<MonitorHub> log)
    {
        _options = options;
        _store = store;
        _memory = new Memory(memory);
        _plans = plans;
        _schedule = schedule;
        _board = board;
        _time = time;
        _wakeUp = new WakeUp<Command>(_commands.Reader, time);
        _log = log;
        _health = RegionHealth.New(options.Anomaly).Remembering(_memory.ReadAnomalies());
        _liveness = RegionHealth.OfChecks(options.LivenessAnomaly).Remembering(_memory.ReadAnomalies(Memory.LivenessAnomalies));
        _availability = new AvailabilityKeeper(memory, options.KeepChecksEvery, options.StoreRetry);
        _outgoing = new Outgoing(options.StoreRetry);
        _startedAt = time.GetUtcNow();
        foreach (var region in options.Policy.Schedule.Regions) _queues[region] = RegionQueue.Empty;
    }

    /// <summary>
    /// Somebody else who must have every measured result, at least once: a report is acknowledged only when this is done. It may get the same
    /// result again when a report is repeated.
    /// </summary>
    public Func<OutcomeRevision, Task>? OnMeasured { get; set; }

    /// <summary>Reserves what each test of a region with a wallet may spend; null where nothing is paid.</summary>
    public Budget? Budget { get; init; }

    /// <summary>False while the store refuses writes.</summary>
    public bool IsStoring { get; private set; } = true;

    /// <summary>When <see cref="IsStoring"/> last became what it is, UTC; null where it has always been true.</summary>
    public DateTimeOffset? StoringChangedAt => Interlocked.Read(ref _storingChangedAt) is var ticks and > 0 ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    /// <inheritdoc />
    public async Task<ImmutableArray<TestJob>> LeaseAsync(RegionId region, int workers, TimeSpan wait, CancellationToken cancellationToken, bool unpaid = false)
    {
        var lease = new Command.Lease(region, workers, unpaid, _time.GetUtcNow() + wait, Answer<ImmutableArray<TestJob>>());
        Send(lease);
        await using var gaveUp = cancellationToken.Register(() => Send(new Command.GiveUp(lease)));
        return await lease.Answer.Task;
    }

    /// <inheritdoc />
    public Task<bool> ExtendAsync(RegionId region, TestId test, CancellationToken cancellationToken)
    {
        var answer = Answer<bool>();
        Send(new Command.Extend(test, region, answer));
        return answer.Task.WaitAsync(cancellationToken);
    }

    /// <inheritdoc />
    public Task ReturnAsync(RegionId region, TestId test, OutcomeCode reason, CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Send(new Command.Return(test, region, reason, answer));
        return answer.Task.WaitAsync(cancellationToken);
    }

    /// <inheritdoc />
    public Task<ReportAnswer> ReportAsync(TestResult result, CancellationToken cancellationToken)
    {
        var answer = Answer<ReportAnswer>();
        Send(new Command.Report(result, answer));
        return answer.Task.WaitAsync(cancellationToken);
    }

    /// <inheritdoc />
    public Task<PostAnswer> PostAsync(OutcomeRevision posted, CancellationToken cancellationToken)
    {
        var answer = Answer<PostAnswer>();
        Send(new Command.Post(posted, answer));
        return answer.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Brings the enrolled set in line with the registry; completes when it is remembered.</summary>
    public Task EnrolAsync(EnrolmentRule rule, CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Send(new Command.Enrol(rule, answer));
        return answer.Task.WaitAsync(cancellationToken);
    }

    /// <summary>The set that was enrolled when the last process ended.</summary>
    public IEnumerable<RegistryEntry> RememberedSet() => _memory.ReadEnrolments()
        .Where(e => e.WithdrawnAt is null).Select(e => new RegistryEntry(e.Id, e.ServiceUri, e.Verified));

    /// <summary>Folds what is stored, so that the board shows what it showed before. Run it once, before <see cref="RunAsync"/>.</summary>
    /// <returns>Revisions folded.</returns>
    public async Task<int> ReplayAsync(CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        var folded = 0;
        var query = new ResultQuery { From = now - _options.Replay, Until = DateTimeOffset.MaxValue, LastOnly = true };
        await foreach (var revision in _store.ReadAsync(query, cancellationToken))
        {
            if (revision.Summary?.Posted is { IsAi: true }) continue;
            var state = _states.GetValueOrDefault(revision.Orchestrator) ?? OrchestratorState.New(revision.Orchestrator);
            _states[revision.Orchestrator] = Orchestrator.On(state, new Event.OutcomeReplayed(revision), Env(now)).State;
            folded++;
        }

        RememberAvailability();
        foreach (var gone in _memory.ReadEnrolments().Where(e => e.WithdrawnAt is not null))
        {
            if (_states.ContainsKey(gone.Id)) Apply(gone.Id, new Event.Withdrawn(gone.WithdrawnAt!.Value));
        }

        foreach (var id in _states.Keys.ToList()) Apply(id, new Event.Ticked());
        _board.Publish(now);
        Interlocked.Exchange(ref _replayed, folded);
        return folded;
    }

    /// <summary>Works until asked to stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (!stop.IsCancellationRequested)
            {
                while (_commands.Reader.TryRead(out var command)) await ObeyAsync(command);
                await PassTimeAsync(_time.GetUtcNow());
                await WaitAsync(stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }

        foreach (var lease in _waiting) lease.Answer.TrySetResult([]);
        _waiting.Clear();
        foreach (var orders in _waitingOrders) orders.Answer.TrySetResult(new LivenessOrders { Version = orders.Known, Every = Every });
        _waitingOrders.Clear();
    }

    /// <summary>After <see cref="RunAsync"/>: obeys what is still asked, until nothing is owed to anybody.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        while (_storing.Count > 0 || _commands.Reader.TryPeek(out _))
        {
            var command = await _commands.Reader.ReadAsync(cancellationToken);
            await ObeyAsync(command);
        }

        _board.Publish(_time.GetUtcNow());
    }

    private static TaskCompletionSource<T> Answer<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Send(Command command) => _commands.Writer.TryWrite(command);

    private Env Env(DateTimeOffset now) => new(now, _options.Policy, View(now), _plans.PlanOf)
    {
        NetworkFails = NetworkAvailability.Fails(_counts, _options.Policy.Availability),
        Liveness = _liveness,
    };

    private RegionHealthView View(DateTimeOffset now) =>
        new([.. _queues.Where(q => q.Value.IsStale(now, _options.StaleAfter)).Select(q => q.Key)], _health.Anomalies) { Muted = _liveness.Anomalies };

    private async Task ObeyAsync(Command command)
    {
        try
        {
            switch (command)
            {
                case Command.Lease lease:
                    if (!_queues.ContainsKey(lease.Region)) lease.Answer.TrySetResult([]);
                    else _waiting.Add(lease);
                    break;
                case Command.GiveUp gaveUp:
                    _waiting.Remove(gaveUp.Asked);
                    gaveUp.Asked.Answer.TrySetCanceled();
                    break;
                case Command.Extend extend:
                    extend.Answer.TrySetResult(_queues.TryGetValue(extend.Region, out var queue) && queue.IsLeased(extend.Test));
                    break;
                case Command.Return back:
                    // A region gives back what it has leased, and nothing else.
                    if (_queues.TryGetValue(back.Region, out var leases) && leases.IsLeased(back.Test) && _jobs.TryGetValue(back.Test, out var whose))
                        Apply(whose, new Event.TestDeferred(back.Test, back.Reason));

                    // One that found the spool full was run and paid for, and nobody will say how much: its whole allowance stays spent.
                    if (Budget is not null && back.Reason != OutcomeCode.SpoolFull && Budget.IsOf(back.Test, back.Region)) await Budget.SettleAsync(back.Test, 0, CancellationToken.None);
                    back.Answer.TrySetResult();
                    break;
                case Command.Report report:
                    await TakeReportAsync(report);
                    break;
                case Command.Post post:
                    TakePost(post);
                    break;
                case Command.Enrol enrol:
                    await EnrolAsync(enrol.Rule);
                    enrol.Answer.TrySetResult();
                    break;
                case Command.Vitals vitals:
                    await ObeyAsync(vitals);
                    break;
                case Command.Liveness liveness:
                    await ObeyAsync(liveness);
                    break;
                case Command.Orders orders:
                    Obey(orders);
                    break;
                case Command.GiveUpOrders asked:
                    Obey(asked);
                    break;
                case Command.Taken taken:
                    Obey(taken);
                    break;
                case Command.NotTaken notTold:
                    Obey(notTold);
                    break;
                case Command.Stored stored:
                    _storing.Remove((stored.Revision.Test, stored.Revision.Revision));
                    ItIsStoring(true);
                    Apply(stored.Revision.Orchestrator, new Event.OutcomeStored(stored.Revision.Test, stored.Revision.Revision));
                    break;
                case Command.NotStored failed:
                    _storing.Remove((failed.Revision.Test, failed.Revision.Revision));
                    _owing.Add(failed.Revision.Orchestrator);
                    if (failed.Evidence is { } evidence) _evidence[failed.Revision.Test] = evidence;
                    _storeRetryAt ??= _time.GetUtcNow() + _options.StoreRetry;
                    ItIsStoring(false);
                    LogNotStored(failed.Revision.Test, failed.Why.Message);
                    break;
            }
        }
        catch (Exception e)
        {
            // One bad command must not end the hub for everybody; whoever asked gets the error.
            LogCommandFailed(command.GetType().Name, e);
            Fail(command, e);
        }
    }

    private void ItIsStoring(bool now)
    {
        if (IsStoring == now) return;
        Interlocked.Exchange(ref _storingChangedAt, _time.GetUtcNow().Ticks);
        IsStoring = now;
    }

    private static void Fail(Command command, Exception e)
    {
        switch (command)
        {
            case Command.Lease lease:
                lease.Answer.TrySetException(e);
                break;
            case Command.Extend extend:
                extend.Answer.TrySetException(e);
                break;
            case Command.Return back:
                back.Answer.TrySetException(e);
                break;
            case Command.Report report:
                report.Answer.TrySetException(e);
                break;
            case Command.Post post:
                post.Answer.TrySetException(e);
                break;
            case Command.Enrol enrol:
                enrol.Answer.TrySetException(e);
                break;
            case Command.Vitals vitals:
                vitals.Answer.TrySetException(e);
                break;
            case Command.Liveness liveness:
                liveness.Answer.TrySetException(e);
                break;
            case Command.Orders orders:
                orders.Answer.TrySetException(e);
                break;
        }
    }

    private async Task PassTimeAsync(DateTimeOffset now)
    {
        foreach (var due in _deadlines.Due(now)) Apply(due, new Event.Ticked());
        if (now >= _nextHealthTick)
        {
            _nextHealthTick = now + TimeSpan.FromSeconds(30);
            await LearnAsync(_health.OnTick(now));
            await LearnLivenessAsync(_liveness.OnTick(now));
            _unpublishedSince = _board.IsStale ? _unpublishedSince ?? now : null;
            LookAtInstrument(now);
        }

        if (_storeRetryAt <= now)
        {
            _storeRetryAt = null;
            var owing = _owing.ToList();
            _owing.Clear();
            foreach (var id in owing) Apply(id, new Event.Ticked());
        }

        await GrantLeasesAsync(now);
        await KeepAndTellAsync(now);
        GiveOrders(now);
        LookAtRegions();
        if (_board.IsStale && now >= _nextSnapshot)
        {
            _nextSnapshot = now + _options.SnapshotEvery;
            _board.Publish(now);
        }
    }

    private async Task WaitAsync(CancellationToken stop)
    {
        var next = SoonestOfIncidents(_nextHealthTick);
        if (_deadlines.Next is { } deadline && deadline < next) next = deadline;
        if (_storeRetryAt < next) next = _storeRetryAt.Value;
        if (_board.IsStale && _nextSnapshot < next) next = _nextSnapshot;
        foreach (var orders in _waitingOrders)
        {
            if (orders.Until < next) next = orders.Until;
        }

        foreach (var lease in _waiting)
        {
            if (lease.Until < next) next = lease.Until;
            if (_storeRetryAt is null && _queues[lease.Region].NextLeaseAt(_options.LeaseAhead) is { } leaseAt && leaseAt < next) next = leaseAt;
        }

        var wait = next - _time.GetUtcNow();
        if (wait > TimeSpan.Zero) await _wakeUp.WaitAsync(wait, stop);
    }

    private async Task GrantLeasesAsync(DateTimeOffset now)
    {
        for (var i = 0; i < _waiting.Count; i++)
        {
            var lease = _waiting[i];
            var jobs = ImmutableArray<TestJob>.Empty;

            // While nothing can be stored nothing is begun.
            if (_storeRetryAt is null) (_queues[lease.Region], jobs) = _queues[lease.Region].Lease(now, lease.Workers, _options.LeaseAhead);
            if (jobs.IsEmpty && now < lease.Until) continue;
            if (Budget is not null && !lease.Unpaid) jobs = await WithAllowanceAsync(Budget, jobs, now);
            if (jobs.IsEmpty && now < lease.Until) continue;
            foreach (var job in jobs)
            {
                using var span = TestTrace.Start("lease", job.Id, job.Orchestrator, job.Region);
                Apply(job.Orchestrator, new Event.TestLeased(job.Id));
            }

            if (!lease.Answer.TrySetResult(jobs))
            {
                foreach (var job in jobs)
                {
                    Apply(job.Orchestrator, new Event.TestDeferred(job.Id, OutcomeCode.ShuttingDown));
                    if (Budget is not null) await Budget.SettleAsync(job.Id, 0, CancellationToken.None);
                }
            }

            _waiting.RemoveAt(i--);
        }
    }

    [LoggerMessage(1001, LogLevel.Error, "The outcome of {Test} could not be stored and is tried again; nothing is leased until then: {Why}")]
    private partial void LogNotStored(TestId test, string why);

    [LoggerMessage(1002, LogLevel.Error, "The hub could not obey {Command}")]
    private partial void LogCommandFailed(string command, Exception e);

    [LoggerMessage(1007, LogLevel.Error, "What {Test} may spend could not be written down, so it does not start: {Why}")]
    private partial void LogNotReserved(TestId test, string why);

    [LoggerMessage(1003, LogLevel.Warning, "The results of {Region} since {From:u} are void: {Reason}")]
    private partial void LogAnomaly(RegionId region, DateTimeOffset from, string reason);

    [LoggerMessage(1004, LogLevel.Information, "{Region} measures again since {Until:u}")]
    private partial void LogAnomalyOver(RegionId region, DateTimeOffset until);

    [LoggerMessage(1005, LogLevel.Information, "{Orchestrator} at {ServiceUri} is enrolled")]
    private partial void LogEnrolled(OrchestratorId orchestrator, string serviceUri);

    [LoggerMessage(1006, LogLevel.Information, "{Orchestrator} left the active set")]
    private partial void LogWithdrawn(OrchestratorId orchestrator);
}
