using System.CommandLine;
using Monitoring.Cluster.Configuration;
using Monitoring.Web;

namespace Monitoring.Cluster.Commands;

/// <summary><c>monitor-cluster healthcheck</c>: asks a running hub or region whether it is ready, for whoever has no other program to ask with.</summary>
internal static class HealthcheckCommand
{
    public static Command Create(Surroundings around)
    {
        var url = new Option<string?>("--url") { HelpName = "URL", Description = "What is asked. Default: /readyz at the first address of Urls, as the configuration has it." };
        var command = new Command("healthcheck", "Asks a running hub or region whether it is ready. Exit code 0 when it is, 1 when it is not or does not answer.") { url };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var text = parsed.GetValue(url);
            var asked = text is null ? Configured(around) : Uri.TryCreate(text, UriKind.Absolute, out var named) && HealthQuestion.IsHttp(named) ? named : null;
            if (asked is null)
            {
                await around.Error.WriteLineAsync(text is null
                    ? "No address is listened on (Urls); --url names what is asked."
                    : $"--url is '{text}'; a URL such as http://127.0.0.1:8080/readyz is expected.");
                return ExitCode.Usage;
            }

            var answer = await HealthQuestion.AskAsync(asked, cancellationToken);
            await (answer.IsWell ? around.Output : around.Error).WriteLineAsync($"{asked}: {answer.Said}");
            return answer.IsWell ? ExitCode.Ok : ExitCode.Failure;
        });
        return command;
    }

    // Only the one key is read: a check is no place to complain about the others.
    private static Uri? Configured(Surroundings around)
    {
        using var layers = ConfigurationLayers.Read(null, around.Directory, around.Environment, []);
        var urls = layers.Merged["Urls"];
        return HealthQuestion.Readiness(string.IsNullOrWhiteSpace(urls) ? HubOptions.DefaultUrl : urls);
    }
}
