using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;

namespace Monitoring.Web;

/// <summary>
/// Lays the places a setting can come from over one another: file, then environment, then command line; the last one that says anything
/// wins. Knows for each key where its value came from.
/// </summary>
public sealed partial class ConfigurationLayers : IDisposable
{
    /// <summary>The file that is read when none is named.</summary>
    public const string DefaultFile = "monitor.json";

    /// <summary>What names of environment variables begin with.</summary>
    public const string Prefix = "MONITOR_";

    private readonly ConfigurationRoot _root;
    private readonly List<string> _names;

    private ConfigurationLayers(ConfigurationRoot root, List<string> names, ImmutableArray<ConfigurationProblem> problems) =>
        (_root, _names, Problems) = (root, names, problems);

    /// <summary>All layers as one.</summary>
    public IConfiguration Merged => _root;

    /// <summary>What kept a layer from being read.</summary>
    public ImmutableArray<ConfigurationProblem> Problems { get; }

    /// <summary>Reads the layers. Nothing is checked here but that the file can be read.</summary>
    /// <param name="file">The file named by the user, which must be there; null for <see cref="DefaultFile"/>, which need not be.</param>
    /// <param name="directory">The directory relative names start from.</param>
    /// <param name="environment">The environment's variables.</param>
    /// <param name="overrides">Keys and values of the command line.</param>
    /// <param name="stray">What on the command line was no setting; none where null.</param>
    public static ConfigurationLayers Read(
        string? file, string directory, IEnumerable<KeyValuePair<string, string?>> environment, IEnumerable<KeyValuePair<string, string?>> overrides,
        IEnumerable<ConfigurationProblem>? stray = null)
    {
        var problems = ImmutableArray.CreateBuilder<ConfigurationProblem>();
        problems.AddRange(stray ?? []);
        var layers = new List<(string Name, IConfigurationProvider Provider)>();
        if (ReadFile(file, directory, problems) is { } fromFile) layers.Add((file ?? DefaultFile, fromFile));
        layers.Add(("environment", Memory(environment
            .Where(v => v.Key.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            .Select(v => KeyValuePair.Create(v.Key[Prefix.Length..], v.Value))
            .Where(v => !ServiceLink().IsMatch(v.Key))
            .Select(v => KeyValuePair.Create(v.Key.Replace("__", ConfigurationPath.KeyDelimiter, StringComparison.Ordinal), v.Value)))));
        layers.Add(("command line", Memory(overrides)));
        return new ConfigurationLayers(
            new ConfigurationRoot([.. layers.Select(l => l.Provider)]), [.. layers.Select(l => l.Name)], problems.ToImmutable());
    }

    /// <summary>Where the value of a key, or of its entries, came from.</summary>
    public string OriginOf(string key)
    {
        var providers = _root.Providers.ToList();
        for (var i = providers.Count - 1; i >= 0; i--)
        {
            if ((providers[i].TryGet(key, out var value) && !string.IsNullOrWhiteSpace(value)) || providers[i].GetChildKeys([], key).Any()) return _names[i];
        }

        return "default";
    }

    /// <inheritdoc />
    public void Dispose() => _root.Dispose();

    private static MemoryConfigurationProvider? ReadFile(string? file, string directory, ImmutableArray<ConfigurationProblem>.Builder problems)
    {
        var name = file ?? DefaultFile;
        var path = Path.GetFullPath(name, directory);
        if (file is null && !File.Exists(path)) return null;
        try
        {
            using var stream = File.OpenRead(path);
            return Memory(new ConfigurationBuilder().AddJsonStream(stream).Build().AsEnumerable());
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            problems.Add(new ConfigurationProblem(name, $"There is no such file ({path})."));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add(new ConfigurationProblem(name, $"The file cannot be read: {e.Message}"));
        }
        catch (Exception e) when (e is FormatException or System.Text.Json.JsonException)
        {
            problems.Add(new ConfigurationProblem(name, $"The file is not the JSON object that is expected: {(e.InnerException ?? e).Message}"));
        }

        return null;
    }

    private static MemoryConfigurationProvider Memory(IEnumerable<KeyValuePair<string, string?>> values) =>
        new(new MemoryConfigurationSource
        {
            // Two spellings of one name are one key; the environment may hold both.
            InitialData = values.GroupBy(v => v.Key, StringComparer.OrdinalIgnoreCase).Select(g => g.Last()),
        });

    // Kubernetes puts such variables into every pod beside a service that is called "monitor": nobody wrote them as settings.
    [GeneratedRegex("^(SERVICE_HOST|SERVICE_PORT|PORT)(_.*)?$")]
    private static partial Regex ServiceLink();
}
