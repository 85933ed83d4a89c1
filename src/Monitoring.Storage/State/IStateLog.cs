namespace Monitoring.Storage;

/// <summary>
/// Small things that a host must not forget: secrets of days, enrolments, spend of the day. Values are JSON under a kind and a key; the last
/// one written counts. It is read whole at start, so it is for thousands of entries, not millions.
/// </summary>
public interface IStateLog : IAsyncDisposable
{
    /// <summary>The value of a key as JSON text, or null.</summary>
    string? Find(string kind, string key);

    /// <summary>All entries of a kind, in ordinal order of their keys.</summary>
    ImmutableArray<StateEntry> Read(string kind);

    /// <summary>Sets a value. It is durable when the task completes.</summary>
    /// <exception cref="System.Text.Json.JsonException">The value is not JSON.</exception>
    /// <exception cref="StorageFullException">The disk is full or unwritable, or a bound is reached; the old value stands.</exception>
    Task PutAsync(string kind, string key, string json, CancellationToken cancellationToken);

    /// <summary>
    /// Sets many values with one write to the disk. They are durable when the task completes; after a crash before that, some may be there.
    /// </summary>
    /// <exception cref="System.Text.Json.JsonException">A value is not JSON; nothing was set.</exception>
    /// <exception cref="StorageFullException">The disk is full or unwritable, or a bound is reached; the old values stand.</exception>
    Task PutAllAsync(IReadOnlyCollection<StateEntry> entries, CancellationToken cancellationToken);

    /// <summary>Removes a key durably. One that is not there is no error.</summary>
    /// <exception cref="StorageFullException">The disk is full or unwritable; the value stands.</exception>
    Task RemoveAsync(string kind, string key, CancellationToken cancellationToken);
}

/// <summary>One entry of a state log.</summary>
/// <param name="Kind">What sort of thing it is.</param>
/// <param name="Key">Which of them.</param>
/// <param name="Json">Its value, JSON text without white space.</param>
public readonly record struct StateEntry(string Kind, string Key, string Json);
