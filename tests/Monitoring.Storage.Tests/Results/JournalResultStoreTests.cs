using Monitoring.Core;
using Monitoring.Storage.Journal;

namespace Monitoring.Storage.Tests.Results;

public sealed class JournalResultStoreTests : ResultStoreContract
{
    private readonly TemporaryFolder _folder = new();

    private protected override async Task<IResultStore> OpenAsync() => await JournalResultStore.OpenAsync(_folder.FolderPath, Time, null, Cancel);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_late_result_goes_to_the_file_of_its_test_time()
    {
        await Store.AppendAsync(Samples.Revision("a") with { RecordedAt = Samples.Noon.AddDays(2) }, Samples.Evidence("x"), Cancel);
        Assert.Equal(
            ["evidence-2026-11-20.jsonl", "outcomes-2026-11-20.jsonl"],
            Directory.EnumerateFiles(_folder.FolderPath).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task More_days_than_may_be_open_are_written_at_once_and_stay_idempotent()
    {
        var revisions = Enumerable.Range(0, 40).Select(day => Samples.Revision($"d{day}", Samples.Noon.AddDays(day))).ToList();
        Assert.All(await Task.WhenAll(revisions.Select(revision => Store.AppendAsync(revision, Samples.Evidence("x"), Cancel))), Assert.True);
        Assert.All(await Task.WhenAll(revisions.Select(revision => Store.AppendAsync(revision, Samples.Evidence("x"), Cancel))), Assert.False);
        Assert.Equal(40, (await Samples.AllAsync(Store)).Count);
        Assert.True((await JournalVerifier.VerifyAsync(_folder.FolderPath, Cancel)).IsWhole);
    }

    [Fact]
    public async Task Closed_days_are_summed_once_and_served_when_the_raw_day_is_gone()
    {
        await Store.AppendAsync(Samples.Revision("a"), null, Cancel);
        var hourly = _folder.File("hourly-2026-11-20.jsonl");
        var journal = (JournalResultStore)Store;

        Time.Now = new DateTimeOffset(2026, 11, 22, 23, 59, 59, TimeSpan.Zero);
        await journal.CloseDaysAsync(Cancel);
        Assert.False(File.Exists(hourly), "The day is open until 48 hours after its end.");
        Time.Now = Time.Now.AddSeconds(1);
        await journal.CloseDaysAsync(Cancel);
        var before = await Samples.ListAsync(Store.ReadHourlyAsync(Samples.Noon, Samples.Noon.AddHours(1), Cancel));
        Assert.True(File.Exists(hourly));

        await Store.DisposeAsync();
        File.Delete(_folder.File("outcomes-2026-11-20.jsonl"));
        await ReopenAsync();
        Assert.Equal(before, await Samples.ListAsync(Store.ReadHourlyAsync(Samples.Noon, Samples.Noon.AddHours(1), Cancel)));
        Assert.Equal(1, Assert.Single(before).Tests);
    }

    [Fact]
    public async Task Damaged_hourly_sums_are_made_again()
    {
        await Store.AppendAsync(Samples.Revision("a"), null, Cancel);
        Time.Now = Samples.Noon.AddDays(30);
        var journal = (JournalResultStore)Store;
        await journal.CloseDaysAsync(Cancel);
        var hourly = _folder.File("hourly-2026-11-20.jsonl");
        var good = await File.ReadAllBytesAsync(hourly, Cancel);
        for (var length = 0; length < good.Length; length += 7)
        {
            await File.WriteAllBytesAsync(hourly, good[..length], Cancel);
            Assert.Single(await Samples.ListAsync(Store.ReadHourlyAsync(Samples.Noon, Samples.Noon.AddHours(1), Cancel)));
            Assert.Equal(good, await File.ReadAllBytesAsync(hourly, Cancel));
        }
    }

    [Fact]
    public async Task Closing_days_makes_stale_sums_again_and_leaves_fresh_ones()
    {
        await Store.AppendAsync(Samples.Revision("a"), null, Cancel);
        Time.Now = Samples.Noon.AddDays(30);
        var journal = (JournalResultStore)Store;
        var hourly = _folder.File("hourly-2026-11-20.jsonl");
        await journal.CloseDaysAsync(Cancel);
        var first = await File.ReadAllTextAsync(hourly, Cancel);
        File.SetLastWriteTimeUtc(hourly, DateTime.UnixEpoch);
        await journal.CloseDaysAsync(Cancel);
        Assert.Equal(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(hourly));
        await Store.AppendAsync(Samples.Revision("late"), null, Cancel);
        await journal.CloseDaysAsync(Cancel);
        Assert.NotEqual(first, await File.ReadAllTextAsync(hourly, Cancel));
    }

    [Fact]
    public async Task Files_that_are_none_of_ours_are_left_alone()
    {
        foreach (var name in new[] { "outcomes-2026-13-01.jsonl", "outcomes-.jsonl", "outcomes-2026-11-20.jsonl.bak", "notes.txt" }) await File.WriteAllTextAsync(_folder.File(name), "mine", Cancel);
        await Store.AppendAsync(Samples.Revision("a"), null, Cancel);
        await ReopenAsync();
        Assert.Single(await Samples.AllAsync(Store));
        Assert.Single((await JournalVerifier.VerifyAsync(_folder.FolderPath, Cancel)).Files);
        Assert.Equal("mine", await File.ReadAllTextAsync(_folder.File("outcomes-2026-11-20.jsonl.bak"), Cancel));
    }

    private protected override async Task CheckSoundAsync()
    {
        Assert.Empty(((JournalResultStore)Store).Faults);
        Assert.True((await JournalVerifier.VerifyAsync(_folder.FolderPath, Cancel)).IsWhole);
    }
}
