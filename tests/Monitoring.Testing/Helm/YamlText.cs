using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Monitoring.Testing.Helm;

/// <summary>Reads YAML into trees that are easy to walk.</summary>
public static class YamlText
{
    /// <summary>The documents of a text; empty ones are left out. Anchors, aliases and merge keys (<c>&lt;&lt;</c>) are resolved.</summary>
    public static IReadOnlyList<JsonObject> Read(string text)
    {
        var stream = new YamlStream();
        using var reader = new StringReader(text);
        stream.Load(reader);
        return [.. stream.Documents.Select(d => Convert(d.RootNode)).OfType<JsonObject>()];
    }

    private static JsonNode? Convert(YamlNode node) => node switch
    {
        YamlMappingNode map => Map(map),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(Convert)]),
        YamlScalarNode scalar => Scalar(scalar),
        _ => throw new InvalidOperationException($"A {node.NodeType} is not expected."),
    };

    private static JsonObject Map(YamlMappingNode map)
    {
        var whole = new JsonObject();
        foreach (var (key, value) in map.Children)
        {
            if (((YamlScalarNode)key).Value != "<<") continue;
            foreach (var merged in value is YamlSequenceNode several ? several.Children : [value])
            {
                foreach (var (name, inherited) in (JsonObject)Convert(merged)!) whole[name] = inherited?.DeepClone();
            }
        }

        foreach (var (key, value) in map.Children)
        {
            if (((YamlScalarNode)key).Value is { } name && name != "<<") whole[name] = Convert(value);
        }

        return whole;
    }

    private static JsonNode? Scalar(YamlScalarNode scalar)
    {
        var text = scalar.Value ?? "";
        if (scalar.Style != ScalarStyle.Plain) return text;
        return text switch
        {
            "" or "~" or "null" => null,
            "true" => true,
            "false" => false,
            _ => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number.ToString(CultureInfo.InvariantCulture) == text ? number : text,
        };
    }
}
