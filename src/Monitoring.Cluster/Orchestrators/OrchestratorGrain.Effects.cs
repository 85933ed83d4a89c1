using Monitoring.Cluster.Health;
using Monitoring.Cluster.Incidents;
using Monitoring.Cluster.Leaderboard;
using Monitoring.Cluster.Liveness;
using Monitoring.Cluster.Regions;
using Monitoring.Cluster.Registry;
using Monitoring.Cluster.Wire;
using Monitoring.Core;
using Monitoring.Probing;
using Monitoring.Web;

namespace Monitoring.Cluster.Orchestrators;

/// <content>What the decider asks for, once its step is persisted.</content>
internal sealed partial class OrchestratorGrain
{
    private async Task RunAsync(List<Effect> effects)
    {
        var full = new List<TestId>();
        var owed = new List<Notification>();
        DateTimeOffset? armed = null;
        var shows = false;
        foreach (var effect in effects)
        {
            switch (effect)
            {
                case Effect.QueueTest queue:
                    await TryAsync("queued", async () =>
                    {
                        if (!await QueueOf(queue.Job.Region).Enqueue(queue.Job)) full.Add(queue.Job.Id);
                    });
                    break;
                case Effect.CancelTest cancel:
                    await TryAsync("taken out of the queue", () => QueueOf(cancel.Region).Cancel(cancel.Test));
                    break;
                case Effect.PublishScore or Effect.PublishAvailability:
                    shows = true;
                    break;
                case Effect.CheckLiveness check:
                    await TryAsync("asked about", () => GrainFactory.GetGrain<ILivenessGrain>(check.Region.Code).CheckNow(check.Orchestrator));
                    break;
                case Effect.OpenIncident { Notification: var opened }:
                    owed.Add(opened);
                    break;
                case Effect.ChangeIncident { Notification: var changed }:
                    owed.Add(changed);
                    break;
                case Effect.ResolveIncident { Notification: var resolved }:
                    owed.Add(resolved);
                    break;
                case Effect.ArmDeadline arm:
                    armed = arm.At;
                    break;
            }
        }

        if (shows || !OrchestratorStanding.Of(_state).Same(_shown)) await ShowAsync();
        if (armed is { } at) Arm(at);
        if (owed.Count > 0) await TryAsync("told of", () => TellAsync([.. owed.Distinct()]));
        foreach (var test in full) await HandleAsync([new Event.TestDeferred(test, OutcomeCode.QueueFull)]);
    }

    private IRegionQueueGrain QueueOf(RegionId region) => GrainFactory.GetGrain<IRegionQueueGrain>(region.Code);

    /// <summary>Gives what is owed to whoever sees that it is told; what is taken is owed no more.</summary>
    private async Task TellAsync(ImmutableArray<Notification> owed)
    {
        await GrainFactory.GetGrain<IIncidentGrain>(0).Take(owed);
        await HandleAsync([.. owed.Select(n => new Event.NotificationTaken(n.Incident.Key, n.Sequence))]);
    }

    private async Task<ReportAnswer> LieAsync(TestResult result, string what)
    {
        await TryAsync("told of a lie", () => GrainFactory.GetGrain<IRegionHealthGrain>(0).Refused(result.Region, nameof(RefusalKind.Lie), 1, $"the result of {result.Id}: {what}"));
        return new ReportAnswer(false, what);
    }

    /// <summary>Puts the row as it stands in front of the leaderboard.</summary>
    private Task ShowAsync() => TryAsync("shown", async () =>
    {
        var shard = GrainFactory.GetGrain<IScoreShardGrain>(ScoreShards.Of(Id, rules.ScoreShards));
        var row = LeaderboardRow.Of(_state);
        var standing = OrchestratorStanding.Of(_state);
        _rowVersion = Math.Max(_rowVersion + 1, time.GetUtcNow().UtcTicks);
        var known = await shard.Show(Id, row, _rowVersion, standing);
        if (known != 0)
        {
            // An activation before this one had shown something by a clock that was ahead, or in the same instant.
            _rowVersion = known + 1;
            await shard.Show(Id, row, _rowVersion, standing);
        }

        _shown = standing;
    });

    private async Task LearnAsync(TestResult result)
    {
        var grain = GrainFactory.GetGrain<IRegionHealthGrain>(0);
        if (result.Outcome.Counts)
        {
            await grain.Evidence(result.Region, Id, result.PlannedAt, result.Outcome.Class == OutcomeClass.Success);
        }

        if (result.Outcome.Code == OutcomeCode.BadInputClaimed)
        {
            await grain.ClipRefused(result.Id, Id, result.Region, result.PlannedAt, result.Summary.Method, _state.Record?.Share.Endpoint ?? result.Summary.ServiceUri);
        }
    }

    private Task<bool> RegistryKnowsAsync() => GrainFactory.GetGrain<IRegistryGrain>(0).Knows(Id);

    /// <summary>
    /// Ticks at the exact instant if it comes before the reminder would; the activation stays until then. A job that waits is offered once
    /// more as it may be leased, for a queue forgets with its silo.
    /// </summary>
    private void Arm(DateTimeOffset at)
    {
        var now = time.GetUtcNow();
        foreach (var open in _state.Open)
        {
            var offer = open.Job.NotBefore - rules.LeaseAhead;
            if (!open.Leased && offer > now && offer < at) at = offer;
        }

        var due = at > now ? at - now : TimeSpan.Zero;
        if (due > rules.ReminderPeriod)
        {
            _timer?.Dispose();
            _timer = null;
            return;
        }

        // No sooner than a moment: an instant that has passed is no reason to spin.
        if (due < TimeSpan.FromMilliseconds(20)) due = TimeSpan.FromMilliseconds(20);
        DelayDeactivation(due + TimeSpan.FromMinutes(1));
        if (_timer is null)
        {
            _timer = this.RegisterGrainTimer(static (grain, _) => grain.OnTimerAsync(), this, new GrainTimerCreationOptions(due, Timeout.InfiniteTimeSpan));
        }
        else
        {
            _timer.Change(due, Timeout.InfiniteTimeSpan);
        }
    }

    private async Task OnTimerAsync()
    {
        try
        {
            await HandleAsync([new Event.Ticked()]);
        }
        catch (Exception e)
        {
            LogEffectFailed(Id, "ticked", e.Message);
            throw;
        }
    }

    /// <summary>Runs an effect; one that fails is not the caller's business, for what it is about is stored and persisted.</summary>
    private async Task TryAsync(string what, Func<Task> effect)
    {
        try
        {
            await effect();
        }
        catch (Exception e)
        {
            LogEffectFailed(Id, what, e.Message);
            Arm(time.GetUtcNow() + rules.RetryAfter);
        }
    }
}
