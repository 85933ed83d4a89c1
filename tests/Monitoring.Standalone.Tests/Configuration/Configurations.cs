using Monitoring.Standalone.Configuration;
using Monitoring.Testing;
using Monitoring.Web;

namespace Monitoring.Standalone.Tests.Configuration;

/// <summary>Parses configurations in a folder of their own.</summary>
internal static class Configurations
{
    public static ParsedConfiguration Parse(string? file = null, string[]? environment = null, string[]? overrides = null)
    {
        using var scratch = new Scratch();
        if (file is not null) File.WriteAllText(scratch.At(ConfigurationLayers.DefaultFile), file);
        return ParseIn(scratch.Path, null, environment, overrides);
    }

    public static ParsedConfiguration ParseIn(string directory, string? file, string[]? environment = null, string[]? overrides = null)
    {
        using var layers = ConfigurationLayers.Read(file, directory, Pairs(environment), Pairs(overrides));
        return OptionsParser.Parse(layers);
    }

    private static IEnumerable<KeyValuePair<string, string?>> Pairs(string[]? texts) =>
        (texts ?? []).Select(t => KeyValuePair.Create(t[..t.IndexOf('=', StringComparison.Ordinal)], (string?)t[(t.IndexOf('=', StringComparison.Ordinal) + 1)..]));
}
