using Microsoft.Extensions.Logging;
using Monitoring.Core;
using Monitoring.Standalone.Configuration;
using Monitoring.Storage;
using Polly;
using Polly.Retry;
using Outcome = Monitoring.Core.Outcome;

namespace Monitoring.Standalone.PostTo;

/// <summary>How results are posted.</summary>
internal sealed record PosterPolicy
{
    /// <summary>The longest one attempt may take. 10 s.</summary>
    public TimeSpan Attempt { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The first wait after a failure; it doubles, with jitter. 1 s.</summary>
    public TimeSpan FirstWait { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait, also when the server asks for a longer one. 5 min.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Refusals after which a post goes to the file of refused posts. 5.</summary>
    public int Refusals { get; init; } = 5;
}

/// <summary>
/// Posts our results to an existing leaderboard server, oldest first, each until it is taken. A result is spooled before anything else, so
/// it survives a restart. The server may get one twice (its answer was lost, or we died before we noted it), never not at all: what it
/// refuses again and again, or what finds the spool full, is written to a file for a person to look at.
/// </summary>
internal sealed partial class LeaderboardPoster : IDisposable
{
    private const int Batch = 64;

    private readonly PostToOptions _to;
    private readonly PosterPolicy _policy;
    private readonly ISpool<PostedBody> _spool;
    private readonly RefusedPosts _refused;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly HttpClient _http;
    private readonly SemaphoreSlim _spooled = new(0);
    private long _lost;

    public LeaderboardPoster(PostToOptions to, PosterPolicy policy, ISpool<PostedBody> spool, RefusedPosts refused, TimeProvider time, ILogger<LeaderboardPoster> log)
    {
        _to = to;
        _policy = policy;
        _spool = spool;
        _refused = refused;
        _time = time;
        _log = log;

        // A redirect would carry the signature to somebody else.
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = policy.Attempt })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>Results that could be neither spooled nor written down: their loss stands in the log, each one.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    /// <summary>Results that wait to be posted.</summary>
    public int Waiting => _spool.Count;

    /// <summary>
    /// Takes a result on, unless it is of a kind that nobody posts (not measured here, or not counted). When the task completes it is durable.
    /// </summary>
    public async Task OfferAsync(OutcomeRevision result, CancellationToken cancellationToken)
    {
        if (PostedBody.Of(result) is not { } body) return;
        try
        {
            await _spool.AddAsync(result.Test, body, cancellationToken);
            _spooled.Release();
        }
        catch (StorageFullException e)
        {
            if (await TryWriteDownAsync(new RefusedPost(_time.GetUtcNow(), result.Test, 0, Outcome.Clean(e.Message), body.Json), cancellationToken))
                LogSpoolFull(result.Test, _refused.Path, e.Message);
            else
                LogLost(result.Test, Interlocked.Increment(ref _lost), body.Json);
        }
    }

    /// <summary>Posts until asked to stop; what is left then stays spooled.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        if (_spool.Count > 0) LogLeftOver(_spool.Count, _to.Url.Host);
        try
        {
            while (true)
            {
                try
                {
                    var batch = await _spool.PeekAsync(Batch, stop);
                    foreach (var (test, body) in batch) await DeliverAsync(test, body, stop);
                    if (batch.Count == 0) await _spooled.WaitAsync(stop);
                }
                catch (IOException e)
                {
                    LogSpoolUnusable(e.Message);
                    await Task.Delay(_policy.LongestWait, _time, stop);
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        _spooled.Dispose();
        _refused.Dispose();
    }

    private async Task DeliverAsync(TestId test, PostedBody body, CancellationToken stop)
    {
        var refusals = 0;
        var untilDone = new ResiliencePipelineBuilder<PostAttempt> { TimeProvider = _time }.AddRetry(new RetryStrategyOptions<PostAttempt>
        {
            ShouldHandle = new PredicateBuilder<PostAttempt>().HandleResult(a => a.Verdict != PostVerdict.Taken && refusals < _policy.Refusals),
            MaxRetryAttempts = int.MaxValue,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = _policy.FirstWait,
            MaxDelay = _policy.LongestWait,
            DelayGenerator = a => ValueTask.FromResult(a.Outcome.Result.RetryAfter is { } asked ? Shorter(asked, _policy.LongestWait) : (TimeSpan?)null),
            OnRetry = a =>
            {
                LogNotTaken(test, _to.Url.Host, a.Outcome.Result.Status, a.Outcome.Result.Answer, a.RetryDelay);
                return ValueTask.CompletedTask;
            },
        }).Build();
        var last = await untilDone.ExecuteAsync(
            async token =>
            {
                var attempt = await PostAttempt.SendAsync(_http, _to, body.Json, _policy.Attempt, _time, token);
                if (attempt.Verdict == PostVerdict.Refused) refusals++;
                return attempt;
            },
            stop);
        if (last.Verdict != PostVerdict.Taken)
        {
            if (!await TryWriteDownAsync(new RefusedPost(_time.GetUtcNow(), test, last.Status, last.Answer, body.Json), stop))
            {
                // It stays where it is; the spool is bounded and says so when it is full.
                LogNotWrittenDown(test, _refused.Path);
                await Task.Delay(_policy.LongestWait, _time, stop);
                return;
            }

            LogRefused(test, _to.Url.Host, last.Status, last.Answer, _refused.Path);
        }

        await _spool.RemoveAsync(test, stop);
    }

    private async Task<bool> TryWriteDownAsync(RefusedPost post, CancellationToken cancellationToken)
    {
        try
        {
            return await _refused.TryAddAsync(post, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogUnwritable(_refused.Path, e.Message);
            return false;
        }
    }

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;

    [LoggerMessage(4001, LogLevel.Information, "{Count} results of an earlier run wait to be posted to {Host}")]
    private partial void LogLeftOver(int count, string host);

    [LoggerMessage(4002, LogLevel.Warning, "{Host} did not take {Test} ({Status}: {Answer}); it is posted again in {Wait}")]
    private partial void LogNotTaken(TestId test, string host, int status, string answer, TimeSpan wait);

    [LoggerMessage(4003, LogLevel.Error, "{Host} REFUSES {Test} ({Status}: {Answer}); it was given up and stands in {File}. Check PostTo:Secret and that the server knows this region")]
    private partial void LogRefused(TestId test, string host, int status, string answer, string file);

    [LoggerMessage(4004, LogLevel.Error, "{Test} will not be posted, for the spool takes no more; it stands in {File}: {Why}")]
    private partial void LogSpoolFull(TestId test, string file, string why);

    [LoggerMessage(4005, LogLevel.Critical, "{Test} will not be posted and could not be written down, number {Lost} since the start: {Body}")]
    private partial void LogLost(TestId test, long lost, string body);

    [LoggerMessage(4006, LogLevel.Error, "{Test} was refused for good and does not fit into {File}: move the file away")]
    private partial void LogNotWrittenDown(TestId test, string file);

    [LoggerMessage(4008, LogLevel.Error, "The spool of results to post cannot be used and is tried again: {Why}")]
    private partial void LogSpoolUnusable(string why);

    [LoggerMessage(4007, LogLevel.Error, "{File} cannot be written: {Why}")]
    private partial void LogUnwritable(string file, string why);
}
