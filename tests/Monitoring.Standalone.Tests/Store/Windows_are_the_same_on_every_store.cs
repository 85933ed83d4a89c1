using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Monitoring.Core;
using Monitoring.Standalone.Run;
using Monitoring.Standalone.Tests.Configuration;
using Monitoring.Standalone.Tests.Hub;
using Monitoring.Storage;
using Monitoring.Storage.Transfer;
using Monitoring.Testing;

namespace Monitoring.Standalone.Tests.Store;

public sealed class Windows_are_the_same_on_every_store : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
    private static readonly OrchestratorId[] Orchestrators = [.. Enumerable.Range(1, 12).Select(HubUnderTest.Orchestrator)];

    private readonly Scratch _scratch = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task A_journal_in_a_database_and_back_publishes_the_same_bytes()
    {
        var database = await ADatabase.CreateAsync();
        var time = new VirtualTime(Now);
        await using (var journal = await JournalResultStore.OpenAsync(_scratch.At("first"), time, null, Cancel))
        {
            foreach (var (revision, evidence) in History()) await journal.AppendAsync(revision, evidence, Cancel);
            await using var postgres = await database.OpenAsync(time);
            await StoreTransfer.CopyAsync(journal.Days, postgres, postgres.Days, null, Cancel);
            await using var back = await JournalResultStore.OpenAsync(_scratch.At("back"), time, null, Cancel);
            await StoreTransfer.CopyAsync(postgres.Days, back, back.Days, null, Cancel);
        }

        var expected = await BoardAsync(async at => await JournalResultStore.OpenAsync(_scratch.At("first"), at, null, Cancel));
        Assert.True(expected.Split("round_trip_score").Length > 20, expected);
        Assert.Equal(expected, await BoardAsync(async at => await database.OpenAsync(at)));
        Assert.Equal(expected, await BoardAsync(async at => await JournalResultStore.OpenAsync(_scratch.At("back"), at, null, Cancel)));
    }

    [Fact]
    public async Task A_hub_that_lost_its_state_publishes_the_same_bytes_from_the_database_alone()
    {
        var database = await ADatabase.CreateAsync();
        var time = new VirtualTime(Now);
        await using (var postgres = await database.OpenAsync(time))
        {
            foreach (var (revision, evidence) in History()) await postgres.AppendAsync(revision, evidence, Cancel);
        }

        using var kept = new Scratch();
        var first = await BoardAsync(async at => await database.OpenAsync(at), kept);
        Assert.Equal(first, await BoardAsync(async at => await database.OpenAsync(at), kept));
        Assert.Equal(first, await BoardAsync(async at => await database.OpenAsync(at)));
    }

    // Starts a hub on a store, with the state of a folder or with none, and asks it for the board as a gateway does.
    private static async Task<string> BoardAsync(Func<TimeProvider, Task<IResultStore>> open, Scratch? state = null)
    {
        using var own = new Scratch();
        var time = new VirtualTime(Now);
        var store = await open(time);
        await using var under = await HubUnderTest.StartAsync(state ?? own, time, inner => new InPlaceOf(store, inner), Orchestrators);
        await under.SettledBoardAsync();
        var options = Configurations.Parse("""{ "Source": { "Kind": "list", "Orchestrators": ["0x00000000000000000000000000000000000000aa=https://192.0.2.1:8935"] }, "Region": { "Id": "FRA" }, "Urls": "http://127.0.0.1:0" }""").Options;
        await using var app = WebHost.Build(options, under.Board, under.Hub, under.Schedule, under.Store, new WebParts(), time, NullLoggerFactory.Instance);
        await app.StartAsync(Cancel);
        using var client = new HttpClient();
        var body = await client.GetByteArrayAsync(new Uri(new Uri(app.Urls.First()), "/api/aggregated_stats"), Cancel);
        await app.StopAsync(Cancel);
        return Encoding.UTF8.GetString(body);
    }

    // Thirty-five days, every class of outcome, late and repeated judgements.
    private static IEnumerable<(OutcomeRevision Revision, TestEvidence? Evidence)> History()
    {
#pragma warning disable CA5394 // Always the same history.
        var random = new Random(4);
        OutcomeCode[] codes = [OutcomeCode.Completed, OutcomeCode.Completed, OutcomeCode.Partial, OutcomeCode.Unreachable, OutcomeCode.OurNetwork, OutcomeCode.Capped, OutcomeCode.Missed];
        for (var i = 0; i < 1_500; i++)
        {
            var (orchestrator, region) = (Orchestrators[random.Next(10)], random.Next(2) == 0 ? HubUnderTest.Fra : HubUnderTest.Mdw);
            var at = Now - (i % 3 == 0 ? TimeSpan.FromDays(random.NextDouble() * 35) : TimeSpan.FromHours(random.NextDouble() * 25));
            foreach (var revision in Enumerable.Range(0, 3).Where(_ => random.Next(2) == 0))
            {
                var code = revision == 0 ? OutcomeCode.Missed : codes[random.Next(codes.Length)];
                var isMeasured = OutcomeCodes.ClassOf(code) != OutcomeClass.NotRun;
                yield return (new OutcomeRevision
                {
                    Test = TestId.OnDemand($"{i}"),
                    Revision = revision,
                    Orchestrator = orchestrator,
                    Region = region,
                    TestTime = at,
                    RecordedAt = at.AddMinutes(1),
                    Outcome = new Outcome(code),
                    Summary = !isMeasured ? null : new TestSummary
                    {
                        StartedAt = at,
                        Method = TestMethod.StreamTest("clip1", 15, 1),
                        Sums = new ScoreSums(random.Next(61), 60, random.Next(30_000_000), 1 + random.Next(20_000_000)),
                        Averages = new LegacyAverages(random.NextDouble(), 2, random.NextDouble()),
                    },
                }, isMeasured ? new TestEvidence { Transcoder = $"t{i}" } : null);
            }
        }
#pragma warning restore CA5394
    }

    /// <summary>Stands where a hub under test has opened a journal of its own, and closes both.</summary>
    private sealed class InPlaceOf(IResultStore store, IResultStore unused) : IResultStore
    {
        public Task<bool> AppendAsync(OutcomeRevision revision, TestEvidence? evidence, CancellationToken cancellationToken) => store.AppendAsync(revision, evidence, cancellationToken);

        public IAsyncEnumerable<OutcomeRevision> ReadAsync(ResultQuery query, CancellationToken cancellationToken) => store.ReadAsync(query, cancellationToken);

        public Task<TestEvidence?> ReadEvidenceAsync(TestId test, DateTimeOffset testTime, CancellationToken cancellationToken) => store.ReadEvidenceAsync(test, testTime, cancellationToken);

        public IAsyncEnumerable<HourlySums> ReadHourlyAsync(DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken) => store.ReadHourlyAsync(from, until, cancellationToken);

        public async ValueTask DisposeAsync()
        {
            await store.DisposeAsync();
            await unused.DisposeAsync();
        }
    }
}
