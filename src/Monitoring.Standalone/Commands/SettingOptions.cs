using System.CommandLine;
using Monitoring.Standalone.Configuration;
using Monitoring.Web;

namespace Monitoring.Standalone.Commands;

/// <summary>The options of the command line that stand for settings, shared by <c>run</c> and <c>check</c>.</summary>
internal sealed class SettingOptions
{
    private readonly Option<string> _config = new("--config", "-c")
    {
        HelpName = "FILE", Description = $"The configuration file (JSON). Default: {ConfigurationLayers.DefaultFile} in the working directory, if there is one.",
    };

    private readonly List<(Option Option, string Key)> _settings = [];
    private readonly Option<string[]> _set = new("--set")
    {
        HelpName = "KEY=VALUE", Description = "Sets any other key, such as Tests:Streams=2. May be given several times; secrets do not belong here.",
    };

    public SettingOptions()
    {
        Setting("--urls", "Urls", "URLS", $"Addresses to listen on, separated by semicolons. Default: {OptionsParser.DefaultUrl}");
        Setting("--data", "Data", "DIR", "The directory that everything is kept in. Default: data");
        Setting("--store", "Store:Url", "URL", "Keeps results in PostgreSQL: postgres://user@host/database. The password comes from PGPASSWORD, PGPASSFILE or Store:PasswordFile. Default: a journal in the data directory.");
        Setting("--source", "Source:Kind", "KIND", "simulated, list, webhook or chain. Default: what the other settings imply, else simulated.");
        Several("--orchestrator", "Source:Orchestrators", "ENTRY", "An orchestrator of the list: 0xaddress=https://host:port, or https://host:port. May be given several times.");
        Setting("--webhook", "Source:Webhook", "URL", "A list in the form of go-livepeer's -orchWebhookUrl.");
        Several("--rpc", "Chain:RpcUrls", "URL", "A JSON-RPC endpoint of the chain; several are used in turn when one fails. The wallet's key comes from Wallet:KeyFile or Wallet:Keystore.");
        Setting("--region", "Region:Id", "CODE", "The region that this process measures from, such as FRA.");
        Several("--control", "Region:Controls", "URL", "An outside host that must always answer; give at least two.");
        Setting("--tests-per-day", "Schedule:TestsPerDay", "N", "Tests of each orchestrator a day and region. Default: 8");
        Setting("--post-to", "PostTo:Url", "URL", "Also posts each result to this leaderboard server; its secret comes from PostTo:Secret or PostTo:SecretFile.");
        Setting("--log-level", "Log:Level", "LEVEL", "Trace, Debug, Information, Warning, Error, Critical or None. Default: Information");
    }

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_config);
        foreach (var (option, _) in _settings) command.Options.Add(option);
        command.Options.Add(_set);
    }

    /// <summary>Reads the configuration with what was given on the command line laid over it.</summary>
    public ParsedConfiguration Read(ParseResult parsed, Surroundings around)
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
            if (option is Option<string> one && parsed.GetValue(one) is { } value) overrides.Add(new(key, value));
            else if (option is Option<string[]> many && parsed.GetValue(many) is { Length: > 0 } values) overrides.Add(new(key, string.Join('\n', values)));
        }

        using var layers = ConfigurationLayers.Read(parsed.GetValue(_config), around.Directory, around.Environment, overrides);
        var configuration = OptionsParser.Parse(layers);
        return stray.Count == 0 ? configuration : configuration with { Problems = [.. stray, .. configuration.Problems] };
    }

    /// <summary>Prints what is wrong, a line each, warnings last.</summary>
    public static void Print(IReadOnlyCollection<ConfigurationProblem> problems, TextWriter to)
    {
        var errors = problems.Where(p => !p.IsWarning).ToList();
        if (errors.Count > 0) to.WriteLine(errors.Count == 1 ? "The configuration has a problem:" : $"The configuration has {errors.Count} problems:");
        foreach (var error in errors) to.WriteLine($"  {error}");
        foreach (var warning in problems.Where(p => p.IsWarning)) to.WriteLine($"WARNING {warning}");
    }

    private void Setting(string name, string key, string value, string description) =>
        _settings.Add((new Option<string>(name) { HelpName = value, Description = description }, key));

    private void Several(string name, string key, string value, string description) =>
        _settings.Add((new Option<string[]>(name) { HelpName = value, Description = description }, key));
}
