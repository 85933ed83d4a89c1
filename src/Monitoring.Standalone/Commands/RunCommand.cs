using System.CommandLine;
using Monitoring.Standalone.Run;
using Monitoring.Web;

namespace Monitoring.Standalone.Commands;

/// <summary><c>monitor run</c>, the verb that is meant when none is given.</summary>
internal static class RunCommand
{
    /// <summary>Makes a command run the monitor.</summary>
    public static void Become(Command command, Surroundings around)
    {
        var settings = new SettingOptions();
        settings.AddTo(command);
        command.SetAction(async (parsed, _) =>
        {
            var configuration = settings.Read(parsed, around);
            ConfigurationProblem.Print(configuration.Problems, around.Error);
            if (!configuration.IsUsable)
            {
                await around.Error.WriteLineAsync("Nothing was started. 'monitor check' prints the configuration in force.");
                return ExitCode.Usage;
            }

            using var interruption = new Interruption();
            return await MonitorRun.RunAsync(configuration.Options, around, interruption.Token);
        });
    }
}
