using System.CommandLine;
using Monitoring.Standalone.Configuration;
using Monitoring.Web;

namespace Monitoring.Standalone.Commands;

/// <summary>The options of the command line that stand for settings, shared by <c>run</c> and <c>check</c>.</summary>
internal sealed class SettingOptions
{
    private readonly CommandLineSettings _settings = new("Tests:Streams=2");

    public SettingOptions()
    {
        _settings.One("--urls", "Urls", "URLS", $"Addresses to listen on, separated by semicolons. Default: {OptionsParser.DefaultUrl}");
        _settings.One("--data", "Data", "DIR", "The directory that everything is kept in. Default: data");
        _settings.One("--store", "Store:Url", "URL", "Keeps results in PostgreSQL: postgres://user@host/database. The password comes from PGPASSWORD, PGPASSFILE or Store:PasswordFile. Default: a journal in the data directory.");
        _settings.One("--source", "Source:Kind", "KIND", "simulated, list, webhook or chain. Default: what the other settings imply, else simulated.");
        _settings.Several("--orchestrator", "Source:Orchestrators", "ENTRY", "An orchestrator of the list: 0xaddress=https://host:port, or https://host:port. May be given several times.");
        _settings.One("--webhook", "Source:Webhook", "URL", "A list in the form of go-livepeer's -orchWebhookUrl.");
        _settings.Several("--rpc", "Chain:RpcUrls", "URL", "A JSON-RPC endpoint of the chain; several are used in turn when one fails. The wallet's key comes from Wallet:KeyFile or Wallet:Keystore.");
        _settings.One("--region", "Region:Id", "CODE", "The region that this process measures from, such as FRA.");
        _settings.Several("--control", "Region:Controls", "URL", "An outside host that must always answer; give at least two.");
        _settings.One("--tests-per-day", "Schedule:TestsPerDay", "N", "Tests of each orchestrator a day and region. Default: 8");
        _settings.One("--post-to", "PostTo:Url", "URL", "Also posts each result to this leaderboard server; its secret comes from PostTo:Secret or PostTo:SecretFile.");
        _settings.One("--log-level", "Log:Level", "LEVEL", "Trace, Debug, Information, Warning, Error, Critical or None. Default: Information");
    }

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command) => _settings.AddTo(command);

    /// <summary>Reads the configuration with what was given on the command line laid over it.</summary>
    public ParsedConfiguration Read(ParseResult parsed, Surroundings around)
    {
        using var layers = _settings.Read(parsed, around);
        return OptionsParser.Parse(layers);
    }
}
