using System.Globalization;
using System.Numerics;
using Microsoft.Extensions.Logging;
using Monitoring.Cluster.Hosting;
using Monitoring.Cluster.Money;
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
internal sealed partial class RegionQueueGrain(HubRules rules, StoreGate store, SiloSeal seals, SiloStopping stopping, TimeProvider time, ILogger<RegionQueueGrain> log) : Grain, IRegionQueueGrain
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

    public async Task<ImmutableArray<TestJob>> Lease(int workers, TimeSpan wait, CancellationToken cancellationToken, bool unpaid = false)
    {
        var region = RegionId.Parse(this.GetPrimaryKeyString());
        if (!rules.Policy.Schedule.Regions.Contains(region)) throw new ArgumentException($"{region} is not a region of this cluster.");
        if (workers <= 0) return [];
        var seal = await seals.LoadAsync();
        var until = time.GetUtcNow() + (wait < LongestWait ? wait : LongestWait);
        while (true)
        {
            var now = time.GetUtcNow();
            var changed = _changed.Task;

            // While nothing can be stored nothing is begun.
            var jobs = ImmutableArray<TestJob>.Empty;
            if (store.IsOpen) (_queue, jobs) = _queue.Lease(now, workers, rules.LeaseAhead);
            if (!jobs.IsEmpty && await WrittenDownAsync(jobs, unpaid, cancellationToken) is { IsEmpty: false } granted)
            {
                var grantedAt = time.GetUtcNow();
                return [.. granted.Select(job => seal.Seal(job, grantedAt))];
            }

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
        if (rules.Caps is not null) await GrainFactory.GetGrain<IBudgetGrain>(0).Settle(test, "0");
    }

    public Task Done(TestId test)
    {
        Forget(test);
        return Task.CompletedTask;
    }

    public Task<DateTimeOffset> Time() => Task.FromResult(time.GetUtcNow());

    public Task<QueueStanding> Standing() =>
        Task.FromResult(new QueueStanding { Waiting = _queue.Waiting, Leased = _queue.Leased, LastAsked = _queue.LastAsked, Since = _since });

    // One that has just begun to live has not been asked yet, which says nothing of the region.
    public Task<bool> IsStale()
    {
        var now = time.GetUtcNow();
        return Task.FromResult(_queue.IsStale(now, rules.StaleAfter) && now - _since > rules.StaleAfter);
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Of the jobs, those whose orchestrators have written the lease down. What nobody knows to be leased is not handed out.</summary>
    private async Task<ImmutableArray<TestJob>> WrittenDownAsync(ImmutableArray<TestJob> jobs, bool unpaid, CancellationToken cancellationToken)
    {
        var written = await Task.WhenAll(jobs.Select(IsWrittenDownAsync));
        var leased = ImmutableArray.CreateBuilder<TestJob>(jobs.Length);
        for (var i = 0; i < jobs.Length; i++)
        {
            if (written[i]) leased.Add(jobs[i]);
            else Forget(jobs[i].Id);
        }

        var paid = leased.Count == 0 || unpaid || rules.Caps is null ? leased.ToImmutable() : await WithAllowanceAsync(leased.ToImmutable());
        if (!cancellationToken.IsCancellationRequested) return paid;
        foreach (var job in paid) await Return(job.Id, nameof(OutcomeCode.ShuttingDown));
        return [];
    }

    /// <summary>What may be spent is written down before anybody gets a job; where a cap is reached, or nobody can write, the test does not start.</summary>
    private async Task<ImmutableArray<TestJob>> WithAllowanceAsync(ImmutableArray<TestJob> jobs)
    {
        ImmutableArray<string> allowances;
        try
        {
            allowances = await GrainFactory.GetGrain<IBudgetGrain>(0).Reserve([.. jobs.Select(SpendRequest.Of)]);
        }
        catch (Exception e)
        {
            LogNotReserved(jobs.Length, e.Message);
            allowances = [.. jobs.Select(_ => "0")];
        }

        var paid = ImmutableArray.CreateBuilder<TestJob>(jobs.Length);
        foreach (var (job, text) in jobs.Zip(allowances))
        {
            var allowance = BigInteger.Parse(text, CultureInfo.InvariantCulture);
            if (allowance.Sign > 0)
            {
                paid.Add(job with { Allowance = allowance });
                continue;
            }

            Forget(job.Id);
            try
            {
                await Orchestrator(job.Orchestrator).Defer(job.Id, nameof(OutcomeCode.SpendCap));
            }
            catch (Exception e)
            {
                // It ends as a test that nobody reported.
                LogNotLeased(job.Id, e.Message);
            }
        }

        return paid.ToImmutable();
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

    [LoggerMessage(2012, LogLevel.Error, "{Count} tests do not start, for what they may spend could not be written down: {Why}")]
    private partial void LogNotReserved(int count, string why);

    [LoggerMessage(2011, LogLevel.Warning, "{Test} was not leased, for its orchestrator could not write it down: {Why}")]
    private partial void LogNotLeased(TestId test, string why);
}
