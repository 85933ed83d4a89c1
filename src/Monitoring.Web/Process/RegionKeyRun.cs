using System.Globalization;
using Monitoring.Core;
using Monitoring.Probing;

namespace Monitoring.Web;

/// <summary>Issues, lists and revokes the keys of regions, and says what it did.</summary>
public static class RegionKeyRun
{
    /// <summary>Reads the region that was typed.</summary>
    /// <returns>What is wrong with it; null where nothing is.</returns>
    public static ConfigurationProblem? Read(string? text, out RegionId region) => RegionId.TryParse(text, out region) && region != RegionId.Global
        ? null
        : new ConfigurationProblem("region", $"'{text}' is not a region code; 2 to 16 letters and digits are expected, such as FRA.");

    /// <summary>Issues a key.</summary>
    /// <param name="keys">Where it is kept.</param>
    /// <param name="region">Whom it speaks for.</param>
    /// <param name="output">The new file that it is written to; null to print it, once.</param>
    /// <param name="certificate">The file of the certificate that its connections must show; null for none.</param>
    /// <param name="around">The process.</param>
    /// <param name="stop">Ends it.</param>
    /// <returns>The exit code.</returns>
    public static Task<int> AddAsync(IRegionKeyLedger keys, RegionId region, string? output, string? certificate, Surroundings around, CancellationToken stop) => SayAsync(around, async () =>
    {
        using var key = RegionKey.Create(region);
        var pinned = certificate is null ? null : PemCertificate.Sha256Of(certificate);

        // First the file, for it may be there already; a key that nobody has harms nobody.
        if (output is not null) key.Save(Path.Combine(around.Directory, output));
        await keys.AddAsync(key, pinned, stop);
        if (output is null) await around.Output.WriteAsync(key.ToText());
        await around.Output.FlushAsync(stop);
        await around.Error.WriteLineAsync($"Key {key.Id} speaks for {region} from now on{(pinned is null ? "" : " over connections that show the certificate " + pinned)}. It is shown this once: whoever has it is {region}.");
        return ExitCode.Ok;
    });

    /// <summary>Lists them.</summary>
    /// <param name="keys">Where they are kept.</param>
    /// <param name="command">What the host calls these commands, such as <c>monitor region</c>.</param>
    /// <param name="around">The process.</param>
    /// <param name="stop">Ends it.</param>
    /// <returns>The exit code.</returns>
    public static Task<int> ListAsync(IRegionKeyLedger keys, string command, Surroundings around, CancellationToken stop) => SayAsync(around, async () =>
    {
        var all = await keys.ListAsync(stop);
        foreach (var key in all)
        {
            var state = key.RevokedAt is { } at ? string.Create(CultureInfo.InvariantCulture, $"revoked {at:u}") : "valid";
            var pin = key.ClientCertificateSha256 is { } sha256 ? "  certificate " + sha256 : "";
            await around.Output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{key.Region.Code.PadRight(16)}  {key.KeyId}  issued {key.IssuedAt:u}  {state}{pin}"));
        }

        if (all.IsEmpty) await around.Error.WriteLineAsync($"No key was issued yet; '{command} add CODE --out FILE' issues one.");
        return ExitCode.Ok;
    });

    /// <summary>Revokes the keys of a region, or one of them.</summary>
    /// <param name="keys">Where they are kept.</param>
    /// <param name="region">The region.</param>
    /// <param name="id">The key; null for all.</param>
    /// <param name="command">What the host calls these commands.</param>
    /// <param name="around">The process.</param>
    /// <param name="stop">Ends it.</param>
    /// <returns>The exit code: a failure where none spoke for it.</returns>
    public static Task<int> RevokeAsync(IRegionKeyLedger keys, RegionId region, string? id, string command, Surroundings around, CancellationToken stop) => SayAsync(around, async () =>
    {
        var revoked = await keys.RevokeAsync(region, id, stop);
        await around.Error.WriteLineAsync(revoked switch
        {
            0 => $"No key{(id is null ? "" : " " + id)} speaks for {region}; '{command} list' tells which do.",
            1 => $"1 key of {region} is revoked.",
            _ => string.Create(CultureInfo.InvariantCulture, $"{revoked} keys of {region} are revoked."),
        });
        return revoked > 0 ? ExitCode.Ok : ExitCode.Failure;
    });

    private static async Task<int> SayAsync(Surroundings around, Func<Task<int>> act)
    {
        try
        {
            return await act();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or InvalidOperationException or RegionKeyException)
        {
            await around.Error.WriteLineAsync(e.Message);
            return ExitCode.Failure;
        }
    }
}
