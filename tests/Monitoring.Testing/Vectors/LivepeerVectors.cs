using System.Collections.Concurrent;
using System.Text.Json;

namespace Monitoring.Testing.Vectors;

/// <summary>
/// The protocol's vectors (tests/fixtures/livepeer/livepeer-vectors.json), and who reads them. Each read is noted, so that a vector which
/// vector-use.json says is used, and which no test of a whole run read, fails that run.
/// </summary>
public static class LivepeerVectors
{
    private static readonly string[] Filters = ["-class", "-method", "-namespace", "-trait", "-filter", "-id", "-run", "--filter"];
    private static readonly Lazy<JsonElement> File = new(() => Load("livepeer-vectors.json"));
    private static readonly Lazy<Dictionary<string, JsonElement>> All = new(() =>
        new[] { "harvested", "derived" }.SelectMany(part => File.Value.GetProperty(part).EnumerateArray()).ToDictionary(v => v.GetProperty("id").GetString()!, StringComparer.Ordinal));

    private static readonly ConcurrentDictionary<string, bool> Noted = new(StringComparer.Ordinal);

    /// <summary>Every id there is.</summary>
    public static IReadOnlyCollection<string> Ids => All.Value.Keys;

    /// <summary>Each suite with the ids that its tests read.</summary>
    public static IReadOnlyDictionary<string, string[]> Used => Load("vector-use.json").GetProperty("used").EnumerateObject()
        .ToDictionary(suite => suite.Name, suite => suite.Value.EnumerateArray().Select(id => id.GetString()!).ToArray(), StringComparer.Ordinal);

    /// <summary>Each id that nothing of ours does, with the reason.</summary>
    public static IReadOnlyDictionary<string, string> NotApplicable => Load("vector-use.json").GetProperty("notApplicable").EnumerateObject()
        .ToDictionary(id => id.Name, id => id.Value.GetString()!, StringComparer.Ordinal);

    /// <summary>A throw-away key of the vectors by its name.</summary>
    public static JsonElement Key(string name) => File.Value.GetProperty("keys").GetProperty(name);

    /// <summary>The vector with that id; the read is noted.</summary>
    public static JsonElement Get(string id)
    {
        var vector = All.Value[id];
        Noted[id] = true;
        return vector;
    }

    /// <summary>What a suite's tests were to read and did not, in this process so far.</summary>
    public static IReadOnlyList<string> Unread(string suite) => [.. Used[suite].Where(id => !Noted.ContainsKey(id))];

    /// <summary>At the end of a suite: fails when a vector that it is said to use was not read. A run of some of its tests alone proves nothing, and is let be.</summary>
    /// <exception cref="InvalidOperationException">The run was whole, and something was not read; the message names it.</exception>
    public static void RequireAllRead(string suite)
    {
        if (Environment.GetCommandLineArgs().Any(argument => Filters.Any(filter => argument.StartsWith(filter, StringComparison.Ordinal)))) return;
        var unread = Unread(suite);
        if (unread.Count > 0)
            throw new InvalidOperationException($"tests/fixtures/livepeer/vector-use.json says that {suite} uses {string.Join(", ", unread)}, and none of its tests read that.");
    }

    private static JsonElement Load(string name)
    {
        using var document = JsonDocument.Parse(System.IO.File.ReadAllBytes(Path.Combine(Folder(), name)));
        return document.RootElement.Clone();
    }

    private static string Folder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (System.IO.File.Exists(Path.Combine(folder.FullName, "Monitoring.sln"))) return Path.Combine(folder.FullName, "tests", "fixtures", "livepeer");
        }

        throw new DirectoryNotFoundException("No folder above the test assembly holds Monitoring.sln.");
    }
}
