using System.Text.Json;
using System.Text.Json.Serialization;

namespace Monitoring.Core;

/// <summary>A window as the array of its entries, for whoever persists state.</summary>
internal sealed class WindowJson : JsonConverter<Window>
{
    public override Window Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Window.Of(JsonSerializer.Deserialize<ImmutableArray<WindowEntry>>(ref reader, options));

    public override void Write(Utf8JsonWriter writer, Window value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, value.Entries, options);
}
