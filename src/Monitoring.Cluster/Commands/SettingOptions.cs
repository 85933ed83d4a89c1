using System.CommandLine;
using Monitoring.Web;

namespace Monitoring.Cluster.Commands;

/// <summary>The options of the command line that stand for settings.</summary>
internal sealed class SettingOptions
{
    private readonly CommandLineSettings _settings = new("Cluster:SiloPort=11112");

    public SettingOptions()
    {
        Setting("--store", "Store:Url", "URL", "The database of the cluster: postgres://user@host/database. The password comes from PGPASSWORD, PGPASSFILE or Store:PasswordFile.");
        Setting("--urls", "Urls", "URLS", "Addresses to listen on, separated by semicolons.");
        Setting("--log-level", "Log:Level", "LEVEL", "Trace, Debug, Information, Warning, Error, Critical or None. Default: Information");
    }

    /// <summary>Stands a setting by an option of its own.</summary>
    public void Setting(string name, string key, string value, string description) => _settings.One(name, key, value, description);

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command) => _settings.AddTo(command);

    /// <summary>Reads the configuration with what was given on the command line laid over it.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="around">The process.</param>
    /// <param name="read">Reads the sections that the command needs.</param>
    /// <returns>What was read, and everything that was found; use it only when all of it is warnings.</returns>
    public (T Options, IReadOnlyList<ConfigurationProblem> Problems) Read<T>(ParseResult parsed, Surroundings around, Func<KeyReader, T> read)
    {
        using var layers = _settings.Read(parsed, around);
        var keys = new KeyReader(layers);
        var options = read(keys);
        keys.ReportUnknown();
        return (options, keys.Problems);
    }
}
