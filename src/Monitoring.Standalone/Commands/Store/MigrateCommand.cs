using System.CommandLine;
using Monitoring.Standalone.Configuration;
using Monitoring.Storage.Migrations;
using Monitoring.Web;

namespace Monitoring.Standalone.Commands;

/// <summary><c>monitor migrate</c>: makes the tables of a database, or brings them up to this program.</summary>
internal static class MigrateCommand
{
    private static readonly string[] Sections = ["Store", "--set"];

    public static Command Create(Surroundings around)
    {
        var settings = new SettingOptions();
        var dry = new Option<bool>("--dry-run") { Description = "Prints what is missing and changes nothing." };
        var command = new Command("migrate", "Makes the tables of the database (--store), or brings them up to this program. Any number may run at once: one works, the others wait.");
        settings.AddTo(command);
        command.Options.Add(dry);
        command.SetAction(async (parsed, _) =>
        {
            var configuration = settings.Read(parsed, around);
            var problems = configuration.Problems.Where(p => !p.IsWarning && Sections.Contains(p.Key.Split(':')[0])).ToList();
            if (problems.Count == 0 && configuration.Options.Store is null) problems.Add(new ConfigurationProblem("Store:Url", "The database is expected: --store postgres://user@host/database."));
            if (problems.Count > 0)
            {
                ConfigurationProblem.Print(problems, around.Error);
                return ExitCode.Usage;
            }

            using var interruption = new Interruption();
            var database = configuration.Options.Store!.Url;
            return await MigrationRun.RunAsync(new Migrator(database, MigrationSource.Results), database, parsed.GetValue(dry), around, interruption.Token);
        });
        return command;
    }
}
