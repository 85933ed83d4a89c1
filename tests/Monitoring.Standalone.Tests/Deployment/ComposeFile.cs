using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Monitoring.Testing.Helm;

namespace Monitoring.Standalone.Tests.Deployment;

/// <summary>docker-compose.yml as Compose would read it, with the defaults of its variables.</summary>
internal static partial class ComposeFile
{
    /// <summary>What stands in place of a variable that has no default.</summary>
    public const string Given = "given-by-whoever-starts-it";

    public static string Text { get; } = File.ReadAllText(Path.Combine(Repository.Root, "docker-compose.yml"));

    public static JsonObject Whole { get; } = YamlText.Read(Variable().Replace(Text, m => m.Groups["otherwise"].Success ? m.Groups["otherwise"].Value : Given)).Single();

    public static IReadOnlyDictionary<string, JsonObject> Services { get; } = Whole["services"]!.AsObject().ToDictionary(s => s.Key, s => (JsonObject)s.Value!);

    /// <summary>Those whose image is ours.</summary>
    public static IEnumerable<KeyValuePair<string, JsonObject>> Ours => Services.Where(s => ((string)s.Value["image"]!).EndsWith(":local", StringComparison.Ordinal));

    public static IReadOnlyList<string> Words(JsonNode? list) => [.. (list?.AsArray() ?? []).Select(w => w!.ToString())];

    public static IReadOnlyDictionary<string, string> Environment(JsonObject service) =>
        (service["environment"]?.AsObject() ?? []).ToDictionary(v => v.Key, v => v.Value!.ToString());

    [GeneratedRegex(@"\$\{[A-Z_]+(:-(?<otherwise>[^}]*)|:\?[^}]*)\}")]
    private static partial Regex Variable();
}
