using Microsoft.Extensions.Logging;
using Monitoring.Cluster.Hosting;
using Monitoring.Cluster.Orchestrators;
using Monitoring.Cluster.Regions;
using Monitoring.Cluster.Roles;
using Monitoring.Cluster.State;
using Monitoring.Core;

namespace Monitoring.Cluster.Health;

/// <summary>The shell of <see cref="RegionHealth"/> and <see cref="ClipRefusals"/>. What follows for orchestrators is told in a turn of its own, for they may be waiting for this one.</summary>
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
    private RegionHealth _health = null!;
    private ClipRefusals _refusals = ClipRefusals.None;
    private RegionHealthView _view = RegionHealthView.Well;
    private IGrainTimer _tell = null!;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _health = RegionHealth.New(rules.Anomaly).Remembering(kept.State.Anomalies);
        _view = new RegionHealthView([], _health.Anomalies);
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

    public Task Controls(RegionId region, bool well) => LearnAsync(_health.OnControls(region, well, time.GetUtcNow()));

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

    private async Task TickAsync()
    {
        var stale = ImmutableHashSet.CreateBuilder<RegionId>();
        foreach (var region in rules.Policy.Schedule.Regions)
        {
            if (await GrainFactory.GetGrain<IRegionQueueGrain>(region.Code).IsStale()) stale.Add(region);
        }

        _view = _view with { Stale = stale.ToImmutable() };
        await LearnAsync(_health.OnTick(time.GetUtcNow()));
    }

    private async Task LearnAsync(RegionHealth next)
    {
        var before = _health.Anomalies;
        if (before != next.Anomalies)
        {
            var kind = kept.State;
            kept.State = new RegionHealthDocument { Schema = RegionHealthDocument.Current, Anomalies = next.Anomalies };
            try
            {
                await kept.WriteStateAsync();
            }
            catch
            {
                kept.State = kind;
                DeactivateOnIdle();
                throw;
            }
        }

        _health = next;
        if (before == next.Anomalies) return;
        _view = _view with { Anomalies = next.Anomalies };
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

    [LoggerMessage(2033, LogLevel.Warning, "An orchestrator was not told of a region's health and sees it with its next tick: {Why}")]
    private partial void LogNotTold(string why);
}
