using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Monitoring.Core;
using Monitoring.Standalone.Configuration;
using Monitoring.Standalone.PostTo;
using Monitoring.Storage;
using Monitoring.Testing;

namespace Monitoring.Standalone.Tests.PostTo;

public sealed class Results_are_posted_until_they_are_taken : IDisposable
{
    private static readonly PosterPolicy Impatient = new()
    {
        Attempt = TimeSpan.FromSeconds(1), FirstWait = TimeSpan.FromMilliseconds(5), LongestWait = TimeSpan.FromMilliseconds(20), Refusals = 3,
    };

    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Through_every_failure_each_result_arrives_once_and_exactly_as_it_was_posted()
    {
        await using var board = await Board.StartAsync(
            Mood.Fail, Mood.Hang, Mood.Busy, Mood.Break, Mood.Take, Mood.Break, Mood.Fail, Mood.Fail, Mood.Fail, Mood.Fail, Mood.Take, Mood.Busy, Mood.Forbid, Mood.Reject, Mood.Take);
        await using var posting = Start(board);
        var results = Enumerable.Range(1, 30).Select(i => Measured.Result(i)).ToList();
        foreach (var result in results) await posting.Poster.OfferAsync(result, TestContext.Current.CancellationToken);
        await board.Took(results.Count);
        await posting.Emptied();
        await posting.StopAsync();

        Assert.Equal(results.Select(r => PostedBody.Of(r)!.Json), board.Bodies);
        Assert.Equal(0, posting.Spool.Count);
        Assert.Empty(Refused());
    }

    [Fact]
    public async Task Nothing_is_lost_over_a_restart()
    {
        await using var board = await Board.StartAsync();
        board.Then = Mood.Fail;
        var results = Enumerable.Range(1, 20).Select(i => Measured.Result(i)).ToList();
        await using (var before = Start(board))
        {
            foreach (var result in results) await before.Poster.OfferAsync(result, TestContext.Current.CancellationToken);
            await board.WasAsked(2);
            await before.StopAsync();
            Assert.Equal(20, before.Spool.Count);
        }

        Assert.Empty(board.Bodies);
        board.Then = Mood.Take;
        await using var after = Start(board);
        await board.Took(results.Count);
        await after.StopAsync();
        Assert.Equal(results.Select(r => PostedBody.Of(r)!.Json), board.Bodies);
    }

    [Fact]
    public async Task What_does_not_count_is_never_posted()
    {
        await using var board = await Board.StartAsync();
        await using var posting = Start(board);
        await posting.Poster.OfferAsync(Measured.Result(1, OutcomeCode.OurNetwork), TestContext.Current.CancellationToken);
        await posting.Poster.OfferAsync(Measured.Result(2), TestContext.Current.CancellationToken);
        await board.Took(1);
        await posting.StopAsync();
        Assert.Equal([PostedBody.Of(Measured.Result(2))!.Json], board.Bodies);
    }

    [Theory]
    [InlineData(Mood.Forbid, 403, "")]
    [InlineData(Mood.Reject, 400, "invalid region")]
    [InlineData(Mood.Redirect, 307, "")]
    public async Task What_is_refused_again_and_again_is_written_down_and_holds_up_nobody(object mood, int status, string answer)
    {
        await using var board = await Board.StartAsync((Mood)mood, (Mood)mood, (Mood)mood);
        await using var posting = Start(board);
        await posting.Poster.OfferAsync(Measured.Result(1), TestContext.Current.CancellationToken);
        await posting.Poster.OfferAsync(Measured.Result(2), TestContext.Current.CancellationToken);
        await board.Took(1);
        await posting.Emptied();
        await posting.StopAsync();

        Assert.Equal([PostedBody.Of(Measured.Result(2))!.Json], board.Bodies);
        var refused = Assert.Single(Refused());
        Assert.Equal((Measured.Result(1).Test, status, PostedBody.Of(Measured.Result(1))!.Json), (refused.Test, refused.Status, refused.Body));
        Assert.Contains(answer, refused.Answer, StringComparison.Ordinal);
        Assert.Equal(0, posting.Spool.Count);
    }

    [Fact]
    public async Task A_wrong_secret_is_a_refusal()
    {
        await using var board = await Board.StartAsync();
        await using var posting = Start(board, secret: "guess");
        await posting.Poster.OfferAsync(Measured.Result(1), TestContext.Current.CancellationToken);
        await board.WasAsked(3);
        await posting.Emptied();
        await posting.StopAsync();
        Assert.Empty(board.Bodies);
        Assert.Equal(403, Assert.Single(Refused()).Status);
    }

    [Fact]
    public async Task What_finds_the_spool_full_is_written_down()
    {
        await using var board = await Board.StartAsync();
        board.Then = Mood.Fail;
        await using var posting = Start(board, items: 2);
        for (var i = 1; i <= 3; i++) await posting.Poster.OfferAsync(Measured.Result(i), TestContext.Current.CancellationToken);
        await posting.StopAsync();
        Assert.Equal((Measured.Result(3).Test, 0), (Assert.Single(Refused()).Test, Refused()[0].Status));
        Assert.Equal(2, posting.Spool.Count);
        Assert.Equal(0, posting.Poster.Lost);
    }

    [Fact]
    public async Task What_fits_nowhere_is_counted_as_lost()
    {
        await using var board = await Board.StartAsync();
        board.Then = Mood.Fail;
        await using var posting = Start(board, items: 1, refusedBytes: 10);
        for (var i = 1; i <= 3; i++) await posting.Poster.OfferAsync(Measured.Result(i), TestContext.Current.CancellationToken);
        await posting.StopAsync();
        Assert.Equal(2, posting.Poster.Lost);
    }

    [Fact]
    public async Task What_is_refused_for_good_stays_spooled_while_it_cannot_be_written_down()
    {
        await using var board = await Board.StartAsync();
        board.Then = Mood.Reject;
        await using var posting = Start(board, refusedBytes: 10);
        await posting.Poster.OfferAsync(Measured.Result(1), TestContext.Current.CancellationToken);
        await board.WasAsked(2 * Impatient.Refusals);
        board.Then = Mood.Take;
        await board.Took(1);
        await posting.StopAsync();
        Assert.Single(board.Bodies);
    }

    [Fact]
    public async Task The_patience_that_the_server_asks_for_is_had()
    {
        await using var board = await Board.StartAsync(Mood.Busy);
        var time = new VirtualTime(new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero));
        var day = TimeSpan.FromDays(1);
        await using var posting = Start(board, time: time, policy: new PosterPolicy { Attempt = 10 * day, FirstWait = day, LongestWait = day });
        await posting.Poster.OfferAsync(Measured.Result(1), TestContext.Current.CancellationToken);
        await board.WasAsked(1);
        var began = time.GetUtcNow();
        var taken = board.Took(1);
        while (!taken.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(1));
            await Task.Yield();
        }

        await taken;
        await posting.StopAsync();
        Assert.InRange(time.GetUtcNow() - began, TimeSpan.FromSeconds(0.99), TimeSpan.FromHours(1));
    }

    private List<RefusedPost> Refused() => !File.Exists(_scratch.At("refused.jsonl"))
        ? []
        : [.. File.ReadAllLines(_scratch.At("refused.jsonl")).Select(l => JsonSerializer.Deserialize(l, RefusedPostJson.Default.RefusedPost)!)];

    private Posting Start(
        Board board, string secret = Board.Secret, int items = 1000, long refusedBytes = 1 << 20, TimeProvider? time = null, PosterPolicy? policy = null)
    {
        var spool = FileSpool.Open(
            _scratch.At("spool"), SpoolFormat.Of(PostedBodyJson.Default.PostedBody), new SpoolBounds { Items = items }, TimeProvider.System, null);
        var poster = new LeaderboardPoster(
            new PostToOptions(board.Url, new Secret(secret)), policy ?? Impatient, spool, new RefusedPosts(_scratch.At("refused.jsonl"), refusedBytes), time ?? TimeProvider.System, NullLogger<LeaderboardPoster>.Instance);
        return new Posting(poster, spool);
    }

    private sealed class Posting : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _running;

        public Posting(LeaderboardPoster poster, FileSpool<PostedBody> spool)
        {
            Poster = poster;
            Spool = spool;
            _running = poster.RunAsync(_stop.Token);
        }

        public LeaderboardPoster Poster { get; }

        public FileSpool<PostedBody> Spool { get; }

        /// <summary>Waits until nothing is spooled: what the server took last is noted a moment after it took it.</summary>
        public async Task Emptied()
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
            while (Spool.Count > 0)
            {
                await Task.Yield();
                limit.Token.ThrowIfCancellationRequested();
            }
        }

        public async Task StopAsync()
        {
            await _stop.CancelAsync();
            await _running;
        }

        public async ValueTask DisposeAsync()
        {
            await StopAsync();
            Poster.Dispose();
            await Spool.DisposeAsync();
            _stop.Dispose();
        }
    }
}
