namespace Monitoring.Storage.Tests.Journal;

public sealed class FullDiskTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FaultyDisk _disk = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_disk_that_is_full_at_any_byte_keeps_nothing_and_takes_the_same_again_once_there_is_room()
    {
        await using var store = await OpenAsync();
        Assert.True(await AppendAsync(store, "before"));
        long needed;
        _disk.Room = 1 << 20;
        Assert.True(await AppendAsync(store, "size"));
        needed = (1 << 20) - _disk.Room;
        var length = new FileInfo(_folder.File("outcomes-2026-11-20.jsonl")).Length;
        for (var room = 0; room < needed; room += 97)
        {
            _disk.Room = room;
            var e = await Assert.ThrowsAsync<StorageFullException>(() => AppendAsync(store, "late"));
            Assert.Contains(_folder.FolderPath, e.Message, StringComparison.Ordinal);
            Assert.Equal(["before/1", "size/1"], (await Samples.AllAsync(store)).Select(Samples.Name));
            Assert.Null(await store.ReadEvidenceAsync(Core.TestId.Parse("late"), Samples.Noon, Cancel));
            Assert.Equal(length, new FileInfo(_folder.File("outcomes-2026-11-20.jsonl")).Length);
            // What was there before is still known to be there.
            Assert.False(await AppendAsync(store, "before"));
        }

        _disk.Room = FaultyDisk.Unlimited;
        Assert.True(await AppendAsync(store, "late"));
        Assert.Empty(store.Faults);
        Assert.True((await JournalVerifier.VerifyAsync(_folder.FolderPath, Cancel)).IsWhole);
    }

    [Fact]
    public async Task Every_caller_of_a_batch_that_could_not_be_written_is_told()
    {
        await using var store = await OpenAsync();
        _disk.RefusesToFlush = true;
        // Over several days and with duplicates, so that files synced already are taken back as well.
        var appends = Enumerable.Range(0, 200).Select(i => store.AppendAsync(Samples.Revision($"t{i % 150}", Samples.Noon.AddDays(i % 3)), Samples.Evidence("x"), Cancel)).ToList();
        foreach (var append in appends) await Assert.ThrowsAsync<StorageFullException>(() => append);
        Assert.Empty(await Samples.AllAsync(store));
        _disk.RefusesToFlush = false;
        var answers = await Task.WhenAll(Enumerable.Range(0, 150).Select(i => store.AppendAsync(Samples.Revision($"t{i}", Samples.Noon.AddDays(i % 3)), null, Cancel)));
        Assert.All(answers, Assert.True);
        Assert.Equal(150, (await Samples.AllAsync(store)).Count);
        Assert.True((await JournalVerifier.VerifyAsync(_folder.FolderPath, Cancel)).IsWhole);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(-100)]
    public async Task A_file_that_cannot_even_be_cut_is_read_anew(int room)
    {
        await using var store = await OpenAsync();
        _disk.Room = 1 << 20;
        Assert.True(await AppendAsync(store, "a"));
        // Full at the start of the evidence, or towards the end of the outcome.
        _disk.Room = room > 0 ? room : (1 << 20) - _disk.Room + room;
        _disk.RefusesToCut = true;
        await Assert.ThrowsAsync<StorageFullException>(() => AppendAsync(store, "b"));
        _disk.Room = FaultyDisk.Unlimited;
        // The torn line is still there and still cannot be cut: nothing may be appended to it.
        await Assert.ThrowsAsync<StorageFullException>(() => AppendAsync(store, "b"));
        _disk.RefusesToCut = false;
        await AppendAsync(store, "b");
        Assert.Equal(["a/1", "b/1"], (await Samples.AllAsync(store)).Select(Samples.Name));
        Assert.True((await JournalVerifier.VerifyAsync(_folder.FolderPath, Cancel)).IsWhole);
    }

    [Fact]
    public async Task A_new_file_whose_name_is_not_durable_is_not_acknowledged()
    {
        await using var store = await OpenAsync();
        _disk.RefusesToSyncDirectories = true;
        await Assert.ThrowsAsync<StorageFullException>(() => AppendAsync(store, "a"));
        _disk.RefusesToSyncDirectories = false;
        Assert.True(await AppendAsync(store, "a"));
    }

    [Fact(Timeout = 120_000)]
    public async Task What_is_written_but_not_synced_is_neither_read_nor_acknowledged()
    {
        await using var store = await OpenAsync();
        Assert.True(await AppendAsync(store, "a"));
        using var release = new ManualResetEventSlim();
        // The evidence is synced first; at the second sync the outcome lies written in its file.
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var syncs = 0;
        _disk.BeforeFlush = () =>
        {
            if (++syncs != 2) return;
            reached.SetResult();
            release.Wait(Cancel);
        };
        var append = AppendAsync(store, "b");
        await reached.Task.WaitAsync(Cancel);
        try
        {
            Assert.Contains("\"test\":\"b\"", await File.ReadAllTextAsync(_folder.File("outcomes-2026-11-20.jsonl"), Cancel), StringComparison.Ordinal);
            Assert.Equal(["a/1"], (await Samples.AllAsync(store)).Select(Samples.Name));
            Assert.Null(await store.ReadEvidenceAsync(Core.TestId.Parse("b"), Samples.Noon, Cancel));
            Assert.False(append.IsCompleted);
        }
        finally
        {
            release.Set();
        }

        Assert.True(await append);
        Assert.Equal(["a/1", "b/1"], (await Samples.AllAsync(store)).Select(Samples.Name));
    }

    [Fact]
    public async Task A_batch_is_synced_once_a_file_not_once_a_caller()
    {
        await using var store = await OpenAsync();
        await Task.WhenAll(Enumerable.Range(0, 2000).Select(i => AppendAsync(store, $"t{i}")));
        Assert.True(_disk.Flushes < 2000, $"{_disk.Flushes} syncs for 2000 results");
    }

    [Fact]
    public async Task Hourly_sums_are_given_though_they_cannot_be_kept()
    {
        var time = new SetTime(Samples.Noon.AddDays(30));
        await using var store = await JournalResultStore.OpenAsync(_folder.FolderPath, time, null, _disk, Cancel);
        Assert.True(await AppendAsync(store, "a"));
        _disk.Room = 10;
        Assert.Single(await Samples.ListAsync(store.ReadHourlyAsync(Samples.Noon, Samples.Noon.AddHours(1), Cancel)));
        Assert.Equal(JournalFaultKind.NotWritten, Assert.Single(store.Faults).Kind);
        Assert.False(File.Exists(_folder.File("hourly-2026-11-20.jsonl")));
    }

    private Task<JournalResultStore> OpenAsync() => JournalResultStore.OpenAsync(_folder.FolderPath, TimeProvider.System, null, _disk, Cancel);

    private static Task<bool> AppendAsync(JournalResultStore store, string test) => store.AppendAsync(Samples.Revision(test), Samples.Evidence("x"), Cancel);
}
