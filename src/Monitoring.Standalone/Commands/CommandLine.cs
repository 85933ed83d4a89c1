using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Monitoring.Standalone.Commands.Probe;
using Monitoring.Standalone.Configuration;
using Monitoring.Web;

namespace Monitoring.Standalone.Commands;

/// <summary>The command <c>monitor</c>: its verbs, its help, its exit codes.</summary>
internal static class CommandLine
{
    private const string Examples =
        """
        Examples:
          monitor                                            a simulated network, http://localhost:8080
          monitor --region FRA --orchestrator 0x...=https://host:8935 --control https://a.example/seg --control https://b.example/seg
          monitor --config fra.json --data /var/lib/monitor  settings from a file
          MONITOR_Region__Id=FRA monitor --webhook https://example.org/orchestrators.json
          monitor --config fra.json --post-to https://board.example.org      (secret in MONITOR_PostTo__Secret)
          monitor probe https://host:8935 --segments 5       one test now, exit code 0 when all is well
          monitor check --config fra.json --json             what is in force and what is wrong
          monitor region add FRA --out fra.key               on the hub (Hub:Regions): a key for a region elsewhere
          monitor region --hub https://hub.example.org --key-file fra.key     there: the region itself
          monitor wallet status                              deposit, reserve, spend, and how long the float lasts
          monitor migrate --store postgres://monitor@db/monitoring       makes or brings up the tables
          monitor import --from data --to postgres://monitor@db/monitoring
          monitor alerts test                                whether every channel takes an alert
          monitor simulate --port-base 9000                  simulated orchestrators alone

        Settings come from the file, the environment (MONITOR_Section__Key) and the command line; the last one wins.
        Exit codes: 0 ok, 1 failure, 2 wrong usage or configuration, 130 interrupted.
        """;

    /// <summary>Does what the arguments say.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] arguments, Surroundings around)
    {
        var root = new RootCommand("Continuous performance monitoring of the Livepeer network. Without a verb it runs the monitor.");
        RunCommand.Become(root, around);
        var run = new Command("run", "Runs the monitor: tests orchestrators around the clock and serves the leaderboard. The default verb.");
        RunCommand.Become(run, around);
        root.Subcommands.Add(run);
        root.Subcommands.Add(ProbeCommand.Create(around));
        root.Subcommands.Add(SimulateCommand.Create(around));
        root.Subcommands.Add(CheckCommand.Create(around));
        root.Subcommands.Add(RegionCommand.Create(around));
        root.Subcommands.Add(WalletCommand.Create(around));
        root.Subcommands.Add(MigrateCommand.Create(around));
        root.Subcommands.Add(ImportCommand.Create("import", "Fills a data directory or a database from another one, or from the old leaderboard server. Begun again, it goes on where it was.", around));
        root.Subcommands.Add(ImportCommand.Create("export", "The same as import.", around));
        root.Subcommands.Add(AlertsCommand.Create(around));
        root.Subcommands.Add(HealthcheckCommand.Create(around));
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!, root, Examples);

        var parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0 && parsed.Action is ParseErrorAction) return Refuse(parsed, root, around.Error);
        return await parsed.InvokeAsync(new InvocationConfiguration
        {
            Output = around.Output,
            Error = around.Error,

            // Commands see to Ctrl-C and SIGTERM themselves.
            ProcessTerminationTimeout = null,
        });
    }

    private static int Refuse(ParseResult parsed, RootCommand root, TextWriter error)
    {
        foreach (var problem in parsed.Errors) error.WriteLine(problem.Message);
        var command = parsed.CommandResult.Command;
        var words = command.Subcommands.Select(c => c.Name).Concat(command.Options.Select(o => o.Name)).ToList();
        foreach (var word in parsed.UnmatchedTokens)
        {
            if (NearMiss.Find(word, words) is { } near) error.WriteLine($"Did you mean {near}?");
        }

        error.WriteLine($"'{(command == root ? root.Name : $"{root.Name} {command.Name}")} --help' tells what there is.");
        return ExitCode.Usage;
    }

    private sealed class HelpWithExamples(HelpAction help, RootCommand root, string examples) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            var code = help.Invoke(parseResult);
            if (parseResult.CommandResult.Command == root) parseResult.InvocationConfiguration.Output.WriteLine(examples);
            return code;
        }

        public override bool ClearsParseErrors => true;
    }
}
