using System.Text.Json;
using Monitoring.Testing.Vectors;

namespace Monitoring.Livepeer.Tests;

/// <summary>The recordings and vectors of tests/fixtures/livepeer.</summary>
internal static class Fixture
{
    public static string Root { get; } = FindRoot();

    public static byte[] Segment { get; } = File.ReadAllBytes(Path.Combine(Root, "tests/fixtures/livepeer/orchestrator-segment.ts"));

    public static JsonElement Recording { get; } = Read("orchestrator-recording.json");

    /// <summary>The vector with that id.</summary>
    public static JsonElement Vector(string id) => LivepeerVectors.Get(id);

    /// <summary>All exchanges of a part of the recording: <c>offchain</c> or <c>onchain</c>.</summary>
    public static IEnumerable<JsonElement> Exchanges(string part) => Recording.GetProperty(part).GetProperty("exchanges").EnumerateArray();

    /// <summary>One exchange by its name.</summary>
    public static JsonElement Exchange(string part, string name) => Exchanges(part).Single(exchange => exchange.GetProperty("name").GetString() == name);

    /// <summary>A true rendition of a segment of the embedded clip.</summary>
    public static byte[] Rendition(string profile, int seq) =>
        File.ReadAllBytes(Path.Combine(Root, FormattableString.Invariant($"src/Monitoring.Simulator/Renditions/{profile}-{seq:D2}.ts")));

    public static byte[] Hex(JsonElement text) => Hex(text.GetString()!);

    public static byte[] Hex(string text) => Convert.FromHexString(text.StartsWith("0x", StringComparison.Ordinal) ? text[2..] : text);

    private static JsonElement Read(string file) =>
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Root, "tests/fixtures/livepeer", file))).RootElement;

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Monitoring.sln"))) directory = directory.Parent;
        return directory?.FullName ?? throw new InvalidOperationException("The tests run outside the repository: no Monitoring.sln above them.");
    }
}
