using System.Collections.Concurrent;
using Monitoring.Cluster.State;
using Orleans.Runtime;
using Orleans.Storage;

namespace Monitoring.Cluster.Tests;

/// <summary>
/// Storage that outlives every silo, in the format of the product and with the rule of a database: a write must name the version that it
/// replaces. A test may make it refuse.
/// </summary>
internal sealed class SharedStorage : IGrainStorage
{
    private readonly ConcurrentDictionary<string, (string Etag, byte[] Json)> _rows = new();
    private readonly StateFormat _format = new();
    private int _version;

    /// <summary>Asked before each write; what it returns is thrown.</summary>
    public Func<string, GrainId, Exception?> OnWrite { get; set; } = (_, _) => null;

    public int Writes => Volatile.Read(ref _version);

    public string Json(string name, string key) => System.Text.Encoding.UTF8.GetString(_rows.Single(r => r.Key.StartsWith(name + "|", StringComparison.Ordinal) && r.Key.EndsWith(key, StringComparison.Ordinal)).Value.Json);

    public void Put(string name, GrainId id, byte[] json) => _rows[Key(name, id)] = (Next(), json);

    public void Remove(string name, GrainId id) => _rows.TryRemove(Key(name, id), out _);

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (_rows.TryGetValue(Key(stateName, grainId), out var row))
        {
            grainState.State = _format.Deserialize<T>(new BinaryData(row.Json));
            (grainState.ETag, grainState.RecordExists) = (row.Etag, true);
        }
        else
        {
            grainState.State = Activator.CreateInstance<T>();
            (grainState.ETag, grainState.RecordExists) = (null, false);
        }

        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (OnWrite(stateName, grainId) is { } refusal) throw refusal;
        var next = (Next(), _format.Serialize(grainState.State).ToArray());
        var key = Key(stateName, grainId);
        var written = grainState.ETag is null
            ? _rows.TryAdd(key, next)
            : _rows.TryGetValue(key, out var known) && known.Etag == grainState.ETag && _rows.TryUpdate(key, next, known);
        if (!written) throw new InconsistentStateException($"The row {key} is of another version.", _rows.GetValueOrDefault(key).Etag, grainState.ETag);
        (grainState.ETag, grainState.RecordExists) = (next.Item1, true);
        return Task.CompletedTask;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        _rows.TryRemove(Key(stateName, grainId), out _);
        (grainState.ETag, grainState.RecordExists) = (null, false);
        return Task.CompletedTask;
    }

    // Like the product's provider: the type of the grain is no part of the key.
    private static string Key(string name, GrainId id) => $"{name}|{id.Key}";

    private string Next() => Interlocked.Increment(ref _version).ToString(System.Globalization.CultureInfo.InvariantCulture);
}
