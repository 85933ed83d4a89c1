using System.Text.Json;
using Monitoring.Core;

namespace Monitoring.Livepeer;

/// <summary>
/// Reads the body of a go-livepeer orchestrator webhook (protocol section 5.1): a JSON array of objects with an <c>address</c>, which is a
/// service URI. Other keys are ignored, objects without an address are skipped. Nobody names an Ethereum address, so every entry is
/// unverified.
/// </summary>
internal static class WebhookList
{
    private const int LongestAddress = 512;

    /// <summary>The entries, each once, in order.</summary>
    /// <exception cref="SourceException">The body is not such a list.</exception>
    public static IReadOnlyList<RegistryEntry> Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 32 });
            if (document.RootElement.ValueKind != JsonValueKind.Array)
                throw new SourceException($"A JSON array of objects with an \"address\" is expected, not {Name(document.RootElement.ValueKind)}.");
            var entries = new List<RegistryEntry>();
            var seen = new HashSet<OrchestratorId>();
            foreach (var item in document.RootElement.EnumerateArray())
            {
                if (ReadAddress(item) is not { } address) continue;
                var entry = ListEntry.Unverified(address);
                if (seen.Add(entry.Id)) entries.Add(entry);
            }

            return entries;
        }
        catch (JsonException e)
        {
            throw new SourceException($"The answer is not JSON: {e.Message}", e);
        }
    }

    private static string? ReadAddress(JsonElement item)
    {
        if (item.ValueKind == JsonValueKind.Null) return null;
        if (item.ValueKind != JsonValueKind.Object) throw new SourceException($"Each item of the list must be an object with an \"address\", not {Name(item.ValueKind)}.");

        // Go's decoder, for which such lists are written, takes the name in any case.
        JsonElement? address = null;
        foreach (var property in item.EnumerateObject())
        {
            if (property.Name.Equals("address", StringComparison.OrdinalIgnoreCase)) address = property.Value;
        }

        if (address is not { ValueKind: not JsonValueKind.Null } value) return null;
        if (value.ValueKind != JsonValueKind.String) throw new SourceException($"An \"address\" must be a text, not {Name(value.ValueKind)}.");
        var text = value.GetString()!.Trim();
        if (text.Length == 0) return null;
        if (text.Length > LongestAddress || text.Any(c => char.IsControl(c) || char.IsSurrogate(c)))
            throw new SourceException($"An \"address\" has at most {LongestAddress} printable characters.");
        return ListEntry.Complete(text);
    }

    private static string Name(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };
}
