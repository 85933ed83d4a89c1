using System.Text.Json.Nodes;
using Monitoring.Testing.Helm;

namespace Monitoring.Standalone.Tests.Deployment;

/// <summary>The manifests that the chart makes of one set of values.</summary>
internal sealed class RenderedChart
{
    private RenderedChart(string text) => (Text, Objects) = (text, YamlText.Read(text));

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

    /// <summary>Skips the test where there is no Helm.</summary>
    public static async Task<HelmChart> ChartAsync()
    {
        var chart = await HelmChart.GetAsync();
        if (chart.Missing is { } missing) Assert.Skip(missing);
        return chart;
    }

    /// <summary>Renders, or skips the test where there is no Helm.</summary>
    public static async Task<RenderedChart> OfAsync(string example, params string[] settings)
    {
        var (code, output) = await (await ChartAsync()).RenderAsync(example, settings);
        Assert.True(code == 0, output);
        return new RenderedChart(output);
    }

    public static bool Is(JsonObject o, string kind) => (string?)o["kind"] == kind;

    public static string Name(JsonObject o) => (string)o["metadata"]!["name"]!;

    public JsonObject One(string kind) => Objects.Single(o => Is(o, kind));
}
