using System.Text.Json;

namespace Monitoring.Alerting;

/// <summary>Writes the body of a request. Whatever stands in it is escaped by the writer, so no text can leave its place.</summary>
internal static class JsonBody
{
    public static byte[] Write(Action<Utf8JsonWriter> write)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes)) write(json);
        return bytes.ToArray();
    }
}
