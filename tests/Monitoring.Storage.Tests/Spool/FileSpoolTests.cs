using System.Text.Json;
using Monitoring.Core;
using TestResult = Monitoring.Core.TestResult;

namespace Monitoring.Storage.Tests.Spool;

public sealed class FileSpoolTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FaultyDisk _disk = new();
    private readonly SetTime _time = new(Samples.Noon);
    private readonly List<JournalFault> _told = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Items_come_back_oldest_first_as_they_were_also_after_a_restart()
    {
        await using (var spool = Open())
        {
            foreach (var id in new[] { "c", "a", "b" }) await spool.AddAsync(TestId.Parse(id), Result(id), Cancel);
            Assert.Equal(3, spool.Count);
        }

        await using var again = Open();
        Assert.Equal(3, again.Count);
        var items = await again.PeekAsync(2, Cancel);
        Assert.Equal(["c", "a"], items.Select(item => item.Id.Text));
        Assert.Equal(JsonSerializer.Serialize(Result("c")), JsonSerializer.Serialize(items[0].Item));
        await again.AddAsync(TestId.Parse("d"), Result("d"), Cancel);
        Assert.Equal(["c", "a", "b", "d"], (await again.PeekAsync(10, Cancel)).Select(item => item.Id.Text));
    }

    [Fact]
    public async Task The_same_id_twice_is_one_item_and_the_first_stays()
    {
        await using var spool = Open();
        await spool.AddAsync(TestId.Parse("a"), Result("first"), Cancel);
        await spool.AddAsync(TestId.Parse("a"), Result("second"), Cancel);
        Assert.Equal("first", Assert.Single(await spool.PeekAsync(10, Cancel)).Item.Id.Text);
        Assert.Equal(1, spool.Count);
    }

    [Fact]
    public async Task A_removed_item_is_gone_for_good_and_one_that_is_not_there_is_no_error()
    {
        await using (var spool = Open())
        {
            await spool.AddAsync(TestId.Parse("a"), Result("a"), Cancel);
            await spool.RemoveAsync(TestId.Parse("a"), Cancel);
            await spool.RemoveAsync(TestId.Parse("a"), Cancel);
            Assert.Equal(0, spool.Count);
            Assert.Empty(await spool.PeekAsync(1, Cancel));
        }

        await using var again = Open();
        Assert.Equal(0, again.Count);
    }

    [Fact]
    public async Task It_takes_so_many_items_and_no_more_until_one_is_removed()
    {
        await using var spool = Open(new SpoolBounds { Items = 2 });
        await spool.AddAsync(TestId.Parse("a"), Result("a"), Cancel);
        Assert.False(spool.IsFull);
        await spool.AddAsync(TestId.Parse("b"), Result("b"), Cancel);
        Assert.True(spool.IsFull);
        var e = await Assert.ThrowsAsync<StorageFullException>(() => spool.AddAsync(TestId.Parse("c"), Result("c"), Cancel));
        Assert.Contains(" c ", e.Message, StringComparison.Ordinal);
        // What is there already is no new item.
        await spool.AddAsync(TestId.Parse("a"), Result("a"), Cancel);
        await spool.RemoveAsync(TestId.Parse("a"), Cancel);
        Assert.False(spool.IsFull);
        await spool.AddAsync(TestId.Parse("c"), Result("c"), Cancel);
    }

    [Fact]
    public async Task It_takes_so_many_bytes_and_no_more_also_after_a_restart()
    {
        var bounds = new SpoolBounds { Bytes = 10_000 };
        await using (var spool = Open(bounds))
        {
            for (var i = 0; !await IsRefusedAsync(spool, $"t{i}"); i++) Assert.InRange(i, 0, 20);
        }

        await using var again = Open(bounds);
        Assert.True(await IsRefusedAsync(again, "more"));
        Assert.InRange(Directory.EnumerateFiles(_folder.FolderPath).Sum(file => new FileInfo(file).Length), 5_000, 10_000);
    }

    [Fact]
    public async Task A_damaged_item_is_moved_aside_and_never_holds_up_the_rest()
    {
        await using (var spool = Open())
        {
            foreach (var id in new[] { "a", "b", "c" }) await spool.AddAsync(TestId.Parse(id), Result(id), Cancel);
        }

        var first = Directory.EnumerateFiles(_folder.FolderPath).Order().First();
        var whole = await File.ReadAllBytesAsync(first, Cancel);
        for (var at = 0; at < whole.Length; at += 11)
        {
            var changed = whole.ToArray();
            changed[at] ^= 1;
            await File.WriteAllBytesAsync(first, at % 2 == 0 ? changed : whole[..at], Cancel);
            _told.Clear();
            await using var spool = Open();
            Assert.Equal(["b", "c"], (await spool.PeekAsync(2, Cancel)).Select(item => item.Id.Text));
            Assert.Equal(2, spool.Count);
            Assert.Contains("moved aside", Assert.Single(_told).Message, StringComparison.Ordinal);
            Assert.True(File.Exists(first + ".bad"));
            Assert.False(File.Exists(first));
        }
    }

    [Fact]
    public async Task An_item_under_the_name_of_another_test_is_damaged()
    {
        await using (var spool = Open()) await spool.AddAsync(TestId.Parse("a"), Result("a"), Cancel);
        var file = Directory.EnumerateFiles(_folder.FolderPath).Single();
        File.Move(file, file.Replace(".a.", ".b.", StringComparison.Ordinal));
        await using var again = Open();
        Assert.Empty(await again.PeekAsync(1, Cancel));
        Assert.Single(_told);
    }

    [Fact]
    public async Task Files_that_are_no_items_are_left_alone_and_half_written_ones_deleted()
    {
        await File.WriteAllTextAsync(_folder.File("notes.txt"), "mine", Cancel);
        await File.WriteAllTextAsync(_folder.File("0000000000000001.a.json.tmp"), "{", Cancel);
        await using var spool = Open();
        Assert.Equal(0, spool.Count);
        Assert.Equal(["notes.txt"], Directory.EnumerateFiles(_folder.FolderPath).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_full_disk_is_said_keeps_nothing_and_is_tried_again_after_a_while()
    {
        await using var spool = Open();
        for (var room = 0; room < 1000; room += 101)
        {
            _disk.Room = room;
            Assert.True(await IsRefusedAsync(spool, "a"));
            Assert.True(spool.IsFull);
            Assert.Equal(0, spool.Count);
            Assert.Empty(Directory.EnumerateFiles(_folder.FolderPath));
        }

        _time.Now = _time.Now.AddSeconds(11);
        Assert.False(spool.IsFull);
        _disk.Room = FaultyDisk.Unlimited;
        Assert.False(await IsRefusedAsync(spool, "a"));
        Assert.False(spool.IsFull);
        Assert.Equal(1, spool.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_item_whose_name_is_not_durable_is_not_acknowledged(bool move)
    {
        await using var spool = Open();
        (_disk.RefusesToMove, _disk.RefusesToSyncDirectories) = (move, !move);
        Assert.True(await IsRefusedAsync(spool, "a"));
        Assert.Empty(Directory.EnumerateFiles(_folder.FolderPath));
    }

    [Fact]
    public async Task Many_at_once_are_all_kept()
    {
        await using var spool = Open();
        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => spool.AddAsync(TestId.Parse($"t{i}"), Result($"t{i}"), Cancel)));
        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => spool.RemoveAsync(TestId.Parse($"t{i}"), Cancel)));
        Assert.Equal(Enumerable.Range(50, 50).Select(i => $"t{i}").Order(StringComparer.Ordinal), (await spool.PeekAsync(1000, Cancel)).Select(item => item.Id.Text).Order(StringComparer.Ordinal));
    }

    private static TestResult Result(string id) => new()
    {
        Id = TestId.Parse(id),
        Orchestrator = Samples.Orchestrator(1),
        Region = Samples.Mdw,
        PlannedAt = Samples.Noon,
        Outcome = new Outcome(OutcomeCode.Partial, "some"),
        Summary = Samples.Summary(Samples.Noon, new ScoreSums(1, 2, 3, 4)),
        Evidence = Samples.Evidence(id),
    };

    private static async Task<bool> IsRefusedAsync(FileSpool<TestResult> spool, string id)
    {
        try
        {
            await spool.AddAsync(TestId.Parse(id), Result(id), Cancel);
            return false;
        }
        catch (StorageFullException)
        {
            return true;
        }
    }

    private FileSpool<TestResult> Open(SpoolBounds? bounds = null) =>
        FileSpool<TestResult>.Open(_folder.FolderPath, SpoolFormat.TestResult, bounds ?? new SpoolBounds(), _time, _told.Add, _disk);
}
