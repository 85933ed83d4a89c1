using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Monitoring.Cluster.Orchestrators;
using Monitoring.Cluster.Registry;
using Monitoring.Cluster.State;
using Monitoring.Core;
using Monitoring.Probing;
using Orleans.Serialization;
using TestResult = Monitoring.Core.TestResult;

namespace Monitoring.Cluster.Tests.Contracts;

/// <summary>
/// The bytes of states and messages, as files: a change of a core type that would make stored rows unreadable, or two versions of silos
/// misunderstand each other, is seen here first. A file of a released version is never changed; a new schema gets a new file.
/// </summary>
public sealed class GoldenTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
    private static readonly RegionId Fra = RegionId.Parse("FRA");
    private static readonly OrchestratorId One = ClusterUnderTest.Orchestrator(1);
    private static readonly OrchestratorRecord Record = new("https://192.0.2.1:8935", true, new SlotShare("192.0.2.1:8935", 0, 1))
    {
        Maintenance = [new MaintenanceWindow(At, At.AddHours(1))],
    };

    private static readonly TestJob Job = new()
    {
        Id = TestId.Planned(new DateOnly(2026, 11, 20), 3, Fra, One),
        Orchestrator = One,
        Region = Fra,
        ServiceUri = "https://192.0.2.1:8935",
        NotBefore = At,
        NotAfter = At.AddSeconds(29),
        Deadline = At.AddSeconds(89),
        Allowance = 200_000_000_000_000,
    };

    private static readonly TestResult Half = new()
    {
        Id = Job.Id,
        Orchestrator = Job.Orchestrator,
        Region = Job.Region,
        PlannedAt = Job.NotBefore,
        Outcome = new Outcome(OutcomeCode.Partial),
        Summary = new TestSummary
        {
            StartedAt = Job.NotBefore,
            Method = TestMethod.StreamTest("clip1", 15, 1),
            Sums = new ScoreSums(30, 60, 15_000_000, 7_500_000),
            Averages = new LegacyAverages(0.5, 2, 1),
            SourceSegments = 15,
        },
        Evidence = new TestEvidence { DialledAddress = "192.0.2.1:8935" },
    };

    [Fact]
    public void An_orchestrators_state_is_written_and_read_as_in_the_file()
    {
        var revision = new OutcomeRevision
        {
            Test = Job.Id,
            Revision = OutcomeRevision.Measured,
            Orchestrator = One,
            Region = Fra,
            TestTime = At,
            RecordedAt = At.AddSeconds(40),
            Outcome = new Outcome(OutcomeCode.Partial, "half of it"),
            Summary = Half.Summary,
        };
        var state = OrchestratorState.New(One) with
        {
            Record = Record,
            Active = true,
            PlannedUntil = At.AddMinutes(5),
            Open = [new OpenTest(Job, Leased: true)],
            Owed = [revision],
            Cells = [new Cell { Region = Fra, Window = Window.Of([WindowEntry.Of(revision)]) }],
        };
        var format = new StateFormat();
        var document = new OrchestratorDocument { Schema = OrchestratorDocument.Current, Since = At, ReminderSeconds = 1800, State = state };
        var json = Encoding.UTF8.GetString(format.Serialize(document));
        Assert.Equal(Golden("orchestrator.v1.json", json), json);
        var read = format.Deserialize<OrchestratorDocument>(new BinaryData(Golden("orchestrator.v1.json", json)));
        Assert.Equal(json, Encoding.UTF8.GetString(format.Serialize(read)));
        Assert.Equal(OutcomeCode.Partial, Assert.Single(read.State!.CellOf(Fra).Window.Entries).Code);
    }

    [Fact]
    public void Messages_between_silos_are_written_and_read_as_in_the_file()
    {
        using var services = new ServiceCollection().AddSerializer().BuildServiceProvider();
        var serializer = services.GetRequiredService<Serializer>();
        var row = new LeaderboardRow(One, "https://192.0.2.1:8935", true, true, [new LeaderboardCell(Fra, new PublishedCell
        {
            State = CellState.Measured, SuccessRate = 0.5, RoundTripScore = 0.75, Score = 0.375, Tests = 4, Planned = 8, RealTimeRate = 1, SuccessRateLow = 0.25, SuccessRateHigh = 0.75, LastTestAt = At,
        })]);
        Check(serializer, "test-job", Job, j => j);
        Check(serializer, "orchestrator-record", Record, r => r);
        Check(serializer, "test-result", Half, r => (r.Id, r.Summary.Sums, r.Evidence.DialledAddress));
        Check(serializer, "leaderboard-snapshot", new LeaderboardSnapshot(7, At, [row]), s => (s.Version, s.AsOf, s.Rows[0].Orchestrator, s.Rows[0].Cells[0]));
        Check(serializer, "region-health-view", new RegionHealthView([Fra], [new AnomalySpan(Fra, At, null, "a control failed")]), v => (v.Stale.Single(), v.Anomalies[0]));
        Check(serializer, "report-answer", new ReportAnswer(false, "no such test was planned"), a => a);
        Check(serializer, "outcome", new Outcome(OutcomeCode.RegionAnomaly, "a control failed"), o => o);
        Check(serializer, "registry-entry", RegistryEntryWire.Of(new RegistryEntry(One, "https://192.0.2.1:8935", true) { Maintenance = Record.Maintenance }), e => (e.Id, e.ServiceUri, e.To().Maintenance[0]));
    }

    internal static void Check<T, TSeen>(Serializer serializer, string name, T value, Func<T, TSeen> seen)
    {
        var hex = Convert.ToHexStringLower(serializer.SerializeToArray(value));
        var golden = Golden($"{name}.v1.hex", hex);
        Assert.True(golden == hex, $"{name}: {golden} is written as {hex}.");
        Assert.Equal(seen(value), seen(serializer.Deserialize<T>(Convert.FromHexString(golden))!));
    }

    internal static string Folder
    {
        get
        {
            var folder = AppContext.BaseDirectory;
            while (!File.Exists(Path.Combine(folder, "Monitoring.sln"))) folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("No Monitoring.sln lies above the tests.");
            return Path.Combine(folder, "tests", "Monitoring.Cluster.Tests", "Contracts", "Golden");
        }
    }

    internal static string Golden(string name, string now)
    {
        var file = Path.Combine(Folder, name);
        return File.Exists(file) ? File.ReadAllText(file).TrimEnd('\n') : throw new InvalidOperationException($"{file} is missing; it should hold\n{now}");
    }
}
