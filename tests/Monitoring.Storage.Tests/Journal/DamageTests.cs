using System.Text;
using Monitoring.Core;

namespace Monitoring.Storage.Tests.Journal;

public sealed class DamageTests : IDisposable
{
    private const string Outcomes = "outcomes-2026-11-20.jsonl";
    private readonly TemporaryFolder _folder = new();
    private readonly List<JournalFault> _told = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_file_cut_at_any_byte_of_its_last_line_loses_that_line_only()
    {
        await WriteAsync("a", "b", "c");
        var whole = await File.ReadAllBytesAsync(_folder.File(Outcomes), Cancel);
        var lastLine = whole.AsSpan(0, whole.Length - 1).LastIndexOf((byte)'\n') + 1;
        for (var length = lastLine; length < whole.Length; length++)
        {
            await File.WriteAllBytesAsync(_folder.File(Outcomes), whole[..length], Cancel);
            _told.Clear();
            await using (var store = await OpenAsync())
            {
                Assert.Equal(["a/1", "b/1"], (await Samples.AllAsync(store)).Select(Samples.Name));
                Assert.Equal(length > lastLine ? [JournalFaultKind.TornLine] : [], _told.Select(fault => fault.Kind));
                // The chain goes on where it was whole, and the lost test can be written again.
                Assert.True(await store.AppendAsync(Samples.Revision("c"), null, Cancel));
                Assert.False(await store.AppendAsync(Samples.Revision("b"), null, Cancel));
            }

            Assert.Equal(whole, await File.ReadAllBytesAsync(_folder.File(Outcomes), Cancel));
        }
    }

    [Fact]
    public async Task A_changed_byte_anywhere_in_the_middle_is_reported_and_the_rest_survives()
    {
        await WriteAsync("a", "b", "c");
        var whole = await File.ReadAllBytesAsync(_folder.File(Outcomes), Cancel);
        var first = whole.AsSpan().IndexOf((byte)'\n') + 1;
        var second = whole.AsSpan(first).IndexOf((byte)'\n') + 1;
        for (var at = first; at < first + second - 1; at++)
        {
            foreach (var flip in new byte[] { 0x01, 0x20, 0xff })
            {
                var changed = whole.ToArray();
                changed[at] ^= flip;
                await File.WriteAllBytesAsync(_folder.File(Outcomes), changed, Cancel);
                var report = await JournalVerifier.VerifyAsync(_folder.FolderPath, Cancel);
                Assert.False(report.IsWhole, $"byte {at} ^ {flip}");
                Assert.Equal(2, report.Records);
                Assert.Equal(2, report.Files[0].FirstFault!.Line);
                Assert.Equal(first, report.Files[0].FirstFault!.Offset);
            }
        }
    }

    [Fact]
    public async Task Damage_is_told_once_skipped_and_never_rewritten()
    {
        await WriteAsync("a", "b", "c");
        var changed = (await File.ReadAllTextAsync(_folder.File(Outcomes), Cancel)).Replace("\"test\":\"b\"", "\"test\":\"x\"", StringComparison.Ordinal);
        await File.WriteAllTextAsync(_folder.File(Outcomes), changed, Cancel);
        await using var store = await OpenAsync();
        for (var i = 0; i < 3; i++) Assert.Equal(["a/1", "c/1"], (await Samples.AllAsync(store)).Select(Samples.Name));
        var fault = Assert.Single(_told);
        Assert.Equal((Outcomes, 2, JournalFaultKind.Changed), (fault.File, fault.Line, fault.Kind));
        Assert.Equal(_told, store.Faults);
        Assert.True(await store.AppendAsync(Samples.Revision("d"), null, Cancel));
        Assert.StartsWith(changed, await File.ReadAllTextAsync(_folder.File(Outcomes), Cancel), StringComparison.Ordinal);
        Assert.Equal(1, (await JournalVerifier.VerifyAsync(_folder.FolderPath, Cancel)).Faults);
    }

    [Fact]
    public async Task A_missing_line_is_a_gap_and_swapped_lines_are_gaps()
    {
        await WriteAsync("a", "b", "c", "d");
        var lines = await File.ReadAllLinesAsync(_folder.File(Outcomes), Cancel);
        await RewriteAsync(lines[0], lines[2], lines[3]);
        Assert.Equal((3, 1, JournalFaultKind.Gap), await FoundAsync());
        await RewriteAsync(lines[1], lines[2], lines[3]);
        Assert.Equal((3, 1, JournalFaultKind.Gap), await FoundAsync());
        await RewriteAsync(lines[0], lines[2], lines[1], lines[3]);
        Assert.Equal((4, 3, JournalFaultKind.Gap), await FoundAsync());
    }

    [Fact]
    public async Task A_file_under_the_name_of_another_day_is_noticed()
    {
        await WriteAsync("a");
        File.Move(_folder.File(Outcomes), _folder.File("outcomes-2026-11-21.jsonl"));
        var report = await JournalVerifier.VerifyAsync(_folder.FolderPath, Cancel);
        Assert.Equal(JournalFaultKind.Gap, report.Files[0].FirstFault!.Kind);
        await using var store = await OpenAsync();
        Assert.Empty(await Samples.AllAsync(store));
    }

    [Fact]
    public async Task Garbage_of_every_sort_neither_stops_nor_fills_anything()
    {
        await WriteAsync("a", "b");
        var lines = await File.ReadAllLinesAsync(_folder.File(Outcomes), Cancel);
        var garbage = new[] { "", "{", "null", "{}", new string('x', 5 << 20), "{\"prev\":\"", lines[1][..^1], new string('\0', 4096), "\ufeff" + lines[0], lines[0] + " " };
        await RewriteAsync([lines[0], .. garbage, lines[1]]);
        await using var store = await OpenAsync();
        Assert.Equal(["a/1", "b/1"], (await Samples.AllAsync(store)).Select(Samples.Name));
        Assert.Equal(garbage.Length, _told.Count);
        Assert.Contains(_told, fault => fault.Kind == JournalFaultKind.TooLong);
    }

    [Fact]
    public async Task Endless_garbage_is_reported_a_bounded_number_of_times()
    {
        await File.WriteAllTextAsync(_folder.File(Outcomes), new string('\n', 50_000), Cancel);
        await using var store = await OpenAsync();
        Assert.Empty(await Samples.AllAsync(store));
        Assert.Equal(1000, _told.Count);
        Assert.True(await store.AppendAsync(Samples.Revision("a"), null, Cancel));
    }

    [Fact]
    public async Task A_sound_line_that_is_no_record_is_reported()
    {
        var bytes = new System.Buffers.ArrayBufferWriter<byte>();
        var head = Storage.Journal.ChainedLine.Genesis(Outcomes);
        var good = Encoding.UTF8.GetString(Storage.Lines.OutcomeLine.Write(Samples.Revision("a")));
        var bad = new[]
        {
            "null", "7", "{}", good.Replace("\"a\"", "\"a/b\"", StringComparison.Ordinal), good.Replace("\"Completed\"", "\"3\"", StringComparison.Ordinal),
            good.Replace("\"Completed\"", "\"Unheard\"", StringComparison.Ordinal), good.Replace("\"Completed\"", "null", StringComparison.Ordinal),
            good.Replace("\"revision\":1", "\"revision\":-1", StringComparison.Ordinal), good.Replace("[{", "[null,{", StringComparison.Ordinal),
            good.Replace("00Z\",\"rec", "00\",\"rec", StringComparison.Ordinal), good.Replace("2026-11-20T12:00:00Z", "2026-11-21T12:00:00Z", StringComparison.Ordinal),
            good.Replace("\"region\":\"MDW\",", "", StringComparison.Ordinal), "\"\\ud800\"",
        };
        foreach (var record in bad)
        {
            Assert.NotEqual(good, record);
            Storage.Journal.ChainedLine.Write(bytes, head, Encoding.UTF8.GetBytes(record));
        }

        Storage.Journal.ChainedLine.Write(bytes, head, Encoding.UTF8.GetBytes(good));
        await File.WriteAllBytesAsync(_folder.File(Outcomes), bytes.WrittenSpan.ToArray(), Cancel);
        await using var store = await OpenAsync();
        Assert.Equal(["a/1"], (await Samples.AllAsync(store)).Select(Samples.Name));
        Assert.Equal(Enumerable.Repeat(JournalFaultKind.NotARecord, bad.Length), _told.Select(fault => fault.Kind));
        Assert.Equal(bad.Length, (await JournalVerifier.VerifyAsync(_folder.FolderPath, Cancel)).Faults);
    }

    [Fact]
    public async Task Fields_that_a_newer_program_added_are_ignored()
    {
        var bytes = new System.Buffers.ArrayBufferWriter<byte>();
        var head = Storage.Journal.ChainedLine.Genesis(Outcomes);
        var line = Encoding.UTF8.GetString(Storage.Lines.OutcomeLine.Write(Samples.Revision("a")));
        Storage.Journal.ChainedLine.Write(bytes, head, Encoding.UTF8.GetBytes("{\"added\":{\"deep\":[1]}," + line[1..]));
        await File.WriteAllBytesAsync(_folder.File(Outcomes), bytes.WrittenSpan.ToArray(), Cancel);
        await using var store = await OpenAsync();
        Assert.Single(await Samples.AllAsync(store));
        Assert.Empty(_told);
    }

    [Fact]
    public async Task The_verifier_says_what_it_found_and_that_a_torn_end_is_no_damage()
    {
        await WriteAsync("a", "b");
        await File.AppendAllTextAsync(_folder.File(Outcomes), "{\"prev\":", Cancel);
        var report = await JournalVerifier.VerifyAsync(_folder.FolderPath, Cancel);
        Assert.True(report.IsWhole);
        Assert.Equal(4, report.Records);
        var outcomes = report.Files[1];
        Assert.Equal((Outcomes, 2, 8), (outcomes.File, outcomes.Records, outcomes.TornBytes));
        Assert.Equal(new FileInfo(_folder.File(Outcomes)).Length - 8, outcomes.Bytes);
        Assert.Contains($"\"hash\":\"{outcomes.LastHash}\"", (await File.ReadAllLinesAsync(_folder.File(Outcomes), Cancel))[1], StringComparison.Ordinal);
    }

    private Task<JournalResultStore> OpenAsync() => JournalResultStore.OpenAsync(_folder.FolderPath, TimeProvider.System, _told.Add, Cancel);

    private async Task WriteAsync(params string[] tests)
    {
        await using var store = await OpenAsync();
        foreach (var test in tests) await store.AppendAsync(Samples.Revision(test), tests.Length == 2 ? Samples.Evidence(test) : null, Cancel);
    }

    private Task RewriteAsync(params string[] lines) => File.WriteAllTextAsync(_folder.File(Outcomes), string.Join('\n', lines) + '\n', Cancel);

    private async Task<(long Records, long Faults, JournalFaultKind First)> FoundAsync()
    {
        var report = await JournalVerifier.VerifyAsync(_folder.FolderPath, Cancel);
        return (report.Records, report.Faults, report.Files[0].FirstFault!.Kind);
    }
}
