using Microsoft.Extensions.Logging;
using Monitoring.Cluster.Hosting;
using Monitoring.Cluster.Orchestrators;
using Monitoring.Cluster.Regions;
using Monitoring.Cluster.Roles;
using Monitoring.Cluster.State;
using Monitoring.Cluster.Wire;
using Monitoring.Core;

namespace Monitoring.Cluster.Health;

/// <summary>The shell of <see cref="RegionHealth"/>, of tests and of life, and of <see cref="ClipRefusals"/>. What follows for orchestrators is told in a turn of its own, for they may be waiting for this one.</summary>
[KeepAlive]
[HubOnly]
[GrainType("region-health")]
internal sealed partial class RegionHealthGrain(
    [PersistentState(StateNames.RegionHealth, StateNames.Storage)] IPersistentState<RegionHealthDocument> kept,
    HubRules rules,
    TimeProvider time,
    ILogger<RegionHealthGrain> log) : Grain, IRegionHealthGrain
{
    private const int AtOnce = 64;
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(30);
    private readonly Dictionary<RegionId, HashSet<OrchestratorId>> _tested = [];
    private readonly List<Func<Task>> _owed = [];
    private readonly Dictionary<RegionId, (RegionVitals Vitals, DateTimeOffset At)> _vitals = [];
    private readonly Dictionary<(RegionId Region, string Kind), RefusalsWire> _refused = [];
    private RegionHealth _health = null!;
    private RegionHealth _liveness = null!;
    private ClipRefusals _refusals = ClipRefusals.None;
    private RegionHealthView _view = RegionHealthView.Well;
    private IGrainTimer _tell = null!;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _health = RegionHealth.New(rules.Anomaly).Remembering(kept.State.Anomalies);
        _liveness = RegionHealth.OfChecks(rules.LivenessAnomaly).Remembering(kept.State.LivenessAnomalies);
        _view = new RegionHealthView([], _health.Anomalies) { Muted = _liveness.Anomalies };
        this.RegisterGrainTimer(static (grain, _) => grain.TickAsync(), this, new GrainTimerCreationOptions(Every, Every));
        _tell = this.RegisterGrainTimer(
            static (grain, _) => grain.TellAsync(), this, new GrainTimerCreationOptions(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan) { Interleave = true });
        return Task.CompletedTask;
    }

    public Task Evidence(RegionId region, OrchestratorId orchestrator, DateTimeOffset testTime, bool good)
    {
        if (!_tested.TryGetValue(region, out var tested)) _tested[region] = tested = [];
        tested.Add(orchestrator);
        return LearnAsync(_health.OnEvidence(region, orchestrator, testTime, good, time.GetUtcNow()));
    }

    public Task Controls(RegionId region, bool well)
    {
        var now = time.GetUtcNow();
        return LearnAsync(_health.OnControls(region, well, now), well ? _liveness.OnControlsWell(region, now) : null);
    }

    public async Task<RegionHealthView> Seen(RegionId region, ImmutableArray<LivenessCheckWire> checks)
    {
        var now = time.GetUtcNow();
        List<(OrchestratorId, DateTimeOffset, bool)> seen = [.. checks.Select(c => (c.Orchestrator, c.At, c.Alive))];
        await LearnAsync(_health.OnChecks(region, seen, now), _liveness.OnEvidence(region, seen, now));
        return _view;
    }

    public Task<ImmutableArray<RegionWitness>> Witnesses(OrchestratorId except, ImmutableArray<WitnessQuestion> asked) =>
        Task.FromResult<ImmutableArray<RegionWitness>>([.. asked.Select(q => _liveness.WitnessOf(q.Region, except, q.Since, q.Until))]);

    public async Task Vitals(RegionId region, RegionVitals vitals)
    {
        // The caller may be a process of another version: what comes over the wire is looked at here as well.
        if (!rules.Policy.Schedule.Regions.Contains(region) || vitals.Problem() is not null) return;
        var now = time.GetUtcNow();
        _vitals[region] = (vitals, now);

        // A clock that is off makes void what is tested meanwhile, and says nothing of what was tested before.
        if (vitals.Fault != OutcomeCode.OurClock) await LearnAsync(_health.OnControls(region, vitals.Fault is null, now));
    }

    public Task Refused(RegionId region, string kind, long count, string reason)
    {
        if (!rules.Policy.Schedule.Regions.Contains(region)) return Task.CompletedTask;
        var now = time.GetUtcNow();
        var known = _refused.GetValueOrDefault((region, kind), new RefusalsWire { Kind = kind, First = now });
        _refused[(region, kind)] = known with { Count = known.Count + count, Last = now, Reason = Outcome.Clean(reason) };
        return Task.CompletedTask;
    }

    public Task ClipRefused(TestId test, OrchestratorId orchestrator, RegionId region, DateTimeOffset testTime, string method, string endpoint)
    {
        (_refusals, var ours) = _refusals.On(new ClipRefusals.Refusal(test, orchestrator, region, testTime, method, endpoint));
        foreach (var refusal in ours)
        {
            var outcome = new Outcome(OutcomeCode.OurClip, $"{ours.Length} tests of the day ended with the clip refused");
            Owe(() => Orchestrator(refusal.Orchestrator).Reclassify(refusal.Test, refusal.Region, refusal.TestTime, outcome));
        }

        return Task.CompletedTask;
    }

    public Task<RegionHealthView> View() => Task.FromResult(_view);

    public async Task<ImmutableArray<RegionStandingWire>> Standings() =>
        [.. await Task.WhenAll(rules.Policy.Schedule.Regions.Order().Select(StandingAsync))];

    private async Task<RegionStandingWire> StandingAsync(RegionId region)
    {
        QueueStanding? queue = null;
        try
        {
            queue = await GrainFactory.GetGrain<IRegionQueueGrain>(region.Code).Standing();
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            LogNoStanding(region, e.Message);
        }

        var (vitals, toldAt) = _vitals.GetValueOrDefault(region);
        return new RegionStandingWire
        {
            Region = region,
            Queue = queue,
            Vitals = vitals,
            ToldAt = toldAt,
            Anomaly = _health.Anomalies.FirstOrDefault(a => a.Region == region && a.Until is null),
            Refused = [.. _refused.Where(r => r.Key.Region == region).Select(r => r.Value).OrderBy(r => r.Kind, StringComparer.Ordinal)],
        };
    }

    private async Task TickAsync()
    {
        var stale = ImmutableHashSet.CreateBuilder<RegionId>();
        foreach (var region in rules.Policy.Schedule.Regions)
        {
            if (await GrainFactory.GetGrain<IRegionQueueGrain>(region.Code).IsStale()) stale.Add(region);
        }

        _view = _view with { Stale = stale.ToImmutable() };
        var now = time.GetUtcNow();
        await LearnAsync(_health.OnTick(now), _liveness.OnTick(now));
    }

    private async Task LearnAsync(RegionHealth? health = null, RegionHealth? liveness = null)
    {
        var (next, life) = (health ?? _health, liveness ?? _liveness);
        var (before, lifeBefore) = (_health.Anomalies, _liveness.Anomalies);
        if (before != next.Anomalies || lifeBefore != life.Anomalies)
        {
            await this.KeepAsync(kept, new RegionHealthDocument { Schema = RegionHealthDocument.Current, Anomalies = next.Anomalies, LivenessAnomalies = life.Anomalies });
        }

        (_health, _liveness) = (next, life);
        _view = _view with { Anomalies = next.Anomalies, Muted = life.Anomalies };
        foreach (var span in life.Anomalies.Where(a => !lifeBefore.Contains(a)))
        {
            if (span.Until is { } until) LogHeardAgain(span.Region, until);
            else LogMuted(span.Region, span.From, span.Reason);
        }

        foreach (var span in next.Anomalies.Where(a => !before.Contains(a)))
        {
            if (span.Until is { } until) LogAnomalyOver(span.Region, until);
            else LogAnomaly(span.Region, span.From, span.Reason);
            foreach (var orchestrator in _tested.GetValueOrDefault(span.Region, [])) Owe(() => Orchestrator(orchestrator).Look(_view));
        }
    }

    private void Owe(Func<Task> call)
    {
        _owed.Add(call);
        _tell.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Tells orchestrators. One that cannot be told sees the anomaly with its next tick.</summary>
    private async Task TellAsync()
    {
        while (_owed.Count > 0)
        {
            var some = _owed.Take(AtOnce).ToList();
            _owed.RemoveRange(0, some.Count);
            await Task.WhenAll(some.Select(async call =>
            {
                try
                {
                    await call();
                }
                catch (Exception e)
                {
                    LogNotTold(e.Message);
                }
            }));
        }
    }

    private IOrchestratorGrain Orchestrator(OrchestratorId id) => GrainFactory.GetGrain<IOrchestratorGrain>(id.Text);

    [LoggerMessage(2031, LogLevel.Warning, "The results of {Region} since {From:u} are void: {Reason}")]
    private partial void LogAnomaly(RegionId region, DateTimeOffset from, string reason);

    [LoggerMessage(2032, LogLevel.Information, "{Region} measures again since {Until:u}")]
    private partial void LogAnomalyOver(RegionId region, DateTimeOffset until);

    [LoggerMessage(2034, LogLevel.Warning, "What {Region} sees of life since {From:u} is no evidence: {Reason}")]
    private partial void LogMuted(RegionId region, DateTimeOffset from, string reason);

    [LoggerMessage(2035, LogLevel.Information, "What {Region} sees of life is evidence again since {Until:u}")]
    private partial void LogHeardAgain(RegionId region, DateTimeOffset until);

    [LoggerMessage(2036, LogLevel.Warning, "The queue of {Region} could not be asked how it stands: {Why}")]
    private partial void LogNoStanding(RegionId region, string why);

    [LoggerMessage(2033, LogLevel.Warning, "An orchestrator was not told of a region's health and sees it with its next tick: {Why}")]
    private partial void LogNotTold(string why);
}
