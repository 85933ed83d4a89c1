using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Monitoring.Web;

/// <summary>
/// Writes every JSON answer of this project. Escaping is decided here, once: only what JSON itself demands (the answers are
/// <c>application/json</c> and never part of a page). Clients compare values and not bytes.
/// </summary>
internal static class JsonBytes
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The bytes that <paramref name="write"/> writes.</summary>
    public static byte[] Of(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            write(json);
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>
    /// Writes a number. One that JSON cannot hold would spoil the answer for everybody in it, so it becomes 0 (a gateway's word for "no score").
    /// </summary>
    public static void WriteFinite(this Utf8JsonWriter json, ReadOnlySpan<byte> name, double value) => json.WriteNumber(name, double.IsFinite(value) ? value : 0);
}
