using System.Threading.Channels;
using Monitoring.Core;
using Monitoring.Storage.Journal;

namespace Monitoring.Storage.Results;

/// <summary>What one caller wants written.</summary>
/// <param name="Day">UTC day of the test's time.</param>
/// <param name="Key">What may be written once.</param>
/// <param name="Outcome">The outcome's record.</param>
/// <param name="Evidence">The evidence's record, if there is any.</param>
internal sealed record ResultEntry(DateOnly Day, (TestId Test, int Revision) Key, byte[] Outcome, byte[]? Evidence)
{
    /// <summary>True when it was written, false when it was there.</summary>
    public TaskCompletionSource<bool> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>True when another entry of the same batch has the same key: it is answered when that one is durable.</summary>
    public bool IsDuplicate { get; set; }
}

/// <summary>
/// The one writer of the journal: takes what waits as a batch, writes each file once and syncs it, and only then answers the callers.
/// Evidence is synced before outcomes, so that an outcome that is there has its evidence.
/// </summary>
internal sealed class ResultWriter : IAsyncDisposable
{
    private const int MostEntries = 256;
    private const int MostBytes = 16 << 20;
    private readonly Channel<ResultEntry> _queue = Channel.CreateBounded<ResultEntry>(new BoundedChannelOptions(MostEntries) { SingleReader = true });
    private readonly JournalFolder _folder;
    private readonly OpenDays _days;
    private readonly List<ResultEntry> _batch = [];
    private readonly HashSet<OpenDay> _touched = [];
    private readonly Task _loop;

    public ResultWriter(JournalFolder folder, OpenDays days)
    {
        (_folder, _days) = (folder, days);
        _loop = RunAsync();
    }

    /// <exception cref="StorageFullException">It could not be written.</exception>
    /// <exception cref="ObjectDisposedException">The writer was closed.</exception>
    public async Task<bool> AppendAsync(ResultEntry entry, CancellationToken cancellationToken)
    {
        try
        {
            await _queue.Writer.WriteAsync(entry, cancellationToken);
        }
        catch (ChannelClosedException)
        {
            throw new ObjectDisposedException(nameof(JournalResultStore));
        }

        return await entry.Done.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Writes what waits, then closes the files.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _loop;
        _days.Dispose();
    }

    private async Task RunAsync()
    {
        while (await _queue.Reader.WaitToReadAsync())
        {
            try
            {
                await TakeAsync();
                Write();
            }
            catch (Exception e)
            {
                Fail(e);
            }
            finally
            {
                _batch.Clear();
                _touched.Clear();
                _days.Trim();
            }
        }
    }

    // Stages what waits, up to the bounds of a batch. A batch never needs more days than may be open at once.
    private async Task TakeAsync()
    {
        var bytes = 0;
        while (_batch.Count < MostEntries && bytes < MostBytes && _queue.Reader.TryPeek(out var next))
        {
            if (_days.IsCrowded || (_touched.Count == OpenDays.Most && !_touched.Any(touched => touched.Day == next.Day))) break;
            _queue.Reader.TryRead(out var entry);
            OpenDay day;
            try
            {
                day = await _days.GetAsync(entry!.Day, entry.Evidence is not null, CancellationToken.None);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                entry!.Done.SetException(Full(e));
                continue;
            }

            if (day.IsDurable(entry.Key))
            {
                entry.Done.SetResult(false);
                continue;
            }

            _touched.Add(day);
            _batch.Add(entry);
            bytes += entry.Outcome.Length + (entry.Evidence?.Length ?? 0);
            if (!day.Stage(entry)) entry.IsDuplicate = true;
        }
    }

    private void Write()
    {
        foreach (var day in _touched) day.WriteEvidence();
        foreach (var day in _touched) day.WriteOutcomes();
        foreach (var day in _touched) day.Confirm();
        foreach (var entry in _batch) entry.Done.SetResult(!entry.IsDuplicate);
    }

    private void Fail(Exception cause)
    {
        foreach (var day in _touched)
        {
            try
            {
                day.Rollback();
            }
            catch (Exception)
            {
                // It cannot even be cut: read it anew before it is used again. Whole lines that stay are then found to be there already.
                _days.Close(day);
            }
        }

        var answer = cause is IOException or UnauthorizedAccessException ? Full(cause) : cause;
        foreach (var entry in _batch) entry.Done.TrySetException(answer);
    }

    private StorageFullException Full(Exception cause) => new(
        $"Results could not be written to '{_folder.FolderPath}': {cause.Message} Nothing was kept of what was to be written; free space or mend the disk, then try again.",
        cause);
}
