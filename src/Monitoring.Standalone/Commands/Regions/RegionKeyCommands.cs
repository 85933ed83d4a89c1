using System.CommandLine;
using Monitoring.Core;
using Monitoring.Standalone.Configuration;
using Monitoring.Standalone.Regions;
using Monitoring.Web;

namespace Monitoring.Standalone.Commands;

/// <summary><c>monitor region add</c>, <c>list</c> and <c>revoke</c>: who may speak for a region. They work on the hub's data, also while it runs.</summary>
internal static class RegionKeyCommands
{
    private const string Name = "monitor region";

    public static Command Add(Surroundings around)
    {
        var region = Code();
        var output = new Option<string>("--out") { HelpName = "FILE", Description = "Writes the key to a new file that only you may read. Without it the key is printed, once." };
        var certificate = new Option<string>("--client-certificate") { HelpName = "FILE", Description = "The region must also show this certificate (PEM) when it connects: mutual TLS." };
        var command = new Command("add", "Issues a key for a region. The hub keeps its public half alone; bring the file to the region (--key-file).") { region, output, certificate };
        return OnBook(command, region, around, async (parsed, book, options, id, stop) =>
        {
            var code = await RegionKeyRun.AddAsync(book, id, parsed.GetValue(output), parsed.GetValue(certificate), around, stop);
            if (code == ExitCode.Ok && !options.Remote.Regions.Contains(id)) await around.Error.WriteLineAsync($"WARNING {id} is not among Hub:Regions of this configuration; the hub gives it no work until it is.");
            return code;
        });
    }

    public static Command List(Surroundings around) => OnBook(
        new Command("list", "Lists the keys of regions: region, key, when issued, and when revoked."), null, around, (_, book, _, _, stop) => RegionKeyRun.ListAsync(book, Name, around, stop));

    public static Command Revoke(Surroundings around)
    {
        var region = Code();
        var key = new Option<string>("--key") { HelpName = "ID", Description = "This key alone. Default: all keys of the region." };
        var command = new Command("revoke", "Takes the word from a region. It takes effect at once, also on a hub that runs.") { region, key };
        return OnBook(command, region, around, (parsed, book, _, id, stop) => RegionKeyRun.RevokeAsync(book, id, parsed.GetValue(key), Name, around, stop));
    }

    private static Argument<string> Code() => new("region") { HelpName = "CODE", Description = "The region, such as FRA." };

    // Of the configuration only the data directory is of interest; the rest may be as it likes.
    private static Command OnBook(Command command, Argument<string>? region, Surroundings around, Func<ParseResult, RegionKeyBook, MonitorOptions, RegionId, CancellationToken, Task<int>> act)
    {
        var settings = new SettingOptions();
        settings.AddTo(command);
        command.SetAction(async (parsed, stop) =>
        {
            var configuration = settings.Read(parsed, around);
            var problems = configuration.Problems.Where(p => !p.IsWarning && p.Key.Split(':')[0] is "Data" or "Hub" or "--set").ToList();
            var id = default(RegionId);
            if (region is not null && RegionKeyRun.Read(parsed.GetValue(region), out id) is { } problem) problems.Add(problem);
            return ConfigurationProblem.Print(problems, around.Error)
                ? await act(parsed, new RegionKeyBook(Path.Combine(around.Directory, configuration.Options.Data), around.Time), configuration.Options, id, stop)
                : ExitCode.Usage;
        });
        return command;
    }
}
