using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace Monitoring.Simulator.Tests;

/// <summary>The protocol's vectors by id.</summary>
internal static class Vectors
{
    private static readonly Lazy<Dictionary<string, JsonElement>> All = new(Read);

    public static IEnumerable<string> Ids => All.Value.Keys;

    public static JsonElement Get(string id) => All.Value[id];

    public static BigInteger Number(JsonElement element, string property) => BigInteger.Parse(element.GetProperty(property).ToString(), CultureInfo.InvariantCulture);

    public static string Text(JsonElement element, string property) => element.GetProperty(property).GetString()!;

    public static byte[] Bytes(JsonElement element, string property) => Convert.FromHexString(Text(element, property)[2..]);

    private static Dictionary<string, JsonElement> Read()
    {
        using var vectors = JsonDocument.Parse(File.ReadAllBytes(Repository.Fixture("livepeer-vectors.json")));
        return new[] { "harvested", "derived" }
            .SelectMany(part => vectors.RootElement.GetProperty(part).EnumerateArray())
            .ToDictionary(v => v.GetProperty("id").GetString()!, v => v.Clone());
    }
}
