using System.CommandLine;
using Monitoring.Web;

namespace Monitoring.Cluster.Commands;

/// <summary>The options of the command line that stand for settings.</summary>
internal sealed class SettingOptions
{
    private readonly Option<string> _config = new("--config", "-c")
    {
        HelpName = "FILE", Description = $"The configuration file (JSON). Default: {ConfigurationLayers.DefaultFile} in the working directory, if there is one.",
    };

    private readonly List<(Option<string> Option, string Key)> _settings = [];
    private readonly Option<string[]> _set = new("--set")
    {
        HelpName = "KEY=VALUE", Description = "Sets any other key, such as Cluster:SiloPort=11112. May be given several times; secrets do not belong here.",
    };

    public SettingOptions()
    {
        Setting("--store", "Store:Url", "URL", "The database of the cluster: postgres://user@host/database. The password comes from PGPASSWORD, PGPASSFILE or Store:PasswordFile.");
        Setting("--urls", "Urls", "URLS", "Addresses to listen on, separated by semicolons.");
        Setting("--log-level", "Log:Level", "LEVEL", "Trace, Debug, Information, Warning, Error, Critical or None. Default: Information");
    }

    /// <summary>Stands a setting by an option of its own.</summary>
    public void Setting(string name, string key, string value, string description) =>
        _settings.Add((new Option<string>(name) { HelpName = value, Description = description }, key));

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_config);
        foreach (var (option, _) in _settings) command.Options.Add(option);
        command.Options.Add(_set);
    }

    /// <summary>Reads the configuration with what was given on the command line laid over it.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="around">The process.</param>
    /// <param name="read">Reads the sections that the command needs.</param>
    /// <returns>What was read, and everything that was found; use it only when all of it is warnings.</returns>
    public (T Options, IReadOnlyList<ConfigurationProblem> Problems) Read<T>(ParseResult parsed, Surroundings around, Func<KeyReader, T> read)
    {
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
            if (parsed.GetValue(option) is { } value) overrides.Add(new(key, value));
        }

        using var layers = ConfigurationLayers.Read(parsed.GetValue(_config), around.Directory, around.Environment, overrides);
        var keys = new KeyReader(layers);
        var options = read(keys);
        keys.ReportUnknown();
        return (options, [.. stray, .. keys.Problems]);
    }

    /// <summary>Prints what is wrong, a line each, warnings last.</summary>
    /// <returns>True when there are only warnings.</returns>
    public static bool Print(IReadOnlyCollection<ConfigurationProblem> problems, TextWriter to)
    {
        var errors = problems.Where(p => !p.IsWarning).ToList();
        if (errors.Count > 0) to.WriteLine(errors.Count == 1 ? "The configuration has a problem:" : $"The configuration has {errors.Count} problems:");
        foreach (var error in errors) to.WriteLine($"  {error}");
        foreach (var warning in problems.Where(p => p.IsWarning)) to.WriteLine($"WARNING {warning}");
        return errors.Count == 0;
    }
}
