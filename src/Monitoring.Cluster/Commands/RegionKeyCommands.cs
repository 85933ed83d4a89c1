using System.CommandLine;
using System.Globalization;
using Monitoring.Cluster.Configuration;
using Monitoring.Cluster.Keys;
using Monitoring.Core;
using Monitoring.Probing;
using Monitoring.Web;

namespace Monitoring.Cluster.Commands;

/// <summary><c>monitor-cluster region-key add</c>, <c>list</c> and <c>revoke</c>: who may speak for a region over HTTPS.</summary>
internal static class RegionKeyCommands
{
    private static readonly string[] Sections = ["Store", "--set", "region"];

    public static Command Create(Surroundings around) =>
        new("region-key", "Issues and revokes the keys of regions that attach over HTTPS.") { Add(around), List(around), Revoke(around) };

    private static Command Add(Surroundings around)
    {
        var region = Code();
        var output = new Option<string>("--out") { HelpName = "FILE", Description = "Writes the key to a new file that only you may read. Without it the key is printed, once." };
        var certificate = new Option<string>("--client-certificate") { HelpName = "FILE", Description = "The region must also show this certificate (PEM) when it connects: mutual TLS." };
        return OnTable("add", "Issues a key for a region. The database keeps its public half alone; bring the file to the region (--key-file).", region, [output, certificate], around, async (parsed, table, id, stop) =>
        {
            using var key = RegionKey.Create(id);
            var pinned = parsed.GetValue(certificate) is { } file ? PemCertificate.Sha256Of(file) : null;

            // First the file, for it may be there already; a key that nobody has harms nobody.
            if (parsed.GetValue(output) is { } to) key.Save(Path.Combine(around.Directory, to));
            await table.AddAsync(key, pinned, stop);
            if (parsed.GetValue(output) is null) await around.Output.WriteAsync(key.ToText());
            await around.Output.FlushAsync(stop);
            await around.Error.WriteLineAsync($"Key {key.Id} speaks for {id} from now on{(pinned is null ? "" : " over connections that show the certificate " + pinned)}. It is shown this once: whoever has it is {id}.");
            return ExitCode.Ok;
        });
    }

    private static Command List(Surroundings around) => OnTable("list", "Lists the keys of regions: region, key, when issued, and when revoked.", null, [], around, async (_, table, _, stop) =>
    {
        foreach (var key in await table.ReadAsync(stop))
        {
            var state = key.RevokedAt is { } at ? string.Create(CultureInfo.InvariantCulture, $"revoked {at:u}") : "valid";
            await around.Output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{key.Identity.Region.Code.PadRight(16)}  {key.Identity.KeyId}  issued {key.IssuedAt:u}  {state}"));
        }

        return ExitCode.Ok;
    });

    private static Command Revoke(Surroundings around)
    {
        var key = new Option<string>("--key") { HelpName = "ID", Description = "This key alone. Default: all keys of the region." };
        return OnTable("revoke", "Takes the word from a region; every hub knows within seconds.", Code(), [key], around, async (parsed, table, id, stop) =>
        {
            var revoked = await table.RevokeAsync(id, parsed.GetValue(key), stop);
            await around.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{revoked} key(s) of {id} revoked."));
            return revoked > 0 ? ExitCode.Ok : ExitCode.Failure;
        });
    }

    private static Argument<string> Code() => new("region") { HelpName = "CODE", Description = "The region, such as FRA." };

    private static Command OnTable(
        string name, string description, Argument<string>? region, Option[] options, Surroundings around, Func<ParseResult, RegionKeyTable, RegionId, CancellationToken, Task<int>> act)
    {
        var settings = new SettingOptions();
        var command = new Command(name, description);
        if (region is not null) command.Arguments.Add(region);
        foreach (var option in options) command.Options.Add(option);
        settings.AddTo(command);
        command.SetAction(async (parsed, stop) =>
        {
            var (store, problems) = settings.Read(parsed, around, Database.Read);
            var ours = problems.Where(p => !p.IsWarning && Sections.Contains(p.Key.Split(':')[0])).ToList();
            var id = default(RegionId);
            if (region is not null && (!RegionId.TryParse(parsed.GetValue(region), out id) || id == RegionId.Global))
                ours.Add(new ConfigurationProblem("region", $"'{parsed.GetValue(region)}' is not a region code; 2 to 16 letters and digits are expected, such as FRA."));
            if (!SettingOptions.Print(ours, around.Error)) return ExitCode.Usage;
            await using var table = new RegionKeyTable(store!.Url);
            try
            {
                return await act(parsed, table, id, stop);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException or RegionKeyException)
            {
                await around.Error.WriteLineAsync(e.Message);
                return ExitCode.Failure;
            }
        });
        return command;
    }
}
