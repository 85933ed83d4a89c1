using System.CommandLine;

namespace Monitoring.Web;

/// <summary>The options of a command that stand for settings: <c>--config</c>, <c>--set</c>, and one for each that is named here.</summary>
/// <param name="example">A key and a value that <c>--set</c> takes, for its help.</param>
public sealed class CommandLineSettings(string example)
{
    private readonly Option<string> _config = new("--config", "-c")
    {
        HelpName = "FILE", Description = $"The configuration file (JSON). Default: {ConfigurationLayers.DefaultFile} in the working directory, if there is one.",
    };

    private readonly List<(Option Option, string Key)> _settings = [];
    private readonly Option<string[]> _set = new("--set")
    {
        HelpName = "KEY=VALUE", Description = $"Sets any other key, such as {example}. May be given several times; secrets do not belong here.",
    };

    /// <summary>Stands a setting by an option of its own.</summary>
    /// <param name="name">The option, such as <c>--urls</c>.</param>
    /// <param name="key">The key.</param>
    /// <param name="value">What its value is called in the help.</param>
    /// <param name="description">Its help.</param>
    public void One(string name, string key, string value, string description) =>
        _settings.Add((new Option<string>(name) { HelpName = value, Description = description }, key));

    /// <summary>Stands the entries of a list by an option that may be given several times.</summary>
    /// <inheritdoc cref="One" />
    public void Several(string name, string key, string value, string description) =>
        _settings.Add((new Option<string[]>(name) { HelpName = value, Description = description }, key));

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        ArgumentNullException.ThrowIfNull(command);
        command.Options.Add(_config);
        foreach (var (option, _) in _settings) command.Options.Add(option);
        command.Options.Add(_set);
    }

    /// <summary>Reads the configuration with what was given on the command line laid over it.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="around">The process.</param>
    /// <returns>The layers, and among their problems what was no setting; whoever reads disposes of them.</returns>
    public ConfigurationLayers Read(ParseResult parsed, Surroundings around)
    {
        ArgumentNullException.ThrowIfNull(parsed);
        ArgumentNullException.ThrowIfNull(around);
        var overrides = new List<KeyValuePair<string, string?>>();
        var stray = new List<ConfigurationProblem>();
        foreach (var pair in parsed.GetValue(_set) ?? [])
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0) overrides.Add(new(pair[..equals].Trim(), pair[(equals + 1)..]));
            else stray.Add(new ConfigurationProblem("--set", $"'{pair}' is not KEY=VALUE."));
        }

        foreach (var (option, key) in _settings)
        {
            if (option is Option<string> one && parsed.GetValue(one) is { } value) overrides.Add(new(key, value));
            else if (option is Option<string[]> many && parsed.GetValue(many) is { Length: > 0 } values) overrides.Add(new(key, string.Join('\n', values)));
        }

        return ConfigurationLayers.Read(parsed.GetValue(_config), around.Directory, around.Environment, overrides, stray);
    }
}
