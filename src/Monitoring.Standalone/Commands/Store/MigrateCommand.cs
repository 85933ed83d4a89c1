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
                SettingOptions.Print(problems, around.Error);
                return ExitCode.Usage;
            }

            using var interruption = new Interruption();
            return await RunAsync(configuration.Options.Store!, parsed.GetValue(dry), around, interruption.Token);
        });
        return command;
    }

    private static async Task<int> RunAsync(StoreOptions store, bool dry, Surroundings around, CancellationToken stop)
    {
        var migrator = new Migrator(store.Url, MigrationSource.Results);
        try
        {
            var before = await migrator.LookAsync(stop);
            foreach (var newer in before.Newer) await around.Error.WriteLineAsync($"{store.Url.Display} has {newer}, which this program does not know and can work with.");
            if (before.IsReady)
            {
                await around.Error.WriteLineAsync($"{store.Url.Display} has all that this program needs.");
            }
            else if (dry)
            {
                foreach (var script in before.Pending) await around.Output.WriteLineAsync(script.ToString());
                await around.Error.WriteLineAsync($"{before.Pending.Length} to apply; nothing was changed.");
            }
            else
            {
                await migrator.MigrateAsync(around.Error.WriteLine, stop);
                await around.Error.WriteLineAsync($"{store.Url.Display} is ready.");
            }

            return ExitCode.Ok;
        }
        catch (IOException e)
        {
            await around.Error.WriteLineAsync(e.Message);
            return ExitCode.Failure;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
    }
}
