using Monitoring.Storage.Migrations;
using Monitoring.Storage.Postgres;

namespace Monitoring.Web;

/// <summary>The verb <c>migrate</c> of either host.</summary>
public static class MigrationRun
{
    /// <summary>Makes the tables of a database, or brings them up to this program, and says what it did.</summary>
    /// <param name="migrator">Does it.</param>
    /// <param name="database">The database.</param>
    /// <param name="dry">True to print what is missing and change nothing.</param>
    /// <param name="around">The process.</param>
    /// <param name="stop">Ends it.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(Migrator migrator, PostgresUrl database, bool dry, Surroundings around, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(migrator);
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(around);
        try
        {
            var before = await migrator.LookAsync(stop);
            foreach (var newer in before.Newer) await around.Error.WriteLineAsync($"{database.Display} has {newer}, which this program does not know and can work with.");
            if (before.IsReady)
            {
                await around.Error.WriteLineAsync($"{database.Display} has all that this program needs.");
            }
            else if (dry)
            {
                foreach (var script in before.Pending) await around.Output.WriteLineAsync(script.ToString());
                await around.Error.WriteLineAsync($"{before.Pending.Length} to apply; nothing was changed.");
            }
            else
            {
                await migrator.MigrateAsync(around.Error.WriteLine, stop);
                await around.Error.WriteLineAsync($"{database.Display} is ready.");
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
