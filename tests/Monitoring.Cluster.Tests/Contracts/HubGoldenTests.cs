using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Monitoring.Cluster.Health;
using Monitoring.Cluster.Incidents;
using Monitoring.Cluster.Leaderboard;
using Monitoring.Cluster.Money;
using Monitoring.Cluster.Orchestrators;
using Monitoring.Cluster.Regions;
using Monitoring.Cluster.Registry;
using Monitoring.Cluster.Schedule;
using Monitoring.Cluster.State;
using Monitoring.Cluster.Tests.Incidents;
using Monitoring.Cluster.Wire;
using Monitoring.Core;
using Monitoring.Web;
using Orleans.Serialization;

namespace Monitoring.Cluster.Tests.Contracts;

/// <summary>The states and messages of liveness, incidents, money, seals and plans, as files; see <see cref="GoldenTests"/>.</summary>
public sealed class HubGoldenTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
    private static readonly RegionId Fra = RegionId.Parse("FRA");
    private static readonly OrchestratorId One = ClusterUnderTest.Orchestrator(1);
    private static readonly TestId Test = TestId.Planned(new DateOnly(2026, 11, 20), 3, Fra, One);
    private static readonly AnomalySpan Span = new(Fra, At, null, "a control failed");
    private static readonly SchedulePolicy Policy = new() { Regions = [Fra], TestsPerDay = 8 };
    private static readonly PlanHistory History = PlanHistory.Empty.With(Policy, At).With([(One, new SlotShare("192.0.2.1:8935", 0, 1))], At);
    private static readonly RegionVitals Vitals = new()
    {
        Software = "1.2", StartedAt = At, Workers = 16, Busy = 3, Spooled = 7, SpoolIsFull = true, Fault = OutcomeCode.OurNetwork, Detail = "no route", ClockOffset = TimeSpan.FromMilliseconds(12), Alarms = ["The deposit is low."],
    };

    private static readonly OrchestratorStanding Standing = new() { Active = true, Phase = "Down", Failing = [new FailingSightWire { Region = Fra, Failures = 3 }], Unheard = true };
    private static readonly LeaderboardRow Row = new(One, "https://192.0.2.1:8935", true, true, [new LeaderboardCell(Fra, new PublishedCell { State = CellState.Zero, SuccessRate = 0, RoundTripScore = 0, Score = 0, LastTestAt = At })]);
    private static readonly QueueStanding Queue = new() { Waiting = 2, Leased = 1, LastAsked = At, Since = At.AddHours(-1) };

    [Fact]
    public void States_are_written_and_read_as_in_the_files()
    {
        var seen = OrchestratorState.New(One) with
        {
            Availability = new AvailabilityState
            {
                Phase = AvailabilityPhase.Down, Since = At, FailingSince = At, Downs = [At], AskedAt = At, WatchedSince = At, RulesDueAt = At,
                Sights = [new RegionSight { Region = Fra, Failures = 3, RunSince = At, CountedAt = At, LastAt = At, LastCode = OutcomeCode.Unreachable, Phase = AvailabilityPhase.Suspect, Published = 0.75 }],
                Incidents = IncidentBook.Empty.Opened(IncidentGrainTests.Opened(0).Incident),
            },
        };
        State("orchestrator-availability", new OrchestratorDocument { Schema = OrchestratorDocument.Current, State = seen }, d => (d.State!.Availability.Phase, d.State.Availability.Sights[0], d.State.Availability.Incidents.Owed.Length));
        State("region-health", new RegionHealthDocument { Schema = RegionHealthDocument.Current, Anomalies = [Span], LivenessAnomalies = [Span] }, d => (d.Anomalies[0], d.LivenessAnomalies[0]));
        State("incidents", new IncidentDocument { Schema = IncidentDocument.Current, Network = IncidentBook.Empty.Opened(Network()), NetworkFails = true, Waiting = [IncidentGrainTests.Opened(7)] }, d => (d.Network.Open.Length, d.NetworkFails, d.Waiting[0].Incident.Key));
        State("lease-seal", new SealDocument { Schema = SealDocument.Current, Secret = new string('7', 64) }, d => d.Secret);
        State("schedule", new ScheduleDocument { Schema = ScheduleDocument.Current, Master = new string('7', 64), History = History }, d => (d.Master, d.History!.Rules[0].TestsPerDay, d.History.Shares[0]));
        State("schedule-shares", new SharesPage { Schema = SharesPage.Current, Shares = History.Shares }, p => (p.Schema, p.Shares[0]));
        State("registry-enrolments", new RegistryPage { Schema = RegistryPage.Current, Enrolments = [new Enrolment(One, new OrchestratorRecord("https://192.0.2.1:8935", true, new SlotShare("192.0.2.1:8935", 0, 1)), At, At.AddDays(1))] }, p => (p.Schema, p.Enrolments[0]));
        State("registry", new RegistryDocument { Schema = RegistryDocument.Current, Enrolments = [new Enrolment(One, new OrchestratorRecord("https://192.0.2.1:8935", true, new SlotShare("192.0.2.1:8935", 0, 1)), At, null)], Posted = [One] }, d => (d.Enrolments[0], d.Posted[0]));
    }

    [Fact]
    public void A_state_of_a_program_that_knew_less_is_read()
    {
        var format = new StateFormat();
        var health = format.Deserialize<RegionHealthDocument>(new BinaryData("""{"Schema":1,"Anomalies":[]}"""));
        Assert.Empty(health.LivenessAnomalies);
        var schedule = format.Deserialize<ScheduleDocument>(new BinaryData("""{"Schema":1,"Master":"77"}"""));
        Assert.Equal(("77", null), (schedule.Master, schedule.History));
        var incidents = format.Deserialize<IncidentDocument>(new BinaryData("""{"Schema":1,"Added later":{"by":["another"]}}"""));
        Assert.Empty(incidents.Waiting);
    }

    [Fact]
    public void Messages_are_written_and_read_as_in_the_files()
    {
        using var services = new ServiceCollection().AddSerializer().BuildServiceProvider();
        var wire = services.GetRequiredService<Serializer>();
        var check = new LivenessCheck(One, At, false, OutcomeCode.Unreachable);
        var failing = new FailingWire { Orchestrator = One, Sight = Standing.Failing[0] };
        Wire(wire, "liveness-report", new LivenessReport { Checks = [check], ControlsWell = true }, r => (r.Checks[0], r.ControlsWell));
        Wire(wire, "liveness-orders", new LivenessOrders { Version = 7, Targets = [new LivenessTarget(One, "https://192.0.2.1:8935")], CheckNow = [One], Every = TimeSpan.FromMinutes(5), Shift = TimeSpan.FromMinutes(1) }, o => (o.Version, o.Targets!.Value[0], o.CheckNow[0], o.Every, o.Shift));
        Wire(wire, "liveness-orders-unchanged", new LivenessOrders { Version = 7 }, o => (o.Version, o.Targets, o.CheckNow.Length));
        Wire(wire, "liveness-check", LivenessCheckWire.Of(check), c => c.To());
        Wire(wire, "region-vitals", Vitals, v => v with { Alarms = [v.Alarms[0]] } is var same ? (same.Software, same.StartedAt, same.Busy, same.Fault, same.Detail, same.ClockOffset, same.Alarms[0]) : default);
        Wire(wire, "region-health-view-muted", new RegionHealthView([Fra], [Span]) { Muted = [Span] }, v => (v.Stale.Single(), v.Anomalies[0], v.Muted[0]));
        Wire(wire, "notification", IncidentGrainTests.Opened(3), n => (n.Kind, n.Sequence, n.Incident.Key, n.Incident.Evidence[0]));
        Wire(wire, "orchestrator-standing", Standing, s => (s.Active, s.Phase, s.Failing[0], s.Unheard));
        Wire(wire, "shown-orchestrator", new ShownOrchestrator { Standing = Standing }, s => (s.Row, s.Standing.Phase));
        Wire(wire, "network-standing", new NetworkStanding { Fails = true, Active = 9, Down = 4, Failing = [failing], Waiting = 2 }, s => (s.Fails, s.Active, s.Down, s.Failing[0], s.Waiting));
        Wire(wire, "shard-standing", new ShardStanding { IsComplete = true, Active = 9, Troubled = 5, Down = 4, Planned = 72, Counted = 70, Failing = [failing], Unheard = 3 }, s => (s.IsComplete, s.Active, s.Troubled, s.Down, s.Planned, s.Counted, s.Failing[0], s.Unheard));
        Wire(wire, "shard-rows-changes", new ShardRows { Version = 7, IsComplete = true, Rows = [Row], Life = 3, Since = 6, Gone = [One] }, s => (s.Version, s.IsComplete, s.Rows[0].Orchestrator, s.Life, s.Since, s.Gone[0]));
        Wire(wire, "leaderboard-news", new LeaderboardNews { Version = 7, AsOf = At, Life = 3, Since = 6, Rows = [Row], Gone = [One] }, n => (n.Version, n.AsOf, n.Life, n.Since, n.Rows[0].Orchestrator, n.Gone[0]));
        Wire(wire, "queue-standing", Queue, q => (q.Waiting, q.Leased, q.LastAsked, q.Since));
        Wire(wire, "region-standing", new RegionStandingWire { Region = Fra, Queue = Queue, Vitals = Vitals, ToldAt = At, Anomaly = Span, Refused = [new RefusalsWire { Kind = "Lie", Count = 3, First = At, Last = At, Reason = "it was never leased" }] }, s => (s.Region, s.Queue!.Leased, s.Vitals!.Busy, s.ToldAt, s.Anomaly, s.Refused[0]));
        Wire(wire, "active-set-changes", new ActiveSet { Version = 7, Life = 3, Since = 6, Entries = [RegistryEntryWire.Of(new RegistryEntry(One, "https://192.0.2.1:8935", true))], Gone = [One] }, s => (s.Version, s.Life, s.Since, s.Entries[0].Id, s.Gone[0]));
        Wire(wire, "slot-share", new SlotShareWire { Id = One, Endpoint = "192.0.2.1:8935", Index = 1, Count = 2 }, s => (s.Id, s.Endpoint, s.Index, s.Count));
        Wire(wire, "schedule-rules", ScheduleRulesWire.Of(Policy), r => (r.TestsPerDay, r.Regions[0], r.Guard, r.SurpriseOneIn));
        Wire(wire, "plan-history-changes", new PlanHistoryWire { Version = 7, Life = 3, Since = 6, Changed = [One], Json = Encoding.UTF8.GetBytes("{}") }, h => (h.Version, h.Life, h.Since, h.Changed[0], h.To().Rules.Length));
        Wire(wire, "witness-question", new WitnessQuestion { Region = Fra, Since = At, Until = At.AddMinutes(2) }, q => q);
        Wire(wire, "region-witness", new RegionWitness(7, 2, 1, true), w => w);
        Wire(wire, "desk-question", DeskQuestion.Of(new AlertQuestion(AlertSubject.Nonce, new byte[] { 1, 2 })), q => (q.Subject, q.Body[0], q.Body[1]));
        Wire(wire, "desk-answer", DeskAnswer.Of(new AlertAnswer(201, new byte[] { 3 })), a => (a.Status, a.Body[0]));
        Wire(wire, "spend-request", new SpendRequest { Test = Test, Orchestrator = One, Region = Fra }, r => (r.Test, r.Orchestrator, r.Region));
    }

    [Fact]
    public void Every_serialized_type_has_a_golden_file()
    {
        var names = Directory.GetFiles(GoldenTests.Folder).Select(Path.GetFileName).ToHashSet();

        // Parts of others, and the aliases whose files are named otherwise.
        string[] within = ["anomaly", "maintenance", "leaderboard-row", "leaderboard-cell", "orchestrator-id", "region-id", "test-id", "failing", "failing-sight", "refusals", "liveness-target", "outcome-revision"];
        var aliases = typeof(SealDocument).Assembly.GetTypes().Where(t => Attribute.IsDefined(t, typeof(GenerateSerializerAttribute)))
            .Select(t => ((AliasAttribute)Attribute.GetCustomAttribute(t, typeof(AliasAttribute))!).Alias["monitoring.".Length..]).Except(within).ToList();
        Assert.True(aliases.Count > 20, $"Only {aliases.Count} types were found.");
        Assert.All(aliases, alias => Assert.Contains($"{alias}.v1.hex", names));
    }

    private static Incident Network() => IncidentGrainTests.Opened(0).Incident with { Key = new IncidentKey(IncidentRule.OrchestratorDown, null, null, 0), Evidence = [] };

    private static void State<T, TSeen>(string name, T document, Func<T, TSeen> seen)
    {
        var format = new StateFormat();
        var json = Encoding.UTF8.GetString(format.Serialize(document));
        Assert.Equal(GoldenTests.Golden($"{name}.v1.json", json), json);
        Assert.Equal(seen(document), seen(format.Deserialize<T>(new BinaryData(GoldenTests.Golden($"{name}.v1.json", json)))));
    }

    private static void Wire<T, TSeen>(Serializer serializer, string name, T value, Func<T, TSeen> seen) => GoldenTests.Check(serializer, name, value, seen);
}
