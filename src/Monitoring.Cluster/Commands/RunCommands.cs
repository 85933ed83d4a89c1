using System.CommandLine;
using Monitoring.Cluster.Configuration;
using Monitoring.Cluster.Run;
using Monitoring.Web;

namespace Monitoring.Cluster.Commands;

/// <summary><c>monitor-cluster hub</c> and <c>monitor-cluster region</c>: the roles of a silo.</summary>
internal static class RunCommands
{
    public static Command Hub(Surroundings around) => Create(
        "hub", "Runs a hub: a silo with the orchestrators' grains, and the web server with leaderboard, API and the endpoints for regions. Any number may run.", new SettingOptions(), around, HubOptions.Read, HubProcess.RunAsync);

    public static Command Region(Surroundings around)
    {
        var settings = new SettingOptions();
        settings.Setting("--region", "Region:Id", "CODE", "The region that this silo measures from, such as FRA.");
        settings.Setting("--data", "Data", "DIR", "The directory of spool and ledger. Default: data-region");
        return Create("region", "Runs a region: a silo of the same cluster that tests from where it is.", settings, around, RegionOptions.Read, RegionProcess.RunAsync);
    }

    private static Command Create<T>(string name, string description, SettingOptions settings, Surroundings around, Func<KeyReader, T> read, Func<T, Surroundings, CancellationToken, Task<int>> run)
    {
        var command = new Command(name, description);
        settings.AddTo(command);
        command.SetAction(async (parsed, _) =>
        {
            var (options, problems) = settings.Read(parsed, around, read);
            if (!ConfigurationProblem.Print(problems, around.Error)) return ExitCode.Usage;
            using var interruption = new Interruption();
            return await run(options, around, interruption.Token);
        });
        return command;
    }
}
