using System.CommandLine;
using Monitoring.Standalone.Configuration;
using Monitoring.Standalone.Regions;
using Monitoring.Web;

namespace Monitoring.Standalone.Commands;

/// <summary><c>monitor region</c>: runs a region; its subcommands, on the hub, say who may speak for one.</summary>
internal static class RegionCommand
{
    public static Command Create(Surroundings around)
    {
        var settings = new RegionSettingOptions();
        var command = new Command("region", "Runs one region of a hub that is elsewhere: tests by its orders, and reports to it. Subcommands, on the hub, issue and revoke the keys of regions.");
        settings.AddTo(command);
        command.SetAction(async (parsed, _) =>
        {
            var configuration = settings.Read(parsed, around);
            ConfigurationProblem.Print(configuration.Problems, around.Error);
            if (!configuration.IsUsable)
            {
                await around.Error.WriteLineAsync("Nothing was started. 'monitor region --help' tells what there is.");
                return ExitCode.Usage;
            }

            using var interruption = new Interruption();
            return await RegionProcess.RunAsync(configuration.Options, around, interruption.Token);
        });
        command.Subcommands.Add(RegionKeyCommands.Add(around));
        command.Subcommands.Add(RegionKeyCommands.List(around));
        command.Subcommands.Add(RegionKeyCommands.Revoke(around));
        return command;
    }
}
