using System.Text.Json;
using Monitoring.Testing.Vectors;

namespace Monitoring.Ethereum.Tests;

/// <summary>The protocol fixtures of the repository.</summary>
internal static class Fixtures
{
    public static byte[] Bytes(string name) => File.ReadAllBytes(Path.Combine(Folder(), name));

    public static JsonElement Json(string name) => JsonDocument.Parse(Bytes(name)).RootElement;

    /// <summary>The vector of this id, harvested or derived.</summary>
    public static JsonElement Vector(string id) => LivepeerVectors.Get(id);

    public static byte[] Hex(JsonElement text) => Convert.FromHexString(text.GetString()!.Replace("0x", "", StringComparison.Ordinal));

    private static string Folder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Monitoring.sln"))) return Path.Combine(folder.FullName, "tests", "fixtures", "livepeer");
        }

        throw new DirectoryNotFoundException("No folder above the test assembly holds Monitoring.sln.");
    }
}
