using System.CommandLine;
using Monitoring.Standalone.Configuration;
using Monitoring.Web;

namespace Monitoring.Standalone.Commands;

/// <summary>The options of <c>monitor region</c> that stand for settings.</summary>
internal sealed class RegionSettingOptions
{
    private readonly Option<string> _config = new("--config", "-c")
    {
        HelpName = "FILE", Description = $"The configuration file (JSON). Default: {ConfigurationLayers.DefaultFile} in the working directory, if there is one.",
    };

    private readonly List<(Option Option, string Key)> _settings = [];
    private readonly Option<string[]> _set = new("--set") { HelpName = "KEY=VALUE", Description = "Sets any other key, such as Region:Workers=8. May be given several times; secrets do not belong here." };

    public RegionSettingOptions()
    {
        Setting("--hub", "Region:Hub", "URL", "The hub, such as https://hub.example.org.");
        Setting("--key-file", "Region:KeyFile", "FILE", "The region's key, as 'monitor region add' wrote it.");
        Setting("--hub-pin", "Region:HubPin", "SHA256", "The only certificate of the hub that is believed, 64 hex digits. Default: what the machine believes.");
        Setting("--data", "Data", "DIR", "The directory that spool and spend are kept in. Default: data-region");
        Several("--rpc", "Chain:RpcUrls", "URL", "A JSON-RPC endpoint of the chain, for paid tests. The wallet's key comes from Wallet:KeyFile or Wallet:Keystore.");
        Several("--control", "Region:Controls", "URL", "An outside host that must always answer; give at least two.");
        Several("--urls", "Urls", "URL", "Where /livez, /readyz and /metrics are answered. Default: nowhere; no port is opened.");
        Setting("--log-level", "Log:Level", "LEVEL", "Trace, Debug, Information, Warning, Error, Critical or None. Default: Information");
    }

    public void AddTo(Command command)
    {
        command.Options.Add(_config);
        foreach (var (option, _) in _settings) command.Options.Add(option);
        command.Options.Add(_set);
    }

    /// <summary>Reads the configuration with what was given on the command line laid over it.</summary>
    public ParsedRegion Read(ParseResult parsed, Surroundings around)
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
        var region = RegionProcessParser.Parse(layers);
        return stray.Count == 0 ? region : region with { Problems = [.. stray, .. region.Problems] };
    }

    private void Setting(string name, string key, string value, string description) =>
        _settings.Add((new Option<string>(name) { HelpName = value, Description = description }, key));

    private void Several(string name, string key, string value, string description) =>
        _settings.Add((new Option<string[]>(name) { HelpName = value, Description = description }, key));
}
