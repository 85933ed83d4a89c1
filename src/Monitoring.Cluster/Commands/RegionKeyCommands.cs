using System.CommandLine;
using Monitoring.Cluster.Configuration;
using Monitoring.Cluster.Keys;
using Monitoring.Core;
using Monitoring.Web;

namespace Monitoring.Cluster.Commands;

/// <summary><c>monitor-cluster region-key add</c>, <c>list</c> and <c>revoke</c>: who may speak for a region over HTTPS.</summary>
internal static class RegionKeyCommands
{
    private const string Name = "monitor-cluster region-key";
    private static readonly string[] Sections = ["Store", "--set"];

    public static Command Create(Surroundings around) =>
        new("region-key", "Issues and revokes the keys of regions that attach over HTTPS.") { Add(around), List(around), Revoke(around) };

    private static Command Add(Surroundings around)
    {
        var region = Code();
        var output = new Option<string>("--out") { HelpName = "FILE", Description = "Writes the key to a new file that only you may read. Without it the key is printed, once." };
        var certificate = new Option<string>("--client-certificate") { HelpName = "FILE", Description = "The region must also show this certificate (PEM) when it connects: mutual TLS." };
        var command = new Command("add", "Issues a key for a region. The database keeps its public half alone; bring the file to the region (--key-file).") { region, output, certificate };
        return OnTable(command, region, around, (parsed, table, id, stop) => RegionKeyRun.AddAsync(table, id, parsed.GetValue(output), parsed.GetValue(certificate), around, stop));
    }

    private static Command List(Surroundings around) => OnTable(
        new Command("list", "Lists the keys of regions: region, key, when issued, and when revoked."), null, around, (_, table, _, stop) => RegionKeyRun.ListAsync(table, Name, around, stop));

    private static Command Revoke(Surroundings around)
    {
        var region = Code();
        var key = new Option<string>("--key") { HelpName = "ID", Description = "This key alone. Default: all keys of the region." };
        var command = new Command("revoke", "Takes the word from a region; every hub knows within seconds.") { region, key };
        return OnTable(command, region, around, (parsed, table, id, stop) => RegionKeyRun.RevokeAsync(table, id, parsed.GetValue(key), Name, around, stop));
    }

    private static Argument<string> Code() => new("region") { HelpName = "CODE", Description = "The region, such as FRA." };

    private static Command OnTable(Command command, Argument<string>? region, Surroundings around, Func<ParseResult, RegionKeyTable, RegionId, CancellationToken, Task<int>> act)
    {
        var settings = new SettingOptions();
        settings.AddTo(command);
        command.SetAction(async (parsed, stop) =>
        {
            var (store, problems) = settings.Read(parsed, around, Database.Read);
            var ours = problems.Where(p => !p.IsWarning && Sections.Contains(p.Key.Split(':')[0])).ToList();
            var id = default(RegionId);
            if (region is not null && RegionKeyRun.Read(parsed.GetValue(region), out id) is { } problem) ours.Add(problem);
            if (!ConfigurationProblem.Print(ours, around.Error)) return ExitCode.Usage;
            await using var table = new RegionKeyTable(store!.Url);
            return await act(parsed, table, id, stop);
        });
        return command;
    }
}
