using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Monitoring.Web;

namespace Monitoring.Cluster.Commands;

/// <summary>The command <c>monitor-cluster</c>: its verbs, its help, its exit codes.</summary>
internal static class CommandLine
{
    private const string Examples =
        """
        Examples:
          monitor-cluster migrate --store postgres://monitor@db/monitoring       makes or brings up the tables
          monitor-cluster hub --config hub.json --set Cluster:Address=10.0.0.11  a hub; any number may run
          monitor-cluster region --region FRA --config region.json               a silo that tests from Frankfurt
          monitor-cluster region-key add MDW --out mdw.key                       for a region that attaches over HTTPS (monitor region)
          monitor-cluster healthcheck --url http://127.0.0.1:8080/readyz

        Settings come from the file, the environment (MONITOR_Section__Key) and the command line; the last one wins.
        Exit codes: 0 ok, 1 failure, 2 wrong usage or configuration, 130 interrupted.
        """;

    /// <summary>Does what the arguments say.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] arguments, Surroundings around)
    {
        var root = new RootCommand("Continuous performance monitoring of the Livepeer network by a cluster: hubs, and regions that are silos or attach over HTTPS.");
        root.Subcommands.Add(RunCommands.Hub(around));
        root.Subcommands.Add(RunCommands.Region(around));
        root.Subcommands.Add(MigrateCommand.Create(around));
        root.Subcommands.Add(HealthcheckCommand.Create(around));
        root.Subcommands.Add(RegionKeyCommands.Create(around));
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!, root);

        var parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0 && parsed.Action is ParseErrorAction)
        {
            foreach (var problem in parsed.Errors) await around.Error.WriteLineAsync(problem.Message);
            await around.Error.WriteLineAsync("'monitor-cluster --help' tells what there is.");
            return ExitCode.Usage;
        }

        return await parsed.InvokeAsync(new InvocationConfiguration
        {
            Output = around.Output,
            Error = around.Error,

            // Commands see to Ctrl-C and SIGTERM themselves.
            ProcessTerminationTimeout = null,
        });
    }

    private sealed class HelpWithExamples(HelpAction help, RootCommand root) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            var code = help.Invoke(parseResult);
            if (parseResult.CommandResult.Command == root) parseResult.InvocationConfiguration.Output.WriteLine(Examples);
            return code;
        }

        public override bool ClearsParseErrors => true;
    }
}
