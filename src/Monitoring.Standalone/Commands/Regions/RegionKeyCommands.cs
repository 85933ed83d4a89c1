using System.CommandLine;
using System.Globalization;
using Monitoring.Core;
using Monitoring.Probing;
using Monitoring.Standalone.Configuration;
using Monitoring.Standalone.Regions;
using Monitoring.Web;

namespace Monitoring.Standalone.Commands;

/// <summary><c>monitor region add</c>, <c>list</c> and <c>revoke</c>: who may speak for a region. They work on the hub's data, also while it runs.</summary>
internal static class RegionKeyCommands
{
    public static Command Add(Surroundings around)
    {
        var settings = new SettingOptions();
        var region = Code();
        var output = new Option<string>("--out") { HelpName = "FILE", Description = "Writes the key to a new file that only you may read. Without it the key is printed, once." };
        var certificate = new Option<string>("--client-certificate") { HelpName = "FILE", Description = "The region must also show this certificate (PEM) when it connects: mutual TLS." };
        var command = new Command("add", "Issues a key for a region. The hub keeps its public half alone; bring the file to the region (--key-file).") { region, output, certificate };
        settings.AddTo(command);
        command.SetAction((parsed, stop) => OnBookAsync(settings.Read(parsed, around), parsed.GetValue(region)!, around, async (book, options, id) =>
        {
            using var key = RegionKey.Create(id);
            var pinned = parsed.GetValue(certificate) is { } file ? PemCertificate.Sha256Of(file) : null;

            // First the file, for it may be there already; a key that nobody has harms nobody.
            if (parsed.GetValue(output) is { } to) key.Save(Path.Combine(around.Directory, to));
            await book.AddAsync(key, pinned, stop);
            if (parsed.GetValue(output) is null) await around.Output.WriteAsync(key.ToText());
            await around.Output.FlushAsync(stop);
            await around.Error.WriteLineAsync($"Key {key.Id} speaks for {id} from now on{(pinned is null ? "" : " over connections that show the certificate " + pinned)}. It is shown this once: whoever has it is {id}.");
            if (!options.Remote.Regions.Contains(id)) await around.Error.WriteLineAsync($"WARNING {id} is not among Hub:Regions of this configuration; the hub gives it no work until it is.");
            return ExitCode.Ok;
        }));
        return command;
    }

    public static Command List(Surroundings around)
    {
        var settings = new SettingOptions();
        var command = new Command("list", "Lists the keys of regions: region, key, when issued, and when revoked.");
        settings.AddTo(command);
        command.SetAction((parsed, _) => OnBookAsync(settings.Read(parsed, around), null, around, async (book, _, _) =>
        {
            var keys = book.Read();
            foreach (var key in keys)
            {
                await around.Output.WriteLineAsync(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{key.Region.Code.PadRight(16)}  {key.Id}  issued {key.IssuedAt:u}  {(key.RevokedAt is { } at ? string.Create(CultureInfo.InvariantCulture, $"revoked {at:u}") : "valid")}{(key.ClientCertificateSha256 is { } pin ? "  certificate " + pin : "")}"));
            }

            if (keys.IsEmpty) await around.Error.WriteLineAsync("No key was issued yet; 'monitor region add CODE --out FILE' issues one.");
            return ExitCode.Ok;
        }));
        return command;
    }

    public static Command Revoke(Surroundings around)
    {
        var settings = new SettingOptions();
        var region = Code();
        var key = new Option<string>("--key") { HelpName = "ID", Description = "This key alone. Default: all keys of the region." };
        var command = new Command("revoke", "Takes the word from a region. It takes effect at once, also on a hub that runs.") { region, key };
        settings.AddTo(command);
        command.SetAction((parsed, stop) => OnBookAsync(settings.Read(parsed, around), parsed.GetValue(region)!, around, async (book, _, id) =>
        {
            var revoked = await book.RevokeAsync(id, parsed.GetValue(key), stop);
            await around.Error.WriteLineAsync(revoked switch
            {
                0 => $"No key{(parsed.GetValue(key) is { } one ? " " + one : "")} speaks for {id}; 'monitor region list' tells which do.",
                1 => $"1 key of {id} is revoked.",
                _ => string.Create(CultureInfo.InvariantCulture, $"{revoked} keys of {id} are revoked."),
            });
            return revoked > 0 ? ExitCode.Ok : ExitCode.Failure;
        }));
        return command;
    }

    private static Argument<string> Code() => new("region") { HelpName = "CODE", Description = "The region, such as FRA." };

    // Of the configuration only the data directory is of interest; the rest may be as it likes.
    private static async Task<int> OnBookAsync(
        ParsedConfiguration configuration, string? code, Surroundings around, Func<RegionKeyBook, MonitorOptions, RegionId, Task<int>> act)
    {
        var problems = configuration.Problems.Where(p => !p.IsWarning && p.Key.Split(':')[0] is "Data" or "Hub" or "--set").ToList();
        var region = default(RegionId);
        if (code is not null && (!RegionId.TryParse(code, out region) || region == RegionId.Global))
            problems.Add(new ConfigurationProblem("region", $"'{code}' is not a region code; 2 to 16 letters and digits are expected, such as FRA."));
        if (problems.Count > 0)
        {
            SettingOptions.Print(problems, around.Error);
            return ExitCode.Usage;
        }

        try
        {
            return await act(new RegionKeyBook(Path.Combine(around.Directory, configuration.Options.Data), around.Time), configuration.Options, region);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or InvalidOperationException or RegionKeyException)
        {
            await around.Error.WriteLineAsync(e.Message);
            return ExitCode.Failure;
        }
    }
}
