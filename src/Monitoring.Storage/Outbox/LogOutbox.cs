using System.Text.Json;
using Monitoring.Core;
using Monitoring.Storage.Disk;
using Monitoring.Storage.Journal;
using Monitoring.Storage.Lines;

namespace Monitoring.Storage;

/// <summary>
/// An outbox in a state log: in one file, a <see cref="KeyedLog"/> of its own, or in PostgreSQL (<see cref="Postgres.PostgresDuty"/>). A notification's deliveries are written before the incident remembers that it
/// was taken, so a crash between them leaves too much, never too little.
/// </summary>
public sealed class LogOutbox : IOutboxStore
{
    private const string Owed = "owed";
    private const string Buried = "dead";
    private const string Standing = "standing";
    private const string Incidents = "incident";

    private readonly IStateLog _log;
    private readonly OutboxBounds _bounds;
    private readonly Action<JournalFault>? _onFault;
    private readonly SemaphoreSlim _gate = new(1);
    private readonly Dictionary<string, TakenIncidentLine> _incidents = [];
    private int _waiting;
    private int _dead;

    private LogOutbox(IStateLog log, OutboxBounds bounds, Action<JournalFault>? onFault) => (_log, _bounds, _onFault) = (log, bounds, onFault);

    /// <inheritdoc />
    public int Waiting => Volatile.Read(ref _waiting);

    /// <inheritdoc />
    public int Dead => Volatile.Read(ref _dead);

    /// <summary>Opens an outbox with what an earlier process left in it.</summary>
    /// <param name="path">Its file; created if it is not there.</param>
    /// <param name="bounds">How much it holds.</param>
    /// <param name="onFault">Gets each fault once; may be null.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    /// <exception cref="IOException">The file cannot be read or written.</exception>
    public static Task<LogOutbox> OpenAsync(string path, OutboxBounds bounds, Action<JournalFault>? onFault, CancellationToken cancellationToken) =>
        OpenAsync(path, bounds, onFault, SystemDisk.Instance, cancellationToken);

    internal static async Task<LogOutbox> OpenAsync(
        string path, OutboxBounds bounds, Action<JournalFault>? onFault, IDisk disk, CancellationToken cancellationToken)
    {
        return Open(await KeyedLog.OpenAsync(path, onFault, disk, 1 << 20, cancellationToken), bounds, onFault);
    }

    /// <summary>Opens an outbox with what was left in a state log. The log holds nothing else, and is disposed with the outbox.</summary>
    /// <param name="log">The log.</param>
    /// <param name="bounds">How much it holds.</param>
    /// <param name="onFault">Gets each fault once; may be null.</param>
    public static LogOutbox Open(IStateLog log, OutboxBounds bounds, Action<JournalFault>? onFault)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(bounds);
        var outbox = new LogOutbox(log, bounds, onFault);
        foreach (var entry in log.Read(Incidents))
        {
            if (outbox.TryRead(entry, TakenIncidentLine.Read) is { } incident) outbox._incidents[entry.Key] = incident;
        }

        outbox.Count();
        return outbox;
    }

    /// <summary>The dead letters of an outbox that another process may be using; its file is only read.</summary>
    /// <param name="path">Its file; none is no error.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static async Task<ImmutableArray<DeadLetter>> ReadDeadAsync(string path, CancellationToken cancellationToken)
    {
        if (!File.Exists(path)) return [];
        var letters = new SortedDictionary<string, DeadLetter>(StringComparer.Ordinal);
        using var reader = new ChainReader(Path.GetFullPath(path), new FileInfo(path).Length, _ => { });
        while (await reader.ReadAsync(cancellationToken))
        {
            try
            {
                var line = JsonSerializer.Deserialize(reader.Record.Span, StoredJson.Default.StateLine);
                if (line is not { Kind: Buried, Key: { } key }) continue;
                if (line.Value.ValueKind == JsonValueKind.Undefined) letters.Remove(key);
                else letters[key] = OwedLine.ReadDead(line.Value.GetRawText());
            }
            catch (JsonException)
            {
                // The process that owns the file reports what is wrong in it.
            }
        }

        return [.. letters.Values.OrderBy(l => l.At)];
    }

    /// <inheritdoc />
    public async Task<ImmutableArray<OwedDelivery>> AddAsync(
        Notification notification, ImmutableArray<Receiver> to, DateTimeOffset at, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(notification);
        await _gate.WaitAsync(cancellationToken);
        try
        {
            var key = notification.Incident.Key.Text;
            var known = _incidents.GetValueOrDefault(key);

            // Whoever lost what he knew counts his incidents from one again; a new one must not pass for an old one.
            if (known is { IsOver: true } && known.OpenedAt != notification.Incident.OpenedAt.UtcDateTime) known = null;
            if (known is not null && IsTaken(known, notification.Sequence)) return [];

            var told = Told(known);
            foreach (var receiver in to)
            {
                if (!told.Exists(t => t.Channel == receiver.Channel)) told.Add(receiver);
            }

            ImmutableArray<OwedDelivery> owed =
                [.. told.Select(t => new OwedDelivery { Channel = t.Channel, Route = t.Route, Notification = notification, AcceptedAt = at })];
            if (_waiting + owed.Length > _bounds.Waiting)
            {
                throw new StorageFullException(
                    $"The outbox holds {_waiting} deliveries, which is all it may: {key} #{notification.Sequence} was not taken. Mend the channels that do not take theirs.");
            }

            if (!_incidents.ContainsKey(key)) await MakeRoomAsync(key, at, cancellationToken);
            var incident = Took(known, notification, told, at);
            await _log.PutAllAsync(
                [.. owed.Select(o => new StateEntry(Owed, o.Id, OwedLine.Write(o))), new StateEntry(Incidents, key, incident.Write())], cancellationToken);
            _incidents[key] = incident;
            return owed;
        }
        finally
        {
            Count();
            _gate.Release();
        }
    }

    /// <inheritdoc />
    public Task<ImmutableArray<OwedDelivery>> ReadAsync(CancellationToken cancellationToken) => Task.FromResult<ImmutableArray<OwedDelivery>>(
        [.. Each(Owed, OwedLine.ReadOwed).OrderBy(o => o.AcceptedAt).ThenBy(o => o.Notification.Sequence)]);

    /// <inheritdoc />
    public Task PostponeAsync(OwedDelivery delivery, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        return _log.PutAsync(Owed, delivery.Id, OwedLine.Write(delivery), cancellationToken);
    }

    /// <inheritdoc />
    public async Task SettleAsync(OwedDelivery delivery, bool standing, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        await _gate.WaitAsync(cancellationToken);
        try
        {
            var notification = delivery.Notification;
            var key = $"{notification.Incident.Key.Text} {delivery.Channel}";
            if (notification.Kind == NotificationKind.Resolved) await _log.RemoveAsync(Standing, key, cancellationToken);
            else if (standing) await _log.PutAsync(Standing, key, OwedLine.Write(delivery), cancellationToken);
            await _log.RemoveAsync(Owed, delivery.Id, cancellationToken);
        }
        finally
        {
            Count();
            _gate.Release();
        }
    }

    /// <inheritdoc />
    public Task<ImmutableArray<Notification>> ReadStandingAsync(string channel, CancellationToken cancellationToken) => Task.FromResult<ImmutableArray<Notification>>(
        [.. Each(Standing, OwedLine.ReadOwed).Where(o => o.Channel == channel).Select(o => o.Notification)]);

    /// <inheritdoc />
    public async Task BuryAsync(DeadLetter letter, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(letter);
        await _gate.WaitAsync(cancellationToken);
        try
        {
            var dead = _log.Read(Buried);
            if (dead.Length >= _bounds.Dead)
            {
                var oldest = Each(Buried, OwedLine.ReadDead).OrderBy(l => l.At).Take(dead.Length - _bounds.Dead + 1).Select(l => l.Delivery.Id);
                foreach (var id in oldest.ToList()) await _log.RemoveAsync(Buried, id, cancellationToken);
            }

            await _log.PutAsync(Buried, letter.Delivery.Id, OwedLine.Write(letter), cancellationToken);
            await _log.RemoveAsync(Owed, letter.Delivery.Id, cancellationToken);
        }
        finally
        {
            Count();
            _gate.Release();
        }
    }

    /// <inheritdoc />
    public Task<ImmutableArray<DeadLetter>> ReadDeadAsync(CancellationToken cancellationToken) =>
        Task.FromResult<ImmutableArray<DeadLetter>>([.. Each(Buried, OwedLine.ReadDead).OrderBy(l => l.At)]);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _log.DisposeAsync();
        _gate.Dispose();
    }

    private static bool IsTaken(TakenIncidentLine incident, int sequence) => sequence < incident.Below || incident.Beyond?.Contains(sequence) == true;

    private static List<Receiver> Told(TakenIncidentLine? incident) =>
        incident?.Told is { } told ? [.. told.Chunk(2).Where(c => c.Length == 2).Select(c => new Receiver(c[0], c[1]))] : [];

    private static TakenIncidentLine Took(TakenIncidentLine? known, Notification notification, List<Receiver> told, DateTimeOffset at)
    {
        var beyond = new SortedSet<int>(known?.Beyond ?? []) { notification.Sequence };
        var below = known?.Below ?? 0;
        while (beyond.Remove(below)) below++;
        return new TakenIncidentLine
        {
            Below = below,
            Beyond = beyond.Count == 0 ? null : [.. beyond],
            Told = [.. told.SelectMany(t => new[] { t.Channel, t.Route })],
            IsOver = known?.IsOver == true || notification.Kind == NotificationKind.Resolved,
            OpenedAt = notification.Incident.OpenedAt.UtcDateTime,
            At = at.UtcDateTime,
        };
    }

    // Incidents that are over are forgotten in time; should there be too many before that, those that ended first.
    private async Task MakeRoomAsync(string key, DateTimeOffset at, CancellationToken cancellationToken)
    {
        if (_incidents.Count < _bounds.Incidents && !_incidents.Values.Any(i => i.IsOver && i.At < at.UtcDateTime - _bounds.Memory)) return;
        var over = _incidents.Where(i => i.Value.IsOver).OrderBy(i => i.Value.At).ToList();
        foreach (var (old, incident) in over)
        {
            if (_incidents.Count < _bounds.Incidents && incident.At >= at.UtcDateTime - _bounds.Memory) break;
            await _log.RemoveAsync(Incidents, old, cancellationToken);
            _incidents.Remove(old);
        }

        if (_incidents.Count >= _bounds.Incidents)
            throw new StorageFullException($"The outbox remembers {_incidents.Count} incidents that last, which is all it may: {key} was not taken.");
    }

    private IEnumerable<T> Each<T>(string kind, Func<string, T> read) where T : class =>
        _log.Read(kind).Select(entry => TryRead(entry, read)).OfType<T>();

    private T? TryRead<T>(StateEntry entry, Func<string, T> read) where T : class
    {
        try
        {
            return read(entry.Json);
        }
        catch (JsonException e)
        {
            _onFault?.Invoke(new JournalFault("outbox", 0, 0, JournalFaultKind.NotARecord, $"The entry {entry.Kind} {entry.Key} is not understood and was left alone: {e.Message}"));
            return null;
        }
    }

    private void Count()
    {
        Volatile.Write(ref _waiting, _log.Read(Owed).Length);
        Volatile.Write(ref _dead, _log.Read(Buried).Length);
    }
}
