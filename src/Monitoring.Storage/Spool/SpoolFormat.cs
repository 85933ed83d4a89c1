using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Monitoring.Core;
using Monitoring.Storage.Lines;

namespace Monitoring.Storage;

/// <summary>How items of a spool become JSON and back.</summary>
/// <typeparam name="T">The items.</typeparam>
/// <param name="Write">The bytes of an item: one JSON value without line feeds.</param>
/// <param name="Read">The item of such bytes; throws <see cref="JsonException"/> for others.</param>
public sealed record SpoolFormat<T>(Func<T, byte[]> Write, Func<ReadOnlyMemory<byte>, T> Read);

/// <summary>The formats there are.</summary>
public static class SpoolFormat
{
    /// <summary>Test results, in the words of the journal.</summary>
    public static SpoolFormat<TestResult> TestResult { get; } = new(ResultLine.Write, bytes => ResultLine.Read(bytes.Span));

    /// <summary>Anything that System.Text.Json writes without indentation.</summary>
    public static SpoolFormat<T> Of<T>(JsonTypeInfo<T> type) => new(
        item => JsonSerializer.SerializeToUtf8Bytes(item, type),
        bytes => JsonSerializer.Deserialize(bytes.Span, type) ?? throw new JsonException("The item is null."));
}
