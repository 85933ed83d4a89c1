using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Monitoring.Testing.Helm;
using Monitoring.Testing.Npm;

namespace Monitoring.Testing.Compose;

/// <summary>docker-compose.yml as Compose would read it, with the defaults of its variables.</summary>
public static partial class ComposeFile
{
    /// <summary>What stands in place of a variable that has no default.</summary>
    public const string Given = "given-by-whoever-starts-it";

    /// <summary>As it is written.</summary>
    public static string Text { get; } = File.ReadAllText(Path.Combine(NpmFolder.Root, "docker-compose.yml"));

    /// <summary>As it is meant.</summary>
    public static JsonObject Whole { get; } = YamlText.Read(Variable().Replace(Text, m => m.Groups["otherwise"].Success ? m.Groups["otherwise"].Value : Given)).Single();

    /// <summary>The services by name.</summary>
    public static IReadOnlyDictionary<string, JsonObject> Services { get; } = Whole["services"]!.AsObject().ToDictionary(s => s.Key, s => (JsonObject)s.Value!);

    /// <summary>Those whose image is ours.</summary>
    public static IEnumerable<KeyValuePair<string, JsonObject>> Ours => Services.Where(s => ((string)s.Value["image"]!).EndsWith(":local", StringComparison.Ordinal));

    /// <summary>The words of a list; none where there is no list.</summary>
    public static IReadOnlyList<string> Words(JsonNode? list) => [.. (list?.AsArray() ?? []).Select(w => w!.ToString())];

    /// <summary>The environment's variables of a service.</summary>
    public static IReadOnlyDictionary<string, string> Environment(JsonObject service) =>
        (service["environment"]?.AsObject() ?? []).ToDictionary(v => v.Key, v => v.Value!.ToString());

    [GeneratedRegex(@"\$\{[A-Z_]+(:-(?<otherwise>[^}]*)|:\?[^}]*)\}")]
    private static partial Regex Variable();
}
