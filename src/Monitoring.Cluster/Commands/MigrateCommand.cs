using System.CommandLine;
using Monitoring.Cluster.Run;
using Monitoring.Web;

namespace Monitoring.Cluster.Commands;

/// <summary><c>monitor-cluster migrate</c>: makes the tables of a cluster, or brings them up to this program.</summary>
internal static class MigrateCommand
{
    private static readonly string[] Sections = ["Store", "--set"];

    public static Command Create(Surroundings around)
    {
        var settings = new SettingOptions();
        var dry = new Option<bool>("--dry-run") { Description = "Prints what is missing and changes nothing." };
        var command = new Command("migrate", "Makes the tables of the cluster (--store), those of results and of Orleans too, or brings them up to this program. Any number may run at once: one works, the others wait.");
        settings.AddTo(command);
        command.Options.Add(dry);
        command.SetAction(async (parsed, _) =>
        {
            // It shares its settings with hubs and regions; only one section is its own.
            var (store, problems) = settings.Read(parsed, around, Configuration.Database.Read);
            if (!ConfigurationProblem.Print([.. problems.Where(p => !p.IsWarning && Sections.Contains(p.Key.Split(':')[0]))], around.Error)) return ExitCode.Usage;
            using var interruption = new Interruption();
            return await MigrationRun.RunAsync(Tables.Of(store!.Url), store.Url, parsed.GetValue(dry), around, interruption.Token);
        });
        return command;
    }
}
