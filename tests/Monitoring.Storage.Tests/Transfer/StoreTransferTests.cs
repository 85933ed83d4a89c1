using System.Text.Json;
using Monitoring.Core;
using Monitoring.Storage.Postgres;
using Monitoring.Storage.Tests.Postgres;
using Monitoring.Storage.Transfer;

namespace Monitoring.Storage.Tests.Transfer;

public sealed class StoreTransferTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly SetTime _time = new(Samples.Noon.AddDays(2));
    private JournalResultStore? _journal;
    private PostgresResultStore? _postgres;
    private Database? _database;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private JournalResultStore Journal => _journal!;

    private PostgresResultStore Postgres => _postgres!;

    public async ValueTask InitializeAsync()
    {
        _database = await Database.CreateAsync();
        _journal = await JournalResultStore.OpenAsync(_folder.File("first"), _time, null, Cancel);
        _postgres = await PostgresResultStore.OpenAsync(_database.Url, new PostgresRetention { ResultDays = 40 }, _time, null, Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        if (_journal is not null) await _journal.DisposeAsync();
        if (_postgres is not null) await _postgres.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_journal_in_a_database_and_back_answers_everything_alike(int seed)
    {
        await FillAsync(Journal, seed);
        await StoreTransfer.CopyAsync(Journal.Days, Postgres, Postgres.Days, null, Cancel);
        await using var back = await JournalResultStore.OpenAsync(_folder.File("back"), _time, null, Cancel);
        var totals = await StoreTransfer.CopyAsync(Postgres.Days, back, back.Days, null, Cancel);
        Assert.Equal(0, totals.There);
        var expected = await AnswersAsync(Journal);
        Assert.True(expected.Count > 200);
        Assert.Equal(expected, await AnswersAsync(Postgres));
        Assert.Equal(expected, await AnswersAsync(back));
        Assert.True((await JournalVerifier.VerifyAsync(_folder.File("back"), Cancel)).IsWhole);
    }

    [Fact]
    public async Task A_transfer_begun_again_writes_only_what_was_missing()
    {
        await FillAsync(Journal, 5);
        var all = (await Samples.AllAsync(Journal)).Count;
        var cut = new CutOff(Postgres, 100);
        await Assert.ThrowsAsync<StorageFullException>(() => StoreTransfer.CopyAsync(Journal.Days, cut, Postgres.Days, null, Cancel));
        Assert.Equal(100, (await Samples.AllAsync(Postgres)).Count);

        var told = new List<TransferTotals>();
        var totals = await StoreTransfer.CopyAsync(Journal.Days, Postgres, Postgres.Days, (_, so) => told.Add(so), Cancel);
        Assert.Equal((all - 100, 100), (totals.Written, totals.There));
        Assert.Equal(totals, told[^1]);
        Assert.Equal(new TransferTotals { There = all }, await StoreTransfer.CopyAsync(Journal.Days, Postgres, Postgres.Days, null, Cancel));
    }

    [Fact]
    public async Task Hourly_sums_whose_outcomes_are_gone_are_carried_both_ways()
    {
        await FillAsync(Postgres, 7);
        var sums = await HourlyAsync(Postgres);
        _time.Now = Samples.Noon.AddDays(100);
        await Postgres.KeepDaysAsync(Cancel);
        Assert.Empty(await Samples.AllAsync(Postgres));

        var totals = await StoreTransfer.CopyAsync(Postgres.Days, Journal, Journal.Days, null, Cancel);
        Assert.Equal(0, totals.Written);
        Assert.True(totals.BareDays > 5);
        Assert.Equal(sums, await HourlyAsync(Journal));

        var database = await Database.CreateAsync();
        await using var second = await PostgresResultStore.OpenAsync(database.Url, new PostgresRetention(), _time, null, Cancel);
        Assert.Equal(totals.BareDays, (await StoreTransfer.CopyAsync(Journal.Days, second, second.Days, null, Cancel)).BareDays);
        Assert.Equal(sums, await HourlyAsync(second));
        Assert.Equal(0, (await StoreTransfer.CopyAsync(Journal.Days, second, second.Days, null, Cancel)).BareDays);
    }

    [Fact]
    public async Task Evidence_that_stands_twice_or_without_its_outcome_is_carried_once_or_not_at_all()
    {
        await Journal.AppendAsync(Samples.Revision("a"), Samples.Evidence("first"), Cancel);
        await Journal.DisposeAsync();
        var evidence = _folder.File("first/evidence-2026-11-20.jsonl");
        // As after a death between evidence and outcome: the line of another test, whose outcome never came.
        using (var other = new TemporaryFolder())
        {
            await using (var journal = await JournalResultStore.OpenAsync(other.FolderPath, _time, null, Cancel)) await journal.AppendAsync(Samples.Revision("b"), Samples.Evidence("orphan"), Cancel);
            await File.AppendAllTextAsync(evidence, await File.ReadAllTextAsync(other.File("evidence-2026-11-20.jsonl"), Cancel), Cancel);
            await File.AppendAllTextAsync(evidence, await File.ReadAllTextAsync(evidence, Cancel), Cancel);
        }

        _journal = await JournalResultStore.OpenAsync(_folder.File("first"), _time, null, Cancel);
        Assert.Equal(1, (await StoreTransfer.CopyAsync(Journal.Days, Postgres, Postgres.Days, null, Cancel)).Written);
        Assert.Equal("first", (await Postgres.ReadEvidenceAsync(TestId.Parse("a"), Samples.Noon, Cancel))!.Transcoder);
        Assert.Null(await Postgres.ReadEvidenceAsync(TestId.Parse("b"), Samples.Noon, Cancel));
    }

    private static async Task FillAsync(IResultStore store, int seed)
    {
#pragma warning disable CA5394 // The seed is the name of the case.
        var random = new Random(seed);
        for (var i = 0; i < 400; i++)
        {
            var number = random.Next(150);
            var code = random.Next(4) switch { 0 => OutcomeCode.Missed, 1 => OutcomeCode.Unreachable, 2 => OutcomeCode.OurNetwork, _ => OutcomeCode.Completed };
            await store.AppendAsync(
                Samples.Revision(
                    $"t{number}", Samples.Noon.AddHours(-number).AddTicks(number * 3), random.Next(4), number % 5, number % 2 == 0 ? Samples.Mdw : Samples.Fra, code,
                    new ScoreSums(random.Next(61), 60, random.Next(), random.Next()), $"{random.Next()}"),
                random.Next(3) == 0 ? Samples.Evidence($"{random.Next()}") : null,
                Cancel);
        }
#pragma warning restore CA5394
    }

    // Everything that a store can be asked, as text.
    private static async Task<List<string>> AnswersAsync(IResultStore store)
    {
        var answers = (await Samples.AllAsync(store)).Select(revision => JsonSerializer.Serialize(revision)).ToList();
        var last = await Samples.AllAsync(store, lastOnly: true);
        answers.AddRange(last.Select(revision => JsonSerializer.Serialize(revision)));
        foreach (var revision in last) answers.Add(JsonSerializer.Serialize(await store.ReadEvidenceAsync(revision.Test, revision.TestTime, Cancel)));
        answers.AddRange((await HourlyAsync(store)).Select(row => row.ToString()));
        return answers;
    }

    private static Task<List<HourlySums>> HourlyAsync(IResultStore store) => Samples.ListAsync(store.ReadHourlyAsync(DateTimeOffset.MinValue, DateTimeOffset.MaxValue, Cancel));

    /// <summary>Takes so many revisions and no more.</summary>
    private sealed class CutOff(IResultStore inner, int most) : IResultStore
    {
        private int _taken;

        public Task<bool> AppendAsync(OutcomeRevision revision, TestEvidence? evidence, CancellationToken cancellationToken) =>
            Interlocked.Increment(ref _taken) > most ? Task.FromException<bool>(new StorageFullException("full")) : inner.AppendAsync(revision, evidence, cancellationToken);

        public IAsyncEnumerable<OutcomeRevision> ReadAsync(ResultQuery query, CancellationToken cancellationToken) => inner.ReadAsync(query, cancellationToken);

        public Task<TestEvidence?> ReadEvidenceAsync(TestId test, DateTimeOffset testTime, CancellationToken cancellationToken) => inner.ReadEvidenceAsync(test, testTime, cancellationToken);

        public IAsyncEnumerable<HourlySums> ReadHourlyAsync(DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken) => inner.ReadHourlyAsync(from, until, cancellationToken);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
