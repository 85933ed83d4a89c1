using System.Text.Json;
using Monitoring.Core;

namespace Monitoring.Storage.Tests.Results;

/// <summary>What every result store does. An adapter derives from it and says how to open a store on the data of the test.</summary>
public abstract class ResultStoreContract : IAsyncLifetime
{
    private IResultStore? _store;

    protected SetTime Time { get; } = new(Samples.Noon.AddDays(1));

    private protected IResultStore Store => _store!;

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Opens the store of this test; closed and opened again it holds the same.</summary>
    private protected abstract Task<IResultStore> OpenAsync();

    public async ValueTask InitializeAsync() => _store = await OpenAsync();

    public virtual async ValueTask DisposeAsync()
    {
        if (_store is not null) await _store.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_revision_comes_back_as_it_was_written_also_after_a_restart()
    {
        var written = Samples.Revision("a", detail: "line\u2028break \"quoted\" é");
        written = written with
        {
            Summary = written.Summary! with
            {
                Posted = new PostedDetail { Timestamp = 1, Model = "m", Pipeline = "p", ModelIsWarm = true, InputParameters = "{}", ResponsePayload = "[1]", RoundTripTime = 1.5, ErrorsNull = true },
            },
        };
        Assert.True(await Store.AppendAsync(written, Samples.Evidence("x"), Cancel));
        await ReopenAsync();
        var read = Assert.Single(await Samples.AllAsync(Store));
        Assert.Equal(JsonSerializer.Serialize(written), JsonSerializer.Serialize(read));
        var evidence = await Store.ReadEvidenceAsync(written.Test, written.TestTime, Cancel);
        Assert.Equal(JsonSerializer.Serialize(Samples.Evidence("x")), JsonSerializer.Serialize(evidence));
    }

    [Fact]
    public async Task A_record_without_lists_and_summary_is_stored()
    {
        var bare = Samples.Revision("bare", code: OutcomeCode.Missed, revision: OutcomeRevision.NotRun);
        var listless = Samples.Revision("listless");
        listless = listless with { Summary = listless.Summary! with { RoundTripsMicros = default, Errors = default, ServiceUri = null!, Version = null! } };
        Assert.True(await Store.AppendAsync(bare, null, Cancel));
        Assert.True(await Store.AppendAsync(listless, new TestEvidence { Segments = default }, Cancel));
        await ReopenAsync();
        var read = await Samples.AllAsync(Store);
        Assert.Null(read[0].Summary);
        Assert.True(read[1].Summary is { RoundTripsMicros.IsEmpty: true, Errors.IsEmpty: true, ServiceUri: "" });
        Assert.True((await Store.ReadEvidenceAsync(listless.Test, listless.TestTime, Cancel))!.Segments.IsEmpty);
        Assert.Null(await Store.ReadEvidenceAsync(bare.Test, bare.TestTime, Cancel));
    }

    [Fact]
    public async Task The_first_write_of_a_revision_wins()
    {
        Assert.True(await Store.AppendAsync(Samples.Revision("a", detail: "first"), Samples.Evidence("first"), Cancel));
        Assert.False(await Store.AppendAsync(Samples.Revision("a", detail: "second"), Samples.Evidence("second"), Cancel));
        await ReopenAsync();
        Assert.False(await Store.AppendAsync(Samples.Revision("a", detail: "third"), null, Cancel));
        Assert.Equal("first", Assert.Single(await Samples.AllAsync(Store)).Outcome.Detail);
        Assert.Equal("first", (await Store.ReadEvidenceAsync(TestId.Parse("a"), Samples.Noon, Cancel))!.Transcoder);
    }

    [Fact]
    public async Task Of_many_who_write_the_same_revision_at_once_one_is_told_that_it_wrote()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Store.AppendAsync(Samples.Revision("a", detail: $"{i}"), Samples.Evidence($"{i}"), Cancel)));
        Assert.Single(answers, wrote => wrote);
        Assert.Single(await Samples.AllAsync(Store));
    }

    [Fact]
    public async Task The_last_revision_is_the_highest_in_whatever_order_they_came()
    {
        foreach (var number in new[] { 2, 0, 1 })
        {
            await Store.AppendAsync(Samples.Revision("a", revision: number, code: number == 0 ? OutcomeCode.Missed : OutcomeCode.Completed), null, Cancel);
        }

        Assert.Equal(["a/2"], (await Samples.AllAsync(Store, lastOnly: true)).Select(Samples.Name));
        Assert.Equal(["a/0", "a/1", "a/2"], (await Samples.AllAsync(Store)).Select(Samples.Name));
    }

    [Fact]
    public async Task Evidence_of_the_highest_revision_is_given()
    {
        await Store.AppendAsync(Samples.Revision("a", revision: 3), Samples.Evidence("judged again"), Cancel);
        await Store.AppendAsync(Samples.Revision("a", revision: 1), Samples.Evidence("measured"), Cancel);
        await Store.AppendAsync(Samples.Revision("aa", revision: 9), Samples.Evidence("another test"), Cancel);
        Assert.Equal("judged again", (await Store.ReadEvidenceAsync(TestId.Parse("a"), Samples.Noon, Cancel))!.Transcoder);
        Assert.Null(await Store.ReadEvidenceAsync(TestId.Parse("b"), Samples.Noon, Cancel));
        Assert.Null(await Store.ReadEvidenceAsync(TestId.Parse("a"), Samples.Noon.AddDays(9), Cancel));
    }

    [Fact]
    public async Task A_range_includes_both_its_ends_and_cuts_by_test_time_not_by_recording()
    {
        var midnight = new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero);
        foreach (var (name, ticks) in new[] { ("before", -1L), ("from", 0L), ("until", TimeSpan.TicksPerHour), ("after", TimeSpan.TicksPerHour + 1) })
        {
            await Store.AppendAsync(Samples.Revision(name, midnight.AddTicks(ticks)) with { RecordedAt = midnight.AddDays(2) }, null, Cancel);
        }

        Assert.Equal(["from", "until"], await TestsAsync(new ResultQuery { From = midnight, Until = midnight.AddHours(1) }));
        // The same instants, said with another offset.
        Assert.Equal(["from", "until"], await TestsAsync(new ResultQuery { From = midnight.ToOffset(TimeSpan.FromHours(-8)), Until = midnight.AddHours(1).ToOffset(TimeSpan.FromHours(9)) }));
    }

    [Fact]
    public async Task A_test_time_with_an_offset_belongs_to_its_utc_day()
    {
        var late = new DateTimeOffset(2026, 11, 20, 23, 30, 0, TimeSpan.FromHours(-3));
        await Store.AppendAsync(Samples.Revision("a", late), Samples.Evidence("x"), Cancel);
        var read = Assert.Single(await Samples.AllAsync(Store));
        Assert.Equal(late, read.TestTime);
        Assert.Equal(TimeSpan.Zero, read.TestTime.Offset);
        Assert.NotNull(await Store.ReadEvidenceAsync(TestId.Parse("a"), late, Cancel));
    }

    [Fact]
    public async Task Filters_select_by_orchestrator_and_region()
    {
        await Store.AppendAsync(Samples.Revision("a", orchestrator: 1), null, Cancel);
        await Store.AppendAsync(Samples.Revision("b", orchestrator: 2), null, Cancel);
        await Store.AppendAsync(Samples.Revision("c", orchestrator: 1, region: Samples.Fra), null, Cancel);
        var all = new ResultQuery { From = Samples.Noon, Until = Samples.Noon };
        Assert.Equal(["a", "c"], await TestsAsync(all with { Orchestrator = Samples.Orchestrator(1) }));
        Assert.Equal(["a", "b"], await TestsAsync(all with { Region = Samples.Mdw }));
        Assert.Equal(["c"], await TestsAsync(all with { Orchestrator = Samples.Orchestrator(1), Region = Samples.Fra }));
        Assert.Empty(await TestsAsync(all with { Orchestrator = Samples.Orchestrator(3) }));
    }

    [Theory]
    [InlineData(1, "g")]
    [InlineData(3, "e f g")]
    [InlineData(4, "d e f g")]
    [InlineData(7, "a b c d e f g")]
    [InlineData(1000, "a b c d e f g")]
    [InlineData(0, "a b c d e f g")]
    public async Task A_limit_keeps_the_newest_and_the_order_stays_that_of_time(int limit, string expected)
    {
        // Three days, written out of order.
        foreach (var (name, hours) in new[] { ("g", 48), ("a", 0), ("f", 25), ("b", 1), ("e", 24), ("d", 3), ("c", 2) })
        {
            await Store.AppendAsync(Samples.Revision(name, Samples.Noon.AddHours(hours)), null, Cancel);
        }

        Assert.Equal(expected.Split(' '), await TestsAsync(new ResultQuery { From = Samples.Noon, Until = Samples.Noon.AddDays(9), Limit = limit }));
    }

    [Fact]
    public async Task Results_of_the_ends_of_time_are_stored_and_asked_for()
    {
        Assert.True(await Store.AppendAsync(Samples.Revision("first", DateTimeOffset.MinValue.AddDays(1)), null, Cancel));
        Assert.True(await Store.AppendAsync(Samples.Revision("last", DateTimeOffset.MaxValue.AddDays(-1)), null, Cancel));
        Assert.Equal(["first/1", "last/1"], (await Samples.AllAsync(Store)).Select(Samples.Name));
        Assert.Equal(2, (await Samples.ListAsync(Store.ReadHourlyAsync(DateTimeOffset.MinValue, DateTimeOffset.MaxValue, Cancel))).Count);
    }

    [Fact]
    public async Task A_number_that_json_has_not_is_refused_and_spoils_nothing()
    {
        var bad = Samples.Revision("bad");
        bad = bad with { Summary = bad.Summary! with { UploadTime = double.NaN } };
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Store.AppendAsync(bad, null, Cancel));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Store.AppendAsync(Samples.Revision("neg", revision: -1), null, Cancel));
        Assert.True(await Store.AppendAsync(Samples.Revision("good"), null, Cancel));
        Assert.Single(await Samples.AllAsync(Store));
    }

    [Fact]
    public async Task A_record_too_long_is_refused_and_spoils_nothing()
    {
        var long_ = Samples.Revision("long");
        long_ = long_ with { Summary = long_.Summary! with { Posted = new PostedDetail { ResponsePayload = new string('x', 5 << 20) } } };
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Store.AppendAsync(long_, null, Cancel));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Store.AppendAsync(Samples.Revision("long"), Samples.Evidence(new string('x', 5 << 20)), Cancel));
        Assert.True(await Store.AppendAsync(Samples.Revision("long"), null, Cancel));
    }

    [Fact]
    public async Task A_reader_sees_a_consistent_prefix_while_others_write()
    {
        var writing = Task.WhenAll(Enumerable.Range(0, 4).Select(WriteAsync));
        var before = 0;
        while (!writing.IsCompleted)
        {
            var read = await Samples.AllAsync(Store);
            foreach (var writer in read.GroupBy(revision => revision.Orchestrator))
            {
                // Each writer waits for one to be durable before the next: none may be missing before another.
                Assert.Equal(Enumerable.Range(0, writer.Count()), writer.Select(revision => int.Parse(revision.Outcome.Detail, System.Globalization.CultureInfo.InvariantCulture)).Order());
            }

            Assert.True(read.Count >= before);
            before = read.Count;
        }

        await writing;
        Assert.Equal(400, (await Samples.AllAsync(Store)).Count);

        async Task WriteAsync(int writer)
        {
            for (var i = 0; i < 100; i++) await Store.AppendAsync(Samples.Revision($"w{writer}-{i}", orchestrator: writer, detail: $"{i}"), null, Cancel);
        }
    }

    [Fact]
    public async Task A_closed_store_refuses_and_keeps_what_it_took()
    {
        var taken = Enumerable.Range(0, 50).Select(i => Store.AppendAsync(Samples.Revision($"t{i}"), null, Cancel)).ToList();
        await Store.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => Store.AppendAsync(Samples.Revision("late"), null, Cancel));
        Assert.All(await Task.WhenAll(taken), Assert.True);
        _store = await OpenAsync();
        Assert.Equal(50, (await Samples.AllAsync(Store)).Count);
    }

    [Fact]
    public async Task Hourly_sums_add_the_counted_tests_and_count_the_planned_ones()
    {
        var hour = Samples.Noon;
        await Store.AppendAsync(Samples.Revision("ok", hour.AddMinutes(1), sums: new ScoreSums(59, 60, 10, 20)), null, Cancel);
        await Store.AppendAsync(Samples.Revision("fault", hour.AddMinutes(59), code: OutcomeCode.Unreachable, sums: new ScoreSums(0, 60, 0, 0)), null, Cancel);
        await Store.AppendAsync(Samples.Revision("void", hour.AddMinutes(2), code: OutcomeCode.OurNetwork, sums: new ScoreSums(7, 60, 7, 7)), null, Cancel);
        await Store.AppendAsync(Samples.Revision("missed", hour, code: OutcomeCode.Missed, revision: 0), null, Cancel);
        // Measured after all, and another judged again: only the last revision counts.
        await Store.AppendAsync(Samples.Revision("late", hour, code: OutcomeCode.Missed, revision: 0), null, Cancel);
        await Store.AppendAsync(Samples.Revision("late", hour, sums: new ScoreSums(60, 60, 100, 200)), null, Cancel);
        await Store.AppendAsync(Samples.Revision("anomaly", hour), null, Cancel);
        await Store.AppendAsync(Samples.Revision("anomaly", hour, revision: 2, code: OutcomeCode.RegionAnomaly), null, Cancel);
        await Store.AppendAsync(Samples.Revision("next", hour.AddHours(1)), null, Cancel);
        var rows = await Samples.ListAsync(Store.ReadHourlyAsync(hour, hour.AddHours(1), Cancel));
        Assert.Equal(
            [
                new HourlySums(Samples.Orchestrator(1), Samples.Mdw, hour, "", default, 0, 1),
                new HourlySums(Samples.Orchestrator(1), Samples.Mdw, hour, Samples.Method, new ScoreSums(119, 180, 110, 220), 3, 5),
            ],
            rows);
    }

    [Fact]
    public async Task Hourly_sums_are_given_only_of_hours_wholly_inside_the_range()
    {
        for (var hour = 0; hour < 30; hour++) await Store.AppendAsync(Samples.Revision($"h{hour}", Samples.Noon.AddHours(hour)), null, Cancel);
        var rows = await Samples.ListAsync(Store.ReadHourlyAsync(Samples.Noon.AddTicks(1), Samples.Noon.AddHours(29).AddTicks(-1), Cancel));
        Assert.Equal(Enumerable.Range(1, 27).Select(hour => Samples.Noon.AddHours(hour)), rows.Select(row => row.Hour));
    }

    [Fact]
    public async Task Hourly_sums_of_a_closed_day_are_the_same_and_follow_a_late_revision()
    {
        await Store.AppendAsync(Samples.Revision("a", orchestrator: 2), null, Cancel);
        await Store.AppendAsync(Samples.Revision("b", orchestrator: 1, region: Samples.Fra), null, Cancel);
        var open = await HourlyAsync();
        Time.Now = Samples.Noon.AddDays(30);
        Assert.Equal(open, await HourlyAsync());
        await ReopenAsync();
        Assert.Equal(open, await HourlyAsync());
        await Store.AppendAsync(Samples.Revision("a", orchestrator: 2, revision: 2, code: OutcomeCode.RegionAnomaly), null, Cancel);
        Assert.Equal([1, 0], (await HourlyAsync()).Select(row => row.Tests));
        Assert.Equal(2, (await HourlyAsync()).Count);
    }

    [Fact]
    public async Task Sums_too_large_to_add_up_leave_the_rest_readable()
    {
        await Store.AppendAsync(Samples.Revision("a", Samples.Noon, sums: new ScoreSums(1, 1, 1, 1)), null, Cancel);
        await Store.AppendAsync(Samples.Revision("b", Samples.Noon.AddSeconds(1), sums: new ScoreSums(1, long.MaxValue, 1, 1)), null, Cancel);
        var row = Assert.Single(await HourlyAsync());
        Assert.Equal((1, 2), (row.Tests, row.Planned));
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public async Task Random_appends_duplicates_and_restarts_agree_with_a_dictionary(int seed)
    {
        // Seeded: the failing seed is the name of the case.
#pragma warning disable CA5394
        var random = new Random(seed);
        var model = new Dictionary<(string, int), OutcomeRevision>();
        for (var step = 0; step < 300; step++)
        {
            if (random.Next(25) == 0) await ReopenAsync();
            var batch = Enumerable.Range(0, random.Next(1, 6)).Select(_ =>
            {
                var number = random.Next(120);
                return Samples.Revision(
                    $"t{number}", Samples.Noon.AddHours(number * 5), random.Next(4), number % 7, number % 2 == 0 ? Samples.Mdw : Samples.Fra, detail: $"{random.Next()}");
            }).ToList();
            var answers = await Task.WhenAll(batch.Select(revision => Store.AppendAsync(revision, random.Next(3) == 0 ? Samples.Evidence("x") : null, Cancel)));
            foreach (var (revision, wrote) in batch.Zip(answers)) Assert.Equal(model.TryAdd((revision.Test.Text, revision.Revision), revision), wrote);

            var query = new ResultQuery
            {
                From = Samples.Noon.AddHours(random.Next(600)),
                Until = Samples.Noon.AddHours(random.Next(600)),
                LastOnly = random.Next(2) == 0,
                Limit = random.Next(2) == 0 ? 0 : random.Next(1, 30),
                Region = random.Next(2) == 0 ? null : Samples.Fra,
                Orchestrator = random.Next(3) == 0 ? Samples.Orchestrator(random.Next(7)) : null,
            };
            var expected = model.Values
                .Where(r => r.TestTime >= query.From && r.TestTime <= query.Until && (query.Region is null || r.Region == query.Region) && (query.Orchestrator is null || r.Orchestrator == query.Orchestrator))
                .Where(r => !query.LastOnly || !model.Keys.Any(key => key.Item1 == r.Test.Text && key.Item2 > r.Revision))
                .OrderBy(r => r.TestTime).ThenBy(r => r.Test).ThenBy(r => r.Revision)
                .TakeLast(query.Limit == 0 ? int.MaxValue : query.Limit);
            var read = await Samples.ListAsync(Store.ReadAsync(query, Cancel));
            Assert.Equal(expected.Select(Shown), read.Select(Shown));
        }
#pragma warning restore CA5394

        await CheckSoundAsync();

        static string Shown(OutcomeRevision revision) => $"{Samples.Name(revision)} {revision.TestTime:O} {revision.Outcome}";
    }

    /// <summary>Whatever a store can say of its own soundness.</summary>
    private protected virtual Task CheckSoundAsync() => Task.CompletedTask;

    protected async Task ReopenAsync()
    {
        await Store.DisposeAsync();
        _store = await OpenAsync();
    }

    private Task<List<HourlySums>> HourlyAsync() => Samples.ListAsync(Store.ReadHourlyAsync(Samples.Noon, Samples.Noon.AddHours(1), Cancel));

    private async Task<IEnumerable<string>> TestsAsync(ResultQuery query) =>
        (await Samples.ListAsync(Store.ReadAsync(query, Cancel))).Select(revision => revision.Test.Text);
}
