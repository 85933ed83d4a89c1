using Microsoft.Extensions.Logging;
using Monitoring.Core;
using Monitoring.Livepeer;
using Monitoring.Standalone.Regions;
using Monitoring.Web;

namespace Monitoring.Standalone.Configuration;

/// <summary>The whole configuration of <c>monitor region</c>, parsed once.</summary>
internal sealed record RegionProcessOptions
{
    /// <summary>The hub's address.</summary>
    public required Uri Hub { get; init; }

    /// <summary>The file of the region's key.</summary>
    public required string KeyFile { get; init; }

    /// <summary>How the hub is recognised.</summary>
    public required HubTrust Trust { get; init; }

    /// <summary>Tests at once.</summary>
    public required int Workers { get; init; }

    /// <summary>Outside hosts that must always answer.</summary>
    public required ImmutableArray<Uri> Controls { get; init; }

    /// <summary>The most results that wait in the spool.</summary>
    public required int SpoolItems { get; init; }

    /// <summary>What a test sends; as the hub has it.</summary>
    public required TestOptions Tests { get; init; }

    /// <summary>Addresses of this machine may be dialled: only where hub and orchestrators are simulated.</summary>
    public required bool AllowLoopback { get; init; }

    /// <summary>The chain; null for none.</summary>
    public ChainSettings? Chain { get; init; }

    /// <summary>Where the key that pays is; null for tests that nobody pays.</summary>
    public WalletOptions? Wallet { get; init; }

    /// <summary>The most that may be spent.</summary>
    public required SpendCaps Spend { get; init; }

    /// <summary>Addresses for health and metrics; empty for none.</summary>
    public required ImmutableArray<Uri> Urls { get; init; }

    /// <summary>Addresses for <c>/metrics</c> alone; empty where it is answered on <see cref="Urls"/>.</summary>
    public ImmutableArray<Uri> MetricsUrls { get; init; } = [];

    /// <summary>Directory of everything that is kept.</summary>
    public required string Data { get; init; }

    /// <summary>Simulation only: how far the clock of the process is set wrong.</summary>
    public required TimeSpan ClockOffset { get; init; }

    /// <summary>The least level of our own log lines.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;
}

/// <summary>What became of the configuration of a region.</summary>
/// <param name="Options">The options; use them only when <see cref="IsUsable"/>.</param>
/// <param name="Problems">Everything found, errors and warnings.</param>
internal sealed record ParsedRegion(RegionProcessOptions Options, ImmutableArray<ConfigurationProblem> Problems)
{
    /// <summary>True when there are only warnings.</summary>
    public bool IsUsable => Problems.All(p => p.IsWarning);
}

/// <summary>Turns the layers of configuration into the options of a region.</summary>
internal sealed class RegionProcessParser
{
    private static readonly Uri Nowhere = new("http://localhost/");
    private readonly KeyReader _keys;

    private RegionProcessParser(KeyReader keys) => _keys = keys;

    /// <summary>Reads everything.</summary>
    public static ParsedRegion Parse(ConfigurationLayers layers)
    {
        var keys = new KeyReader(layers);
        var options = new RegionProcessParser(keys).Read();
        keys.ReportUnknown();
        return new ParsedRegion(options, [.. keys.Problems]);
    }

    private RegionProcessOptions Read()
    {
        var paid = new PaidSections(_keys);
        var chain = paid.Chain();
        var wallet = paid.Wallet();
        var spend = paid.Spend();
        if (wallet is not null && chain is null) _keys.Problem("Chain:RpcUrls", "A JSON-RPC endpoint of the chain is expected: payments need the round, the L1 block and what is in the wallet.");
        var allowLoopback = _keys.Switch("Source:AllowLoopback", false);
        var offset = _keys.Number("Simulate:ClockOffset", 0, -86_400, 86_400);
        if (offset != 0 && !allowLoopback) _keys.Problem("Simulate:ClockOffset", "A clock is set wrong only in a simulation (Source:AllowLoopback); set the machine's clock instead.");
        var list = new ControlSection(_keys);
        var urls = ListenAddresses.ReadHealthUrls(_keys);
        return new RegionProcessOptions
        {
            Hub = Hub(),
            KeyFile = File("Region:KeyFile", "The key file of this region is expected; 'monitor region add CODE' on the hub writes it.") ?? "",
            Trust = Trust(),
            Workers = _keys.Number("Region:Workers", 16, 1, 256),
            Controls = list.Read(needed: !allowLoopback),
            SpoolItems = _keys.Number("Region:SpoolItems", 10_000, 1, 1_000_000),
            Tests = TestOptions.Read(_keys),
            AllowLoopback = allowLoopback,
            Chain = chain,
            Wallet = wallet,
            Spend = spend,
            Urls = urls,
            MetricsUrls = ListenAddresses.ReadMetricsUrls(_keys, urls),
            Data = _keys.Text("Data", "data-region"),
            ClockOffset = TimeSpan.FromSeconds(offset),
            LogLevel = _keys.Choice("Log:Level", LogLevel.Information, [.. Enum.GetValues<LogLevel>().Select(l => (l.ToString(), l))]),
        };
    }

    private Uri Hub()
    {
        var text = File("Region:Hub", "The hub's address is expected, such as https://hub.example.org (--hub).");
        if (text is null) return Nowhere;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.Host.Length == 0)
        {
            _keys.Problem("Region:Hub", $"'{text}' is not a URL; https:// with a host is expected.");
            return Nowhere;
        }

        if (url.Scheme == Uri.UriSchemeHttp && !url.IsLoopback)
            _keys.Problem("Region:Hub", "Over http anybody on the way could read what is measured and hold it back; https:// is expected (http only to this machine itself).");
        return url;
    }

    private HubTrust Trust()
    {
        var pin = Shown("Region:HubPin")?.Replace(":", "", StringComparison.Ordinal).ToLowerInvariant();
        if (pin is not null && (pin.Length != 64 || !pin.All(char.IsAsciiHexDigitLower))) _keys.Problem("Region:HubPin", "The SHA-256 of the hub's certificate is expected, 64 hex digits.");
        var ca = Shown("Region:HubCaFile");
        if (pin is not null && ca is not null) _keys.Problem("Region:HubCaFile", "Region:HubPin names the one certificate that is believed; keep one of the two.");
        var certificate = Shown("Region:ClientCertificateFile");
        var key = Shown("Region:ClientCertificateKeyFile");
        if ((certificate is null) != (key is null)) _keys.Problem("Region:ClientCertificateKeyFile", "A client certificate and its key belong together; both are expected, or none.");
        return new HubTrust(pin, ca, certificate, key);
    }

    private string? File(string key, string expected)
    {
        if (Shown(key) is { } text) return text;
        _keys.Problem(key, expected);
        return null;
    }

    private string? Shown(string key)
    {
        var text = _keys.Text(key);
        _keys.Show(key, text ?? "");
        return text;
    }
}
