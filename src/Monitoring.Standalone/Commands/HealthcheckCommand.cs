using System.CommandLine;
using Monitoring.Standalone.Configuration;
using Monitoring.Web;

namespace Monitoring.Standalone.Commands;

/// <summary><c>monitor healthcheck</c>: asks a running monitor whether it is ready.</summary>
internal static class HealthcheckCommand
{
    public static Command Create(Surroundings around)
    {
        var url = new Option<string?>("--url") { HelpName = "URL", Description = "What is asked. Default: /readyz at the first address of Urls, as the configuration has it." };
        var command = new Command("healthcheck", "Asks a running monitor whether it is ready. Exit code 0 when it is, 1 when it is not or does not answer.") { url };
        command.SetAction((parsed, cancellationToken) => HealthcheckRun.RunAsync(parsed.GetValue(url), OptionsParser.DefaultUrl, around, cancellationToken));
        return command;
    }
}
