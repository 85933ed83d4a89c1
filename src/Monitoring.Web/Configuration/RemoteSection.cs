using Monitoring.Core;

namespace Monitoring.Web;

/// <summary>Section <c>Hub</c>: the regions of other processes, and where they call.</summary>
/// <param name="Regions">The regions, in order of their codes; empty where all is one process.</param>
/// <param name="Urls">Addresses for regions beside those of the leaderboard.</param>
/// <param name="CertificateFile">PEM of the certificate for https addresses; null where there is none.</param>
/// <param name="CertificateKeyFile">PEM of its key.</param>
public sealed record RemoteOptions(ImmutableArray<RegionId> Regions, ImmutableArray<Uri> Urls, string? CertificateFile, string? CertificateKeyFile)
{
    /// <summary>No region is elsewhere.</summary>
    public static RemoteOptions None { get; } = new([], [], null, null);
}

/// <summary>Reads <c>Hub</c>.</summary>
/// <param name="keys">The settings.</param>
public sealed class RemoteSection(KeyReader keys)
{
    private const int MostRegions = 64;

    /// <summary>The section.</summary>
    public RemoteOptions Read()
    {
        var regions = ImmutableArray.CreateBuilder<RegionId>();
        foreach (var (key, text) in keys.List("Hub:Regions"))
        {
            if (!RegionId.TryParse(text, out var region)) keys.Problem(key, $"'{text}' is not a region code; 2 to 16 letters and digits are expected, such as FRA.");
            else if (region == RegionId.Global) keys.Problem(key, "GLOBAL is what clients compute over all regions; nothing is measured from it.");
            else if (regions.Contains(region)) keys.Problem(key, $"{region} is listed twice.");
            else regions.Add(region);
        }

        if (regions.Count > MostRegions) keys.Problem("Hub:Regions", $"{regions.Count} regions are more than the {MostRegions} that one hub leads.");
        var certificate = File("Hub:CertificateFile");
        var key2 = File("Hub:CertificateKeyFile");
        var urls = Urls(certificate);
        if ((certificate is null) != (key2 is null)) keys.Problem(certificate is null ? "Hub:CertificateFile" : "Hub:CertificateKeyFile", "A certificate and its key belong together; the other one of the two is expected here.");
        if (certificate is not null && !urls.Any(u => u.Scheme == Uri.UriSchemeHttps)) keys.Problem("Hub:Urls", "There is a certificate and no https address that shows it; name one, such as https://*:8443, or remove the certificate.");
        if (regions.Count == 0 && (urls.Length > 0 || certificate is not null)) keys.Problem("Hub:Regions", "The codes of the regions that call this hub are expected, such as [\"FRA\", \"MDW\"].");
        return new RemoteOptions([.. regions.Order()], urls, certificate, key2);
    }

    private ImmutableArray<Uri> Urls(string? certificate)
    {
        var urls = ImmutableArray.CreateBuilder<Uri>();
        foreach (var (key, text) in keys.List("Hub:Urls"))
        {
            if (ListenAddresses.Parse(text, takesHttps: true, out var why) is not { } url) keys.Problem(key, why);
            else if (url.Scheme == Uri.UriSchemeHttps && certificate is null)
                keys.Problem(key, "An https address needs Hub:CertificateFile and Hub:CertificateKeyFile; or let a proxy in front speak TLS, and name an http address here.");
            else urls.Add(url);
        }

        return urls.ToImmutable();
    }

    private string? File(string key)
    {
        var text = keys.Text(key);
        keys.Show(key, text ?? "");
        return text;
    }
}
