using System.Text.Json;

namespace Monitoring.Storage.Lines;

/// <summary>One change of a <see cref="KeyedLog"/> as it is stored: a value, or none where the key was removed.</summary>
internal sealed class StateLine
{
    public required string? Kind { get; init; }
    public required string? Key { get; init; }

    /// <summary>The value; undefined where the key was removed. A JSON null is a value.</summary>
    public JsonElement Value { get; init; }
}
