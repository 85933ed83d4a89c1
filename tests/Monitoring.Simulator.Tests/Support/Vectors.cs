using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Monitoring.Testing.Vectors;

namespace Monitoring.Simulator.Tests;

/// <summary>The protocol's vectors by id.</summary>
internal static class Vectors
{
    public static JsonElement Get(string id) => LivepeerVectors.Get(id);

    public static BigInteger Number(JsonElement element, string property) => BigInteger.Parse(element.GetProperty(property).ToString(), CultureInfo.InvariantCulture);

    public static string Text(JsonElement element, string property) => element.GetProperty(property).GetString()!;

    public static byte[] Bytes(JsonElement element, string property) => Convert.FromHexString(Text(element, property)[2..]);
}
