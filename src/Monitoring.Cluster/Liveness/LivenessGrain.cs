using Microsoft.Extensions.Logging;
using Monitoring.Cluster.Health;
using Monitoring.Cluster.Hosting;
using Monitoring.Cluster.Orchestrators;
using Monitoring.Cluster.Registry;
using Monitoring.Cluster.Roles;
using Monitoring.Cluster.Wire;
using Monitoring.Core;
using Orleans.Concurrency;

namespace Monitoring.Cluster.Liveness;

/// <inheritdoc cref="ILivenessGrain" />
/// <remarks>
/// In memory alone: what is lost with a silo is asked for again by the orchestrators in doubt. Reentrant, so that a long poll holds up nobody,
/// and an orchestrator that is told of a check may ask for another.
/// </remarks>
[Reentrant]
[KeepAlive]
[HubOnly]
[GrainType("liveness")]
internal sealed partial class LivenessGrain(HubRules rules, SiloStopping stopping, TimeProvider time, ILogger<LivenessGrain> log) : Grain, ILivenessGrain
{
    private const int AtOnce = 64;
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);
    private readonly SortedSet<OrchestratorId> _wanted = [];
    private ImmutableArray<LivenessTarget> _targets = [];
    private ImmutableHashSet<OrchestratorId> _known = [];
    private long _version;
    private TaskCompletionSource _changed = New();
    private RegionId _region;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _region = RegionId.Parse(this.GetPrimaryKeyString());
        this.RegisterGrainTimer(static (grain, _) => grain.ListTargetsAsync(), this, new GrainTimerCreationOptions(rules.ViewEvery, rules.ViewEvery) { Interleave = true });
        return Task.CompletedTask;
    }

    public async Task Report(LivenessReport report)
    {
        Expect();
        if (report.Problem(time.GetUtcNow()) is { } problem) throw new ArgumentException($"The liveness report of {_region} cannot be used: {problem}.", nameof(report));
        var health = GrainFactory.GetGrain<IRegionHealthGrain>(0);
        if (report.ControlsWell is { } well) await health.Controls(_region, well);
        if (report.Checks.IsEmpty) return;
        if (_version == 0) await ListTargetsAsync();
        ImmutableArray<LivenessCheck> checks = [.. report.Checks.Where(c => _known.Contains(c.Orchestrator))];
        if (checks.IsEmpty) return;

        // The region's own health first: orchestrators judge by it what the checks are worth.
        var view = await health.Seen(_region, [.. checks.Select(LivenessCheckWire.Of)]);
        foreach (var some in checks.GroupBy(c => c.Orchestrator).Chunk(AtOnce))
        {
            await Task.WhenAll(some.Select(of => GrainFactory.GetGrain<IOrchestratorGrain>(of.Key.Text)
                .Checked(_region, [.. of.OrderBy(c => c.At).Select(LivenessCheckWire.Of)], view)));
        }
    }

    public async Task<LivenessOrders> Orders(long known, TimeSpan wait, CancellationToken cancellationToken)
    {
        Expect();
        var until = time.GetUtcNow() + (wait < LongestWait ? wait : LongestWait);
        if (_version == 0) await ListTargetsAsync();
        while (true)
        {
            // Who gave up gets nothing, so that nothing is lost with him.
            if (cancellationToken.IsCancellationRequested) return new LivenessOrders { Version = known };
            var changed = _changed.Task;
            var isNew = _version != 0 && known != _version;
            var now = time.GetUtcNow();
            if (isNew || _wanted.Count > 0 || now >= until || stopping.Token.IsCancellationRequested) return Give(isNew);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stopping.Token);
            await Task.WhenAny(changed, Task.Delay(until - now, time, both.Token));
            await both.CancelAsync();
        }
    }

    public Task CheckNow(OrchestratorId orchestrator)
    {
        if (_wanted.Add(orchestrator)) Wake();
        return Task.CompletedTask;
    }

    private LivenessOrders Give(bool isNew)
    {
        var regions = rules.Policy.Schedule.Regions;
        var orders = new LivenessOrders
        {
            Version = _version,
            Targets = isNew ? _targets : null,
            CheckNow = [.. _wanted],
            Every = rules.Policy.Availability.Every(regions.Length),
            Shift = rules.Policy.Availability.Shift(_region, regions),
        };
        _wanted.Clear();
        return orders;
    }

    private async Task ListTargetsAsync()
    {
        try
        {
            if (await GrainFactory.GetGrain<IRegistryGrain>(0).Active(_version) is not { } set || set.Version == _version) return;
            _targets = [.. set.Entries.Select(e => new LivenessTarget(e.Id, e.ServiceUri))];
            _known = [.. _targets.Select(t => t.Orchestrator)];
            _version = set.Version;
            Wake();
        }
        catch (Exception e)
        {
            LogNotListed(_region, e.Message);
        }
    }

    private void Expect()
    {
        if (!rules.Policy.Schedule.Regions.Contains(_region)) throw new ArgumentException($"{_region} is not a region of this cluster.");
    }

    private void Wake()
    {
        var changed = _changed;
        _changed = New();
        changed.TrySetResult();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(2051, LogLevel.Warning, "Whom {Region} is to check could not be learned, and is asked again: {Why}")]
    private partial void LogNotListed(RegionId region, string why);
}
