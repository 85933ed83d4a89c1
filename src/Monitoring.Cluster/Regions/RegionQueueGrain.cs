using Microsoft.Extensions.Logging;
using Monitoring.Cluster.Hosting;
using Monitoring.Cluster.Orchestrators;
using Monitoring.Cluster.Roles;
using Monitoring.Core;
using Orleans.Concurrency;

namespace Monitoring.Cluster.Regions;

/// <summary>
/// The shell of <see cref="RegionQueue"/>. In memory alone: what is lost with a silo is offered again by the orchestrators. Reentrant, so that
/// a long poll holds up nobody; between two awaits it is alone.
/// </summary>
[Reentrant]
[KeepAlive]
[HubOnly]
[GrainType("region-queue")]
internal sealed partial class RegionQueueGrain(HubRules rules, StoreGate store, SiloStopping stopping, TimeProvider time, ILogger<RegionQueueGrain> log) : Grain, IRegionQueueGrain
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);
    private readonly Dictionary<TestId, OrchestratorId> _jobs = [];
    private RegionQueue _queue = RegionQueue.Empty;
    private DateTimeOffset _since;
    private TaskCompletionSource _changed = New();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _since = time.GetUtcNow();
        return Task.CompletedTask;
    }

    public Task<bool> Enqueue(TestJob job)
    {
        (_queue, var taken) = _queue.Add(job);
        if (taken)
        {
            _jobs[job.Id] = job.Orchestrator;
            Wake();
        }

        return Task.FromResult(taken);
    }

    public Task Cancel(TestId test)
    {
        Forget(test);
        return Task.CompletedTask;
    }

    public async Task<ImmutableArray<TestJob>> Lease(int workers, TimeSpan wait, CancellationToken cancellationToken)
    {
        if (workers <= 0) return [];
        var until = time.GetUtcNow() + (wait < LongestWait ? wait : LongestWait);
        while (true)
        {
            var now = time.GetUtcNow();
            var changed = _changed.Task;

            // While nothing can be stored nothing is begun.
            var jobs = ImmutableArray<TestJob>.Empty;
            if (store.IsOpen) (_queue, jobs) = _queue.Lease(now, workers, rules.LeaseAhead);
            if (!jobs.IsEmpty && await WrittenDownAsync(jobs, cancellationToken) is { IsEmpty: false } granted) return granted;
            now = time.GetUtcNow();
            if (now >= until || stopping.Token.IsCancellationRequested || cancellationToken.IsCancellationRequested) return [];

            var wake = until;
            if (_queue.NextLeaseAt(rules.LeaseAhead) is { } next && next < wake) wake = next;
            if (!store.IsOpen) wake = now + rules.RetryAfter < until ? now + rules.RetryAfter : until;
            if (wake <= now) continue;
            using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stopping.Token);
            await Task.WhenAny(changed, Task.Delay(wake - now, time, both.Token));
            await both.CancelAsync();
        }
    }

    public Task<bool> Extend(TestId test) => Task.FromResult(_queue.IsLeased(test));

    public async Task Return(TestId test, string reason)
    {
        if (!_queue.IsLeased(test) || !_jobs.TryGetValue(test, out var orchestrator)) return;
        await Orchestrator(orchestrator).Defer(test, reason);
        Forget(test);
    }

    public Task Done(TestId test)
    {
        Forget(test);
        return Task.CompletedTask;
    }

    // One that has just begun to live has not been asked yet, which says nothing of the region.
    public Task<bool> IsStale()
    {
        var now = time.GetUtcNow();
        return Task.FromResult(_queue.IsStale(now, rules.StaleAfter) && now - _since > rules.StaleAfter);
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Of the jobs, those whose orchestrators have written the lease down. What nobody knows to be leased is not handed out.</summary>
    private async Task<ImmutableArray<TestJob>> WrittenDownAsync(ImmutableArray<TestJob> jobs, CancellationToken cancellationToken)
    {
        var written = await Task.WhenAll(jobs.Select(IsWrittenDownAsync));
        var granted = ImmutableArray.CreateBuilder<TestJob>(jobs.Length);
        for (var i = 0; i < jobs.Length; i++)
        {
            if (!written[i]) Forget(jobs[i].Id);
            else if (cancellationToken.IsCancellationRequested) await Return(jobs[i].Id, nameof(OutcomeCode.ShuttingDown));
            else granted.Add(jobs[i]);
        }

        return granted.ToImmutable();
    }

    private async Task<bool> IsWrittenDownAsync(TestJob job)
    {
        try
        {
            return await Orchestrator(job.Orchestrator).TakeLease(job.Id);
        }
        catch (Exception e)
        {
            LogNotLeased(job.Id, e.Message);
            return false;
        }
    }

    private void Forget(TestId test)
    {
        _jobs.Remove(test);
        _queue = _queue.Remove(test);
    }

    private void Wake()
    {
        var changed = _changed;
        _changed = New();
        changed.TrySetResult();
    }

    private IOrchestratorGrain Orchestrator(OrchestratorId id) => GrainFactory.GetGrain<IOrchestratorGrain>(id.Text);

    [LoggerMessage(2011, LogLevel.Warning, "{Test} was not leased, for its orchestrator could not write it down: {Why}")]
    private partial void LogNotLeased(TestId test, string why);
}
