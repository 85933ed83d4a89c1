using System.CommandLine;
using Monitoring.Standalone.Configuration;
using Monitoring.Web;

namespace Monitoring.Standalone.Commands;

/// <summary>The options of <c>monitor region</c> that stand for settings.</summary>
internal sealed class RegionSettingOptions
{
    private readonly CommandLineSettings _settings = new("Region:Workers=8");

    public RegionSettingOptions()
    {
        _settings.One("--hub", "Region:Hub", "URL", "The hub, such as https://hub.example.org.");
        _settings.One("--key-file", "Region:KeyFile", "FILE", "The region's key, as 'monitor region add' wrote it.");
        _settings.One("--hub-pin", "Region:HubPin", "SHA256", "The only certificate of the hub that is believed, 64 hex digits. Default: what the machine believes.");
        _settings.One("--data", "Data", "DIR", "The directory that spool and spend are kept in. Default: data-region");
        _settings.Several("--rpc", "Chain:RpcUrls", "URL", "A JSON-RPC endpoint of the chain, for paid tests. The wallet's key comes from Wallet:KeyFile or Wallet:Keystore.");
        _settings.Several("--control", "Region:Controls", "URL", "An outside host that must always answer; give at least two.");
        _settings.Several("--urls", "Urls", "URL", "Where /livez, /readyz and /metrics are answered. Default: nowhere; no port is opened.");
        _settings.One("--log-level", "Log:Level", "LEVEL", "Trace, Debug, Information, Warning, Error, Critical or None. Default: Information");
    }

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command) => _settings.AddTo(command);

    /// <summary>Reads the configuration with what was given on the command line laid over it.</summary>
    public ParsedRegion Read(ParseResult parsed, Surroundings around)
    {
        using var layers = _settings.Read(parsed, around);
        return RegionProcessParser.Parse(layers);
    }
}
