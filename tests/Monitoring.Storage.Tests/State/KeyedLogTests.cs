using System.Globalization;
using System.Text.Json;

namespace Monitoring.Storage.Tests.State;

public sealed class KeyedLogTests : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FaultyDisk _disk = new();
    private KeyedLog? _log;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string LogFile => _folder.File("state.jsonl");

    public async ValueTask DisposeAsync()
    {
        if (_log is not null) await _log.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Many_values_cost_one_sync_and_a_full_disk_takes_none_of_them()
    {
        await ReopenAsync();
        var entries = Enumerable.Range(0, 1000).Select(i => new StateEntry("enrolment", i.ToString("D4", CultureInfo.InvariantCulture), $"{i}")).ToList();
        await _log!.PutAsync("other", "first", "1", Cancel);
        var before = _disk.Flushes;
        await _log.PutAllAsync(entries, Cancel);
        Assert.InRange(_disk.Flushes, before + 1, before + 2); // The second is of the compaction that so much may bring about.
        _disk.Room = 100;
        await Assert.ThrowsAsync<StorageFullException>(() => _log.PutAllAsync([.. entries.Select(e => e with { Json = "null" })], Cancel));
        _disk.Room = FaultyDisk.Unlimited;
        Assert.Equal(entries, _log.Read("enrolment"));
        await ReopenAsync();
        Assert.Equal(entries, _log.Read("enrolment"));
    }

    [Fact]
    public async Task The_last_value_counts_also_after_a_restart()
    {
        await ReopenAsync();
        await _log!.PutAsync("secret", "2026-11-20", "{\"a\": 1}", Cancel);
        await _log.PutAsync("secret", "2026-11-20", "{ \"a\": [2, \"é\"] }", Cancel);
        await _log.PutAsync("secret", "2026-11-19", "null", Cancel);
        await _log.PutAsync("enrolment", "x", "7", Cancel);
        await _log.PutAsync("enrolment", "y", "8", Cancel);
        await _log.RemoveAsync("enrolment", "y", Cancel);
        await _log.RemoveAsync("enrolment", "never there", Cancel);
        var before = (_log.Read("secret"), _log.Read("enrolment"));
        await ReopenAsync();
        Assert.Equal(before.Item1, _log.Read("secret"));
        Assert.Equal(before.Item2, _log.Read("enrolment"));
        Assert.Equal(["2026-11-19", "2026-11-20"], _log.Read("secret").Select(entry => entry.Key));
        Assert.Equal("é", JsonDocument.Parse(_log.Find("secret", "2026-11-20")!).RootElement.GetProperty("a")[1].GetString());
        Assert.Equal("null", _log.Find("secret", "2026-11-19"));
        Assert.Null(_log.Find("enrolment", "y"));
        Assert.Null(_log.Find("nothing", "y"));
        Assert.Empty(_log.Read("nothing"));
    }

    [Fact]
    public async Task What_is_not_json_or_not_a_name_or_too_long_is_refused()
    {
        await ReopenAsync();
        await Assert.ThrowsAnyAsync<JsonException>(() => _log!.PutAsync("k", "a", "{", Cancel));
        await Assert.ThrowsAsync<ArgumentException>(() => _log!.PutAsync("", "a", "1", Cancel));
        await Assert.ThrowsAsync<ArgumentException>(() => _log!.PutAsync("k", new string('a', 201), "1", Cancel));
        await Assert.ThrowsAsync<ArgumentException>(() => _log!.PutAsync("k", "a", $"\"{new string('x', 1 << 20)}\"", Cancel));
        Assert.Null(_log!.Find("k", "a"));
    }

    [Fact]
    public async Task A_torn_end_loses_the_last_change_only()
    {
        await ReopenAsync();
        await _log!.PutAsync("k", "a", "1", Cancel);
        await _log.PutAsync("k", "a", "2", Cancel);
        await _log.DisposeAsync();
        _log = null;
        var whole = await File.ReadAllBytesAsync(LogFile, Cancel);
        for (var length = whole.AsSpan(0, whole.Length - 1).LastIndexOf((byte)'\n') + 1; length < whole.Length; length++)
        {
            await File.WriteAllBytesAsync(LogFile, whole[..length], Cancel);
            await ReopenAsync();
            Assert.Equal("1", _log!.Find("k", "a"));
        }
    }

    [Fact]
    public async Task Outdated_lines_are_let_go_and_nothing_else()
    {
        await ReopenAsync();
        await _log!.PutAsync("keep", "a", "\"for ever\"", Cancel);
        for (var i = 0; i < 500; i++) await _log.PutAsync("k", $"{i % 3}", i.ToString(CultureInfo.InvariantCulture), Cancel);
        Assert.True(new FileInfo(LogFile).Length < 20_000, $"{new FileInfo(LogFile).Length} bytes");
        // It is done now and then, not with every change.
        Assert.InRange(_disk.Flushes, 502, 550);
        await ReopenAsync();
        Assert.Equal("\"for ever\"", _log.Find("keep", "a"));
        Assert.Equal(["498", "499", "497"], _log.Read("k").Select(entry => entry.Json));
        Assert.Empty(_log.Faults);
    }

    [Fact]
    public async Task A_full_disk_leaves_the_old_value_and_takes_the_new_one_once_there_is_room()
    {
        await ReopenAsync();
        await _log!.PutAsync("k", "a", "1", Cancel);
        for (var room = 0; room < 180; room += 13)
        {
            _disk.Room = room;
            await Assert.ThrowsAsync<StorageFullException>(() => _log.PutAsync("k", "a", "2", Cancel));
            Assert.Equal("1", _log.Find("k", "a"));
        }

        _disk.Room = FaultyDisk.Unlimited;
        await _log.PutAsync("k", "a", "3", Cancel);
        await ReopenAsync();
        Assert.Equal("3", _log.Find("k", "a"));
        Assert.Empty(_log.Faults);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task A_log_that_cannot_be_shortened_goes_on_and_loses_nothing(bool move, bool sync)
    {
        await ReopenAsync();
        var told = "";
        for (var i = 0; i < 200; i++)
        {
            if (i == 50) (_disk.RefusesToMove, _disk.RefusesToSyncDirectories) = (move, sync);
            if (i == 150) (_disk.RefusesToMove, _disk.RefusesToSyncDirectories) = (false, false);
            var value = i.ToString(CultureInfo.InvariantCulture);
            try
            {
                await _log!.PutAsync("k", "a", value, Cancel);
                told = value;
            }
            catch (StorageFullException)
            {
                // The name of the shortened file is not durable: nothing may be appended to it.
                Assert.True(sync);
            }
        }

        Assert.Equal("199", told);
        await ReopenAsync();
        Assert.Equal("199", _log!.Find("k", "a"));
    }

    [Fact]
    public async Task Only_so_much_is_taken()
    {
        await ReopenAsync();
        var megabyte = $"\"{new string('x', 1_000_000)}\"";
        for (var i = 0; i < 67; i++) await _log!.PutAsync("k", $"{i}", megabyte, Cancel);
        await Assert.ThrowsAsync<StorageFullException>(() => _log!.PutAsync("k", "more", megabyte, Cancel));
        await _log!.RemoveAsync("k", "0", Cancel);
        await _log.PutAsync("k", "more", megabyte, Cancel);
    }

    [Fact]
    public async Task A_closed_log_refuses()
    {
        await ReopenAsync();
        await _log!.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => _log.PutAsync("k", "a", "1", Cancel));
    }

    private async Task ReopenAsync()
    {
        if (_log is not null) await _log.DisposeAsync();
        _log = await KeyedLog.OpenAsync(LogFile, null, _disk, 10_000, Cancel);
    }
}
