using Monitoring.Core;

namespace Monitoring.Standalone.Hub;

/// <content>Liveness: what regions saw, and what they are to look at.</content>
internal sealed partial class MonitorHub
{
    private readonly Dictionary<RegionId, SortedSet<OrchestratorId>> _checkNow = [];
    private readonly List<Command.Orders> _waitingOrders = [];
    private ImmutableArray<LivenessTarget> _targets = [];
    private long _targetsVersion;

    /// <inheritdoc />
    public Task LivenessAsync(RegionId region, LivenessReport report, CancellationToken cancellationToken)
    {
        if (report.Problem(_time.GetUtcNow()) is { } problem) throw new ArgumentException($"The liveness report of {region} cannot be used: {problem}.", nameof(report));
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Send(new Command.Liveness(region, report, answer));
        return answer.Task.WaitAsync(cancellationToken);
    }

    /// <inheritdoc />
    public async Task<LivenessOrders> LivenessOrdersAsync(RegionId region, long known, TimeSpan wait, CancellationToken cancellationToken)
    {
        var orders = new Command.Orders(region, known, _time.GetUtcNow() + wait, Answer<LivenessOrders>());
        Send(orders);
        await using var gaveUp = cancellationToken.Register(() => Send(new Command.GiveUpOrders(orders)));
        return await orders.Answer.Task;
    }

    private async Task ObeyAsync(Command.Liveness liveness)
    {
        if (!_queues.ContainsKey(liveness.Region))
        {
            liveness.Answer.TrySetException(new ArgumentException($"{liveness.Region} is not a region of this monitor."));
            return;
        }

        if (liveness.Seen.ControlsWell is { } well) await LearnAsync(_health.OnControls(liveness.Region, well, _time.GetUtcNow()));
        if (liveness.Seen.ControlsWell == true) _liveness = _liveness.OnControlsWell(liveness.Region, _time.GetUtcNow());
        await TakeChecksAsync(liveness.Region, liveness.Seen.Checks, _time.GetUtcNow());
        liveness.Answer.TrySetResult();
    }

    private void Obey(Command.Orders orders)
    {
        if (_queues.ContainsKey(orders.Region)) _waitingOrders.Add(orders);
        else orders.Answer.TrySetResult(new LivenessOrders());
    }

    private void Obey(Command.GiveUpOrders gaveUp)
    {
        _waitingOrders.Remove(gaveUp.Asked);
        gaveUp.Asked.Answer.TrySetCanceled();
    }

    /// <summary>Lists whom to check anew, after the set changed.</summary>
    private void ListTargets()
    {
        ImmutableArray<LivenessTarget> next =
            [.. _states.Values.Where(s => s is { Active: true, Record: not null }).OrderBy(s => s.Id).Select(s => new LivenessTarget(s.Id, s.Record!.ServiceUri))];
        if (_targetsVersion != 0 && next.SequenceEqual(_targets)) return;
        _targets = next;

        // Never one that a region may know from an earlier process.
        _targetsVersion = Math.Max(_targetsVersion + 1, _time.GetUtcNow().ToUnixTimeMilliseconds());
    }

    private void CheckNow(RegionId region, OrchestratorId orchestrator)
    {
        if (!_queues.ContainsKey(region)) return;
        if (!_checkNow.TryGetValue(region, out var wanted)) _checkNow[region] = wanted = [];
        wanted.Add(orchestrator);
    }

    private void GiveOrders(DateTimeOffset now)
    {
        for (var i = 0; i < _waitingOrders.Count; i++)
        {
            var asked = _waitingOrders[i];
            var wanted = _checkNow.GetValueOrDefault(asked.Region);
            var isNew = _targetsVersion != 0 && asked.Known != _targetsVersion;
            if (!isNew && wanted is not { Count: > 0 } && now < asked.Until) continue;
            var orders = new LivenessOrders
            {
                Version = _targetsVersion,
                Targets = isNew ? _targets : null,
                CheckNow = wanted is null ? [] : [.. wanted],
                Every = Every,
                Shift = _options.Policy.Availability.Shift(asked.Region, _options.Policy.Schedule.Regions),
            };
            if (asked.Answer.TrySetResult(orders)) wanted?.Clear();
            _waitingOrders.RemoveAt(i--);
        }
    }

    private TimeSpan Every => _options.Policy.Availability.Every(_queues.Count);
}
