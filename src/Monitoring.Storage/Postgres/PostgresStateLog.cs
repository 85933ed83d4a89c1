using System.Text.Json;
using Npgsql;

namespace Monitoring.Storage.Postgres;

/// <summary>A state log in PostgreSQL, whole in memory as that of a file is. One process has it at a time (<see cref="PostgresDuty"/>).</summary>
internal sealed class PostgresStateLog : IStateLog
{
    private const int MostKeys = 100_000;
    private const int MostCharactersOfValue = 1 << 20;
    private const int MostCharactersOfName = 200;

    private readonly PostgresDuty _duty;
    private readonly string _name;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, SortedDictionary<string, string>> _kinds = [];
    private int _keys;
    private bool _isClosed;

    public PostgresStateLog(PostgresDuty duty, string name, IEnumerable<StateEntry> entries)
    {
        (_duty, _name) = (duty, name);
        foreach (var entry in entries) Apply(entry);
    }

    /// <inheritdoc />
    public string? Find(string kind, string key)
    {
        lock (_lock) return _kinds.TryGetValue(kind, out var entries) ? entries.GetValueOrDefault(key) : null;
    }

    /// <inheritdoc />
    public ImmutableArray<StateEntry> Read(string kind)
    {
        lock (_lock) return _kinds.TryGetValue(kind, out var entries) ? [.. entries.Select(entry => new StateEntry(kind, entry.Key, entry.Value))] : [];
    }

    /// <inheritdoc />
    public Task PutAsync(string kind, string key, string json, CancellationToken cancellationToken) => PutAllAsync([new StateEntry(kind, key, json)], cancellationToken);

    /// <inheritdoc />
    /// <exception cref="ArgumentException">A kind, a key or a value is too long, or a name is empty.</exception>
    public async Task PutAllAsync(IReadOnlyCollection<StateEntry> entries, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(entries);
        foreach (var (kind, key, json) in entries)
        {
            CheckName(kind);
            CheckName(key);
            if (json.Length > MostCharactersOfValue) throw new ArgumentException($"The value of {kind} {key} has {json.Length} characters; the state log takes {MostCharactersOfValue}.", nameof(entries));
            using var document = JsonDocument.Parse(json);
        }

        // Of two values for one key in one call the last one counts.
        var changed = entries.GroupBy(e => (e.Kind, e.Key)).Select(g => g.Last()).Where(e => Find(e.Kind, e.Key) != e.Json).ToList();
        if (changed.Count == 0) return;
        var added = changed.Count(e => Find(e.Kind, e.Key) is null);
        if (_keys + added > MostKeys) throw new StorageFullException($"The state log {_name} holds {_keys} keys, which is all it may.");
        await WriteAsync(
            """
            INSERT INTO state_entry (log, kind, key, value) SELECT $1, k, n, v::json FROM unnest($2::text[], $3::text[], $4::text[]) AS e(k, n, v)
            ON CONFLICT (log, kind, key) DO UPDATE SET value = EXCLUDED.value
            """,
            [_name, changed.Select(e => e.Kind).ToArray(), changed.Select(e => e.Key).ToArray(), changed.Select(e => e.Json).ToArray()]);
        foreach (var entry in changed) Apply(entry);
    }

    /// <inheritdoc />
    public async Task RemoveAsync(string kind, string key, CancellationToken cancellationToken)
    {
        CheckName(kind);
        CheckName(key);
        if (Find(kind, key) is null) return;
        await WriteAsync("DELETE FROM state_entry WHERE log = $1 AND kind = $2 AND key = $3", [_name, kind, key]);
        lock (_lock)
        {
            if (_kinds.TryGetValue(kind, out var entries) && entries.Remove(key)) _keys--;
        }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        _isClosed = true;
        return ValueTask.CompletedTask;
    }

    private async Task WriteAsync(string sql, object[] values)
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        try
        {
            await _duty.RunAsync(async connection =>
            {
                await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 30 };
                foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
                return await command.ExecuteNonQueryAsync(CancellationToken.None);
            });
        }
        catch (IOException e) when (e is not StorageFullException)
        {
            throw new StorageFullException($"The state log {_name} could not be written: {e.Message}", e);
        }
    }

    private void Apply(StateEntry entry)
    {
        lock (_lock)
        {
            if (!_kinds.TryGetValue(entry.Kind, out var entries)) _kinds[entry.Kind] = entries = new SortedDictionary<string, string>(StringComparer.Ordinal);
            if (!entries.ContainsKey(entry.Key)) _keys++;
            entries[entry.Key] = entry.Json;
        }
    }

    private static void CheckName(string name)
    {
        if (name is not { Length: > 0 and <= MostCharactersOfName }) throw new ArgumentException($"'{name}' is not a name of 1 to {MostCharactersOfName} characters.", nameof(name));
    }
}
