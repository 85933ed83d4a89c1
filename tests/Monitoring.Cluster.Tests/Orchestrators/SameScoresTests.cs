using Monitoring.Cluster.Hosting;
using Monitoring.Cluster.Incidents;
using Monitoring.Core;
using TestResult = Monitoring.Core.TestResult;

namespace Monitoring.Cluster.Tests.Orchestrators;

/// <summary>
/// A day of virtual time through the grains, and the same day through the bare decider, which the hub of one process drives: what is published, who is up
/// and what is told of whom is the same to the last bit.
/// </summary>
public sealed class SameScoresTests
{
    private static readonly TimeSpan StepLength = TimeSpan.FromSeconds(20);
    private static readonly OrchestratorId Dead = ClusterUnderTest.Orchestrator(3);
    private static readonly OrchestratorId[] All = [.. Enumerable.Range(1, 3).Select(ClusterUnderTest.Orchestrator)];

    [Fact]
    public async Task A_day_through_the_cluster_publishes_what_the_decider_alone_publishes()
    {
        var rules = ClusterUnderTest.Rules with
        {
            Policy = new Policy { Schedule = new SchedulePolicy { Regions = [ClusterUnderTest.Fra, ClusterUnderTest.Mdw], TestsPerDay = 24 } },
        };
        await using var under = await ClusterUnderTest.StartAsync(2, rules, All);
        var alone = new Alone(rules, under.Time.GetUtcNow());
        var reported = 0;
        var dies = (int)(TimeSpan.FromHours(5) / StepLength);
        for (var i = 0; i < TimeSpan.FromHours(25) / StepLength; i++)
        {
            under.Time.Advance(StepLength);
            foreach (var id in All) await under.Grain(id).Tick();
            alone.Tick(under.Time.GetUtcNow());
            foreach (var region in rules.Policy.Schedule.Regions)
            {
                var jobs = await under.Hub.LeaseAsync(region, 10, TimeSpan.Zero, CancellationToken.None);
                Assert.Equal(alone.Lease(region, under.Time.GetUtcNow()), jobs.Select(j => j with { Lease = "" }));
                foreach (var job in jobs)
                {
                    var result = Result(job);
                    Assert.True((await under.Hub.ReportAsync(result, CancellationToken.None)).Accepted);
                    alone.Report(result, under.Time.GetUtcNow());
                    reported++;
                }
            }

            // Every five minutes, or each minute while somebody is in doubt.
            if (i % 15 != 0 && !(dies <= i && i < dies + 240 && i % 3 == 0)) continue;
            foreach (var region in rules.Policy.Schedule.Regions)
            {
                var checks = All.Select(id => Check(id, under.Time.GetUtcNow(), alive: id != Dead || i < dies || i >= dies + 180)).ToImmutableArray();
                await under.Hub.LivenessAsync(region, new LivenessReport { Checks = checks }, CancellationToken.None);
                alone.Check(region, checks, under.Time.GetUtcNow());
            }
        }

        // What was owed of orchestrators, and whether each is up, is the same as well.
        foreach (var id in All)
        {
            var told = (await under.Grains.GetGrain<IIncidentGrain>(0).Next(1000)).Where(n => n.Incident.Key.Orchestrator == id);
            Assert.Equal(alone.Told.Where(n => n.Incident.Key.Orchestrator == id).Select(Text), told.Select(Text));
            Assert.Equal(alone.Phase(id), (await under.Grain(id).Shown()).Standing.PhaseOf());
        }

        Assert.Equal(["Opened Page", "Resolved Page"], alone.Told.Where(n => n.Incident.Key == new IncidentKey(IncidentRule.OrchestratorDown, Dead, null, 1)).Select(n => $"{n.Kind} {n.Incident.Severity}"));
        Assert.All(alone.Row(Dead).Cells, c => Assert.InRange(c.Availability!.Value, 0.9, 0.99));
        Assert.True(reported > 100, $"Only {reported} tests took place in 25 hours.");
        foreach (var id in All)
        {
            var row = await under.Grain(id).Row();
            Assert.Equal(alone.Row(id).Cells.AsEnumerable(), row!.Cells);
            Assert.Equal(2, row.Cells.Length);
        }

        Assert.Equal(All.SelectMany(id => alone.Row(id).Cells), (await under.BoardAsync()).Rows.SelectMany(r => r.Cells));
    }

    private static LivenessCheck Check(OrchestratorId id, DateTimeOffset at, bool alive) => new(id, at, alive, alive ? OutcomeCode.Completed : OutcomeCode.Unreachable);

    private static string Text(Notification n) => $"{n.Incident.Key.Text} {n.Sequence} {n.Kind} {n.Incident.Severity} {n.Incident.Since:O} {n.Incident.OpenedAt:O} {n.Incident.ResolvedAt:O} {n.Incident.Summary} {string.Join('|', n.Incident.Evidence)}";

    // What came back is a function of the test alone, and not always all of it.
    private static TestResult Result(TestJob job) => ClusterUnderTest.Result(job, job.Id.Text.Sum(c => c) % 7 * 10);

    /// <summary>The decider and its queues without any shell.</summary>
    private sealed class Alone
    {
        private readonly HubRules _rules;
        private readonly DrawnPlans _plans;
        private readonly Dictionary<OrchestratorId, OrchestratorState> _states = [];
        private readonly Dictionary<RegionId, RegionQueue> _queues;

        public Alone(HubRules rules, DateTimeOffset now)
        {
            _rules = rules;
            _plans = new DrawnPlans(Convert.FromHexString(new string('7', 64)), rules.Policy.Schedule);
            _queues = rules.Policy.Schedule.Regions.ToDictionary(r => r, _ => RegionQueue.Empty);
            for (var i = 0; i < All.Length; i++)
            {
                _states[All[i]] = OrchestratorState.New(All[i]);
                var uri = $"https://192.0.2.{i + 1}:8935";
                Handle(All[i], new Event.Enrolled(new OrchestratorRecord(uri, true, new SlotShare(uri["https://".Length..], 0, 1)), now), now);
            }
        }

        public void Tick(DateTimeOffset now)
        {
            foreach (var id in All) Handle(id, new Event.Ticked(), now);
        }

        public ImmutableArray<TestJob> Lease(RegionId region, DateTimeOffset now)
        {
            (_queues[region], var jobs) = _queues[region].Lease(now, 10, _rules.LeaseAhead);
            foreach (var job in jobs) Handle(job.Orchestrator, new Event.TestLeased(job.Id), now);
            return jobs;
        }

        public void Report(TestResult result, DateTimeOffset now)
        {
            _queues[result.Region] = _queues[result.Region].Remove(result.Id);
            Handle(result.Orchestrator, new Event.ResultReported(result), now);
        }

        public void Check(RegionId region, ImmutableArray<LivenessCheck> checks, DateTimeOffset now)
        {
            foreach (var check in checks) Handle(check.Orchestrator, new Event.LivenessChecked(region, [check]), now);
        }

        public List<Notification> Told { get; } = [];

        public AvailabilityPhase Phase(OrchestratorId id) => _states[id].Availability.Phase;

        public LeaderboardRow Row(OrchestratorId id) => LeaderboardRow.Of(_states[id])!;

        private void Tell(OrchestratorId id, Notification notification, DateTimeOffset now)
        {
            if (Told.Any(t => t.Incident.Key == notification.Incident.Key && t.Sequence == notification.Sequence)) return;
            Told.Add(notification);
            Handle(id, new Event.NotificationTaken(notification.Incident.Key, notification.Sequence), now);
        }

        private void Handle(OrchestratorId id, Event e, DateTimeOffset now)
        {
            var step = Orchestrator.On(_states[id], e, new Env(now, _rules.Policy, RegionHealthView.Well, _plans.PlanOf));
            _states[id] = step.State;
            foreach (var effect in step.Effects)
            {
                switch (effect)
                {
                    case Effect.QueueTest queue:
                        (_queues[queue.Job.Region], _) = _queues[queue.Job.Region].Add(queue.Job);
                        break;
                    case Effect.CancelTest cancel:
                        _queues[cancel.Region] = _queues[cancel.Region].Remove(cancel.Test);
                        break;
                    case Effect.OpenIncident { Notification: var opened }:
                        Tell(id, opened, now);
                        break;
                    case Effect.ChangeIncident { Notification: var changed }:
                        Tell(id, changed, now);
                        break;
                    case Effect.ResolveIncident { Notification: var resolved }:
                        Tell(id, resolved, now);
                        break;
                    case Effect.RecordOutcome record:
                        Handle(id, new Event.OutcomeStored(record.Revision.Test, record.Revision.Revision), now);
                        break;
                }
            }
        }
    }
}
