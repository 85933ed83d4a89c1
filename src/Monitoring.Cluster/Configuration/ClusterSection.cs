using System.Net;
using Monitoring.Core;
using Monitoring.Web;

namespace Monitoring.Cluster.Configuration;

/// <summary>Section <c>Cluster</c>: which silos belong together, and how they reach each other.</summary>
/// <param name="Id">Silos of another id in the same database are strangers.</param>
/// <param name="Regions">The regions whose silos are members, in order of their codes.</param>
/// <param name="Address">The address that other silos dial.</param>
/// <param name="SiloPort">The port that they dial.</param>
/// <param name="GatewayPort">The port for clients outside the cluster; 0 for none.</param>
/// <param name="Certificate">What silos show each other; null where their traffic is in the clear.</param>
internal sealed record Membership(string Id, ImmutableArray<RegionId> Regions, IPAddress Address, int SiloPort, int GatewayPort, SiloCertificate? Certificate);

/// <summary>What a silo shows to others, and whom it believes: PEM files.</summary>
/// <param name="File">Its certificate, for server and client authentication.</param>
/// <param name="KeyFile">The certificate's key.</param>
/// <param name="CaFile">The authorities whose certificates are believed; the machine's are not.</param>
internal sealed record SiloCertificate(string File, string KeyFile, string CaFile);

/// <summary>Reads <c>Cluster</c>.</summary>
internal sealed class ClusterSection(KeyReader keys)
{
    private const int MostRegions = 64;
    private const int LongestId = 64;

    /// <summary>The section.</summary>
    public Membership Read()
    {
        var id = keys.Text("Cluster:Id", "monitoring");
        if (id.Length > LongestId || !id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')) keys.Problem("Cluster:Id", $"'{id}' cannot name a cluster; 1 to {LongestId} letters, digits, hyphens and underscores are expected.");
        var regions = Regions();
        var address = Address();
        var port = keys.Number("Cluster:SiloPort", 11_111, 1, 65_535);
        var gateway = keys.Number("Cluster:GatewayPort", 0, 0, 65_535);
        if (gateway == port) keys.Problem("Cluster:GatewayPort", "It is the port of the silo already.");
        var certificate = Certificate();
        if (certificate is null && !IPAddress.IsLoopback(address)) keys.Warn("Cluster:CertificateFile", "Whoever reaches the port of a silo can do whatever a hub can: set the certificates of the cluster, or keep the port inside a network of your own.");
        return new Membership(id, regions, address, port, gateway, certificate);
    }

    private ImmutableArray<RegionId> Regions()
    {
        var regions = ImmutableArray.CreateBuilder<RegionId>();
        foreach (var (key, text) in keys.List("Cluster:Regions"))
        {
            if (!RegionId.TryParse(text, out var region)) keys.Problem(key, $"'{text}' is not a region code; 2 to 16 letters and digits are expected, such as FRA.");
            else if (region == RegionId.Global) keys.Problem(key, "GLOBAL is what clients compute over all regions; nothing is measured from it.");
            else if (regions.Contains(region)) keys.Problem(key, $"{region} is listed twice.");
            else regions.Add(region);
        }

        if (regions.Count > MostRegions) keys.Problem("Cluster:Regions", $"{regions.Count} regions are more than the {MostRegions} of one cluster.");
        return [.. regions.Order()];
    }

    private IPAddress Address()
    {
        var text = keys.Text("Cluster:Address", IPAddress.Loopback.ToString());
        if (IPAddress.TryParse(text, out var address) && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any)) return address;
        keys.Problem("Cluster:Address", $"'{text}' is not an address that other silos can dial; an IP address of this machine is expected (no name, and no address that is translated on the way).");
        return IPAddress.Loopback;
    }

    private SiloCertificate? Certificate()
    {
        string[] names = ["Cluster:CertificateFile", "Cluster:CertificateKeyFile", "Cluster:CaFile"];
        var files = names.Select(name =>
        {
            var file = keys.Text(name);
            keys.Show(name, file ?? "");
            return file;
        }).ToArray();
        if (files.All(file => file is null)) return null;
        foreach (var (name, _) in names.Zip(files).Where(f => f.Second is null)) keys.Problem(name, "Certificate, key and authorities belong together; all three are expected, or none.");
        return files is [{ } file, { } keyFile, { } caFile] ? new SiloCertificate(file, keyFile, caFile) : null;
    }
}
