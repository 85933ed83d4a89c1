using System.Text.Json.Nodes;

namespace Monitoring.Testing.Helm;

/// <summary>The manifests that the chart makes of one set of values.</summary>
public sealed class RenderedChart
{
    /// <summary>Reads them.</summary>
    /// <param name="text">What Helm wrote.</param>
    public RenderedChart(string text) => (Text, Objects) = (text, YamlText.Read(text));

    /// <summary>As Helm wrote it.</summary>
    public string Text { get; }

    /// <summary>The objects.</summary>
    public IReadOnlyList<JsonObject> Objects { get; }

    /// <summary>The pods of it, each with the object that makes it: of the hub or region, of the migration, of the test.</summary>
    public IEnumerable<(JsonObject Owner, JsonObject Spec, JsonObject Labels)> Pods
    {
        get
        {
            foreach (var owner in Objects)
            {
                if (Is(owner, "Pod")) yield return (owner, (JsonObject)owner["spec"]!, (JsonObject)owner["metadata"]!["labels"]!);
                else if (owner["spec"]?["template"] is JsonObject template) yield return (owner, (JsonObject)template["spec"]!, (JsonObject)template["metadata"]!["labels"]!);
            }
        }
    }

    /// <summary>The Deployment or StatefulSet.</summary>
    public JsonObject Workload => Objects.Single(o => Is(o, "Deployment") || Is(o, "StatefulSet"));

    /// <summary>The one container of the workload.</summary>
    public JsonObject Container => (JsonObject)Workload["spec"]!["template"]!["spec"]!["containers"]!.AsArray().Single()!;

    /// <summary>The policy of the workload.</summary>
    public JsonObject Policy => Objects.Single(o => Is(o, "NetworkPolicy") && !Name(o).EndsWith("-jobs", StringComparison.Ordinal));

    /// <summary>monitor.json.</summary>
    public string Settings => (string)Objects.Single(o => o["data"]?["monitor.json"] is not null)["data"]!["monitor.json"]!;

    /// <summary>The plain values of the workload's environment; those of Secrets and of the pod itself are left out.</summary>
    public IReadOnlyDictionary<string, string> Environment =>
        Container["env"]!.AsArray().Where(v => v!["value"] is not null).ToDictionary(v => (string)v!["name"]!, v => v!["value"]!.ToString());

    /// <summary>True for an object of that kind.</summary>
    public static bool Is(JsonObject o, string kind) => (string?)o["kind"] == kind;

    /// <summary>The name of an object.</summary>
    public static string Name(JsonObject o) => (string)o["metadata"]!["name"]!;

    /// <summary>The only object of that kind.</summary>
    public JsonObject One(string kind) => Objects.Single(o => Is(o, kind));
}
