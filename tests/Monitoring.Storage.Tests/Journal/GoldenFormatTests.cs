using Monitoring.Core;

namespace Monitoring.Storage.Tests.Journal;

/// <summary>
/// Files written by the first version of the format are in Golden/ and never change. Whoever breaks these tests breaks everybody's data: write
/// a new format with a new number instead.
/// </summary>
public sealed class GoldenFormatTests : IDisposable
{
    private static readonly string Golden = Path.Combine(AppContext.BaseDirectory, "Golden");
    private static readonly SetTime Closed = new(Samples.Noon.AddDays(30));
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_golden_files_are_whole()
    {
        var report = await JournalVerifier.VerifyAsync(Golden, Cancel);
        Assert.True(report.IsWhole);
        Assert.Equal(["evidence-2026-11-20.jsonl 2", "hourly-2026-11-20.jsonl 4", "outcomes-2026-11-20.jsonl 5"], report.Files.Select(file => $"{file.File} {file.Records}"));
    }

    [Fact]
    public async Task What_was_read_from_the_golden_files_is_written_again_byte_for_byte()
    {
        await using (var from = await JournalResultStore.OpenAsync(Copy("from"), Closed, null, Cancel))
        await using (var to = await JournalResultStore.OpenAsync(_folder.File("to"), Closed, null, Cancel))
        {
            var revisions = await Samples.AllAsync(from);
            Assert.Equal(5, revisions.Count);
            // The golden outcomes were recorded in this order.
            foreach (var revision in revisions.OrderBy(revision => revision.RecordedAt))
            {
                var evidence = revision.Revision == OutcomeRevision.Measured ? await from.ReadEvidenceAsync(revision.Test, revision.TestTime, Cancel) : null;
                await to.AppendAsync(revision, evidence, Cancel);
            }

            await to.CloseDaysAsync(Cancel);
        }

        foreach (var file in Directory.EnumerateFiles(Golden).Select(Path.GetFileName))
        {
            Assert.Equal(await File.ReadAllTextAsync(Path.Combine(Golden, file!), Cancel), await File.ReadAllTextAsync(Path.Combine(_folder.File("to"), file!), Cancel));
        }
    }

    [Fact]
    public async Task The_golden_files_say_what_they_always_said()
    {
        await using var store = await JournalResultStore.OpenAsync(Copy("from"), Closed, null, Cancel);
        var last = await Samples.ListAsync(store.ReadAsync(new ResultQuery { From = DateTimeOffset.MinValue, Until = DateTimeOffset.MaxValue }, Cancel));
        Assert.Equal(
            ["20261120-00-MDW-0x0000000000000000000000000000000000000001/2 RegionAnomaly", "20261120-01-FRA-0x0000000000000000000000000000000000000002/1 Partial: \"ü\"", "posted-00/1 Completed"],
            last.Select(revision => $"{Samples.Name(revision)} {revision.Outcome}"));
        Assert.Equal(new ScoreSums(59, 60, 28_000_000, 3_745_123), last[1].Summary!.Sums);
        Assert.Equal(new LegacyAverages(0.9833333333333333, 2.0, 0.2675), last[1].Summary!.Averages);
        Assert.Equal("{\"a\":1}", last[2].Summary!.Posted!.ResponsePayload);
        Assert.Equal(TimeSpan.FromTicks(314_159_265), last[1].Summary!.Elapsed);
        Assert.Equal(new DateTimeOffset(2026, 11, 20, 3, 0, 0, TimeSpan.Zero).AddTicks(1_234_567), last[1].Summary!.StartedAt);
        var evidence = await store.ReadEvidenceAsync(last[1].Test, last[1].TestTime, Cancel);
        Assert.Equal("426x238", evidence!.Segments[0].Renditions[0].Outcome.Detail);
    }

    [Fact(Explicit = true)]
    public async Task Write_golden_files()
    {
        // How the golden files were made, for whoever adds a file of a new format. It is never run by itself.
        var folder = Environment.GetEnvironmentVariable("MONITORING_GOLDEN") ?? _folder.File("golden");
        await using var store = await JournalResultStore.OpenAsync(folder, Closed, null, Cancel);
        var day = new DateOnly(2026, 11, 20);
        var midnight = new DateTimeOffset(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);
        var first = TestId.Planned(day, 0, Samples.Mdw, Samples.Orchestrator(1)).Text;
        var second = TestId.Planned(day, 1, Samples.Fra, Samples.Orchestrator(2)).Text;
        await AppendAsync(Samples.Revision(first, midnight.AddHours(1), 0, code: OutcomeCode.RegionStale, detail: "no process of MDW asked for 10 min"), 1, null);
        await AppendAsync(Samples.Revision(first, midnight.AddHours(1)), 2, Samples.Evidence("https://192.0.2.7:8935/stream"));
        await AppendAsync(Samples.Revision(second, midnight.AddHours(3), 1, 2, Samples.Fra, OutcomeCode.Partial, new ScoreSums(59, 60, 28_000_000, 3_745_123), "\"ü\""), 3, Samples.Evidence("https://192.0.2.8:8935/stream"));
        await AppendAsync(Samples.Revision(first, midnight.AddHours(1), 2, code: OutcomeCode.RegionAnomaly), 4, null);
        var posted = Samples.Revision("posted-00", midnight.AddHours(23), orchestrator: 3);
        await AppendAsync(
            posted with
            {
                Summary = posted.Summary! with
                {
                    Method = TestMethod.Posted,
                    Posted = new PostedDetail { Timestamp = 1_795_302_000, Model = "m", Pipeline = "p", ModelIsWarm = true, InputParameters = "{}", ResponsePayload = "{\"a\":1}", RoundTripTime = 0.25, ErrorsNull = true },
                },
            },
            5, null);
        await store.CloseDaysAsync(Cancel);

        Task AppendAsync(OutcomeRevision revision, int hours, TestEvidence? evidence) =>
            store.AppendAsync(revision with { RecordedAt = midnight.AddHours(23 + hours) }, evidence, Cancel);
    }

    private string Copy(string name)
    {
        Directory.CreateDirectory(_folder.File(name));
        foreach (var file in Directory.EnumerateFiles(Golden)) File.Copy(file, Path.Combine(_folder.File(name), Path.GetFileName(file)));
        return _folder.File(name);
    }
}
