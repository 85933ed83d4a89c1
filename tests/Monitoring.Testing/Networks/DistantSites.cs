using System.Diagnostics;
using System.Globalization;

namespace Monitoring.Testing;

/// <summary>
/// Places on one machine that are as far apart as one says: a centre and sites around it, each a network namespace of its own, joined to
/// the centre by a line with delay and loss. Nothing in them reaches the outside. Needs root, iproute2 and <c>/dev/net/tun</c>.
/// </summary>
public sealed class DistantSites : IDisposable
{
    private static int _made;
    private readonly string _name;
    private readonly List<LongLine> _lines = [];
    private readonly List<string> _namespaces = [];
    private readonly Dictionary<string, LongLine> _lineOf = [];

    private DistantSites()
    {
        _name = string.Create(CultureInfo.InvariantCulture, $"mon{Environment.ProcessId}x{Interlocked.Increment(ref _made)}");
        Centre = _name + "c";
    }

    /// <summary>The address of the centre, by which every site reaches it. It looks public, and ends at this machine's namespaces.</summary>
    public const string CentreAddress = "45.45.0.1";

    /// <summary>The centre's network namespace.</summary>
    public string Centre { get; }

    /// <summary>Why there can be none here; null where there can.</summary>
    public static string? WhyNot()
    {
        if (!OperatingSystem.IsLinux() || !File.Exists("/dev/net/tun")) return "/dev/net/tun is needed";
        try
        {
            using var sites = Make();
            return null;
        }
        catch (Exception e) when (e is IOException or System.ComponentModel.Win32Exception)
        {
            return e.Message;
        }
    }

    /// <summary>Makes the centre.</summary>
    /// <exception cref="IOException">It cannot be made: no root, no iproute2.</exception>
    public static DistantSites Make()
    {
        var sites = new DistantSites();
        try
        {
            sites.Namespace(sites.Centre);
            Ip($"-n {sites.Centre} addr add {CentreAddress}/32 dev lo");
            return sites;
        }
        catch
        {
            sites.Dispose();
            throw;
        }
    }

    /// <summary>Adds a site.</summary>
    /// <param name="roundTrip">Of a packet to the centre and back.</param>
    /// <param name="loss">The share of packets that are lost in each direction, 0 to 1.</param>
    /// <param name="seed">Draws which.</param>
    /// <returns>Its network namespace.</returns>
    /// <exception cref="IOException">It cannot be made.</exception>
    public string Add(TimeSpan roundTrip, double loss, int seed)
    {
        var number = _lines.Count + 1;
        var site = string.Create(CultureInfo.InvariantCulture, $"{_name}s{number}");
        Namespace(site);
        var (near, far) = (string.Create(CultureInfo.InvariantCulture, $"{_name}n{number}"), string.Create(CultureInfo.InvariantCulture, $"{_name}f{number}"));
        var ends = (Near: new TunDevice(near), Far: new TunDevice(far));
        Ip($"link set {near} netns {Centre}");
        Ip($"link set {far} netns {site}");
        var address = string.Create(CultureInfo.InvariantCulture, $"45.45.{number}.1");
        Ip($"-n {Centre} link set {near} up");
        Ip($"-n {Centre} route add {address}/32 dev {near} src {CentreAddress}");
        Ip($"-n {site} addr add {address}/32 dev {far}");
        Ip($"-n {site} link set {far} up");
        Ip($"-n {site} route add {CentreAddress}/32 dev {far} src {address}");
        var line = new LongLine(ends.Near, ends.Far, roundTrip / 2, loss, seed);
        _lines.Add(line);
        _lineOf[site] = line;
        return site;
    }

    /// <summary>Cuts the line of a site, or mends it.</summary>
    public void Cut(string site, bool isCut) => _lineOf[site].IsCut = isCut;

    /// <summary>A command that runs another inside a namespace.</summary>
    public static ProcessStartInfo Inside(string site, string program, params ReadOnlySpan<string> arguments)
    {
        var start = new ProcessStartInfo("ip");
        foreach (var argument in (ReadOnlySpan<string>)["netns", "exec", site, program, .. arguments]) start.ArgumentList.Add(argument);
        return start;
    }

    /// <summary>Everything that was made is gone. Processes inside must have ended.</summary>
    public void Dispose()
    {
        foreach (var line in _lines) line.Dispose();
        foreach (var made in _namespaces) Ip($"netns del {made}");
    }

    private void Namespace(string name)
    {
        Ip($"netns add {name}");
        _namespaces.Add(name);
        Ip($"-n {name} link set lo up");
    }

    private static void Ip(string arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true })!;
        var said = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new IOException($"ip {arguments}: {said.Trim()}");
    }
}
