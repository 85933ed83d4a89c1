using System.Threading.Channels;
using Monitoring.Core;
using Npgsql;

namespace Monitoring.Storage.Postgres;

/// <summary>
/// The one writer of a store: takes what waits as a batch, and answers each caller when the batch is committed. While the database cannot be
/// written everybody is refused at once, and it is tried again after a pause that grows; nothing is kept here for later, for whoever asks has it.
/// </summary>
internal sealed class PostgresWriter : IAsyncDisposable
{
    /// <summary>Revisions in one transaction at most.</summary>
    internal const int MostRows = 1_000;

    private const int MostBytes = 16 << 20;
    private const int MostWaiting = 4_000;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly Channel<Entry> _queue = Channel.CreateBounded<Entry>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });
    private readonly PostgresUrl _url;
    private readonly NpgsqlDataSource _source;
    private readonly PostgresPartitions _partitions;
    private readonly TimeProvider _time;
    private readonly Task _loop;
    private int _failures;
    private long _failedAt;
    private string _failure = "";

    public PostgresWriter(PostgresUrl url, NpgsqlDataSource source, PostgresPartitions partitions, TimeProvider time)
    {
        (_url, _source, _partitions, _time) = (url, source, partitions, time);
        _loop = RunAsync();
    }

    /// <exception cref="StorageFullException">It could not be written, or it is not known that it was.</exception>
    /// <exception cref="ObjectDisposedException">The writer was closed.</exception>
    public async Task<bool> AppendAsync(PostgresRow row, CancellationToken cancellationToken)
    {
        var entry = new Entry(row);
        try
        {
            await _queue.Writer.WriteAsync(entry, cancellationToken);
        }
        catch (ChannelClosedException)
        {
            throw new ObjectDisposedException(nameof(PostgresResultStore));
        }

        return await entry.Done.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Writes what waits, then ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _loop;
    }

    private async Task RunAsync()
    {
        var batch = new Dictionary<(int, string, int), Entry>();
        var again = new List<Entry>();
        while (await _queue.Reader.WaitToReadAsync())
        {
            Take(batch, again);
            await WriteAsync(batch, again);
            batch.Clear();
            again.Clear();
        }
    }

    private void Take(Dictionary<(int, string, int), Entry> batch, List<Entry> again)
    {
        for (var bytes = 0; batch.Count < MostRows && again.Count < MostRows && bytes < MostBytes && _queue.Reader.TryRead(out var entry);)
        {
            if (batch.TryAdd(entry.Row.Key, entry)) bytes += entry.Row.Bytes;
            else again.Add(entry);
        }
    }

    private async Task WriteAsync(Dictionary<(int, string, int), Entry> batch, List<Entry> again)
    {
        try
        {
            if (IsPausing) throw new StorageFullException(_failure);
            var fresh = await TryTwiceAsync([.. batch.Values.Select(entry => entry.Row)]);
            _failures = 0;
            foreach (var (key, entry) in batch) entry.Done.SetResult(fresh.Contains(key));
            foreach (var entry in again) entry.Done.SetResult(false);
        }
        catch (PostgresException e) when (IsOfTheData(e))
        {
            await WriteOneByOneAsync(batch.Values, again);
        }
        catch (Exception e)
        {
            var refusal = Refusal(e);
            foreach (var entry in batch.Values.Concat(again)) entry.Done.SetException(refusal);
        }
    }

    // A pooled connection may have died since it was used last, or the partition of an old day may have been dropped: that alone is no failure.
    private async Task<HashSet<(int, string, int)>> TryTwiceAsync(IReadOnlyCollection<PostgresRow> rows)
    {
        try
        {
            return await InsertAsync(rows);
        }
        catch (NpgsqlException e) when (_failures == 0 && (e is not PostgresException || e.IsTransient || e.SqlState is PostgresErrorCodes.CheckViolation or PostgresErrorCodes.UndefinedTable))
        {
            _partitions.Forget();
            return await InsertAsync(rows);
        }
    }

    private async Task<HashSet<(int, string, int)>> InsertAsync(IReadOnlyCollection<PostgresRow> rows)
    {
        await using var connection = await _source.OpenConnectionAsync();
        await _partitions.EnsureAsync(connection, rows.Select(row => row.Key.Day), CancellationToken.None);
        return await ResultInsert.RunAsync(connection, rows, CancellationToken.None);
    }

    // One row that the server does not take must not keep the others from being written for ever.
    private async Task WriteOneByOneAsync(IEnumerable<Entry> batch, List<Entry> again)
    {
        foreach (var entry in batch)
        {
            try
            {
                entry.Done.SetResult((await InsertAsync([entry.Row])).Count > 0);
            }
            catch (PostgresException e) when (IsOfTheData(e))
            {
                entry.Done.SetException(new ArgumentException($"{_url.Display} does not take the record of test {entry.Row.Key.Test}: {PostgresUrl.Reason(e)}", e));
            }
            catch (Exception e)
            {
                entry.Done.SetException(Refusal(e));
            }
        }

        // Whoever asked for the same revision is told to ask again: it is then there, or refused for itself.
        foreach (var entry in again) entry.Done.SetException(new StorageFullException($"{_url.Display} refused a batch of results. Try again."));
    }

    private bool IsPausing => _failures > 0
        && _time.GetElapsedTime(_failedAt) < TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, FirstPause.Ticks << Math.Min(_failures - 1, 10)));

    private Exception Refusal(Exception e)
    {
        if (e is StorageFullException || !PostgresUrl.IsFailure(e)) return e;
        _partitions.Forget();
        _failures++;
        _failedAt = _time.GetTimestamp();
        _failure = $"Results could not be written to {_url.Display}: {PostgresUrl.Reason(e)} Nothing is lost: it is tried again until the database takes them.";
        return new StorageFullException(_failure, e);
    }

    // Class 22, data: a text or number that the server cannot hold.
    private static bool IsOfTheData(PostgresException e) => e.SqlState.StartsWith("22", StringComparison.Ordinal);

    private sealed class Entry(PostgresRow row)
    {
        public PostgresRow Row { get; } = row;

        public TaskCompletionSource<bool> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
