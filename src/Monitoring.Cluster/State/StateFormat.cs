using System.Text.Json;
using Orleans.Storage;

namespace Monitoring.Cluster.State;

/// <summary>
/// Grain state as plain JSON: no type names, so that a class may be renamed without a row becoming unreadable. Every document begins with
/// the number of its schema.
/// </summary>
internal sealed class StateFormat : IGrainStorageSerializer
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.General)
    {
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };

    /// <inheritdoc />
    public BinaryData Serialize<T>(T? input) => new(JsonSerializer.SerializeToUtf8Bytes(input, Options));

    /// <inheritdoc />
    public T Deserialize<T>(BinaryData input) =>
        JsonSerializer.Deserialize<T>(input, Options) ?? throw new JsonException($"The state of a {typeof(T).Name} is null.");
}
