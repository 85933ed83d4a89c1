using System.Numerics;
using Monitoring.Core;
using Monitoring.Ethereum;

namespace Monitoring.Livepeer;

/// <summary>Reads <c>Chain</c>, <c>Wallet</c> and <c>Spend</c>: what a paid test needs beyond an unpaid one.</summary>
public sealed class PaidSections(ISettings keys)
{
    private static readonly BigInteger Ether = BigInteger.Pow(10, 18);

    // A test of the whole clip has about 1.5e9 output pixels: at the default ceiling it costs 0.00008 ether, at usual prices a fiftieth of
    // that. The caps of the days are a few dozen such tests at the ceiling, which no usual day comes near.
    private static readonly SpendCaps Defaults = new()
    {
        PerTest = Ether / 5_000, PerOrchestratorDay = Ether / 1_000, PerRegionDay = Ether / 50, PerDay = Ether / 20,
    };

    /// <summary>The chain; null when no endpoint is configured.</summary>
    public ChainSettings? Chain()
    {
        var before = keys.ProblemCount;
        var urls = ImmutableArray.CreateBuilder<Uri>();
        foreach (var (key, text) in keys.List("Chain:RpcUrls", Shown))
        {
            if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps) || url.Host.Length == 0)
                keys.Problem(key, "That is not the URL of a JSON-RPC endpoint; http:// or https:// with a host is expected.");
            else if (urls.Contains(url)) keys.Problem(key, "That endpoint is listed twice; a second one is of use only when it is another.");
            else urls.Add(url);
        }

        var controller = ChainSettings.ArbitrumController;
        if (keys.Text("Chain:Controller") is { } address && !Address.TryParse(address, out controller))
        {
            keys.Problem("Chain:Controller", $"'{address}' is not an address, or its upper and lower case do not match its checksum; copy it again.");
            controller = ChainSettings.ArbitrumController;
        }

        keys.Show("Chain:Controller", controller.ToString());
        var id = keys.Number("Chain:Id", ChainSettings.ArbitrumOne, 1, int.MaxValue);
        if (id != ChainSettings.ArbitrumOne && controller == ChainSettings.ArbitrumController)
            keys.Problem("Chain:Controller", $"The contracts of chain {id} are not known here; name its controller.");
        if (id == ChainSettings.ArbitrumOne && controller != ChainSettings.ArbitrumController)
            keys.Problem("Chain:Controller", $"The controller of Arbitrum One is {ChainSettings.ArbitrumController} and no other: money sent to a wrong contract is lost. Remove the key, or name the chain's id.");
        if (urls.Count == 0 && keys.ProblemCount == before && (keys.Text("Chain:Controller") is not null || keys.Text("Chain:Id") is not null))
            keys.Warn("Chain:RpcUrls", "Without an endpoint the other settings of the section are without effect.");
        return urls.Count == 0 ? null : new ChainSettings(urls.ToImmutable(), controller, id);
    }

    /// <summary>Where the key is; null when there is none.</summary>
    public WalletOptions? Wallet()
    {
        var key = keys.Text("Wallet:Key");
        if (key is not null && keys.OriginOf("Wallet:Key") != "environment")
            keys.Problem("Wallet:Key", "A key belongs into the environment (MONITOR_Wallet__Key) or into a file of its own (Wallet:KeyFile, Wallet:Keystore), where fewer eyes come by.");
        keys.Show("Wallet:Key", key is null ? "" : Secret.Mask);
        var file = Shown("Wallet:KeyFile");
        var keystore = Shown("Wallet:Keystore");
        var password = Shown("Wallet:PasswordFile");

        string[] given = [.. new[] { ("Wallet:Key", key), ("Wallet:KeyFile", file), ("Wallet:Keystore", keystore) }.Where(k => k.Item2 is not null).Select(k => k.Item1)];
        if (given.Length > 1) keys.Problem(given[1], $"{given[0]} is set as well; keep one of the two.");
        if (keystore is not null && password is null) keys.Problem("Wallet:PasswordFile", "The file with the password of the keystore is expected.");
        if (keystore is null && password is not null) keys.Problem("Wallet:PasswordFile", "There is no keystore (Wallet:Keystore) that it could open; remove it.");
        return given.Length == 0 ? null : new WalletOptions(key is null ? null : new Secret(key), file, keystore, password);

        string? Shown(string name)
        {
            var text = keys.Text(name);
            keys.Show(name, text ?? "");
            return text;
        }
    }

    /// <summary>The caps: 0.0002 ether a test, 0.001 an orchestrator and day, 0.02 a region and day and 0.05 a day unless others are set.</summary>
    public SpendCaps Spend()
    {
        var caps = new SpendCaps
        {
            PerTest = Amount("Spend:PerTest", Defaults.PerTest),
            PerOrchestratorDay = Amount("Spend:PerOrchestratorDay", Defaults.PerOrchestratorDay),
            PerRegionDay = Amount("Spend:PerRegionDay", Defaults.PerRegionDay),
            PerDay = Amount("Spend:PerDay", Defaults.PerDay),
        };
        if (caps.PerTest > caps.PerOrchestratorDay)
            keys.Problem("Spend:PerTest", $"{WeiText.Format(caps.PerTest)} is more than Spend:PerOrchestratorDay allows ({WeiText.Format(caps.PerOrchestratorDay)}), so not one test could start.");
        else if (caps.PerTest > BigInteger.Min(caps.PerRegionDay, caps.PerDay))
            keys.Problem("Spend:PerTest", $"{WeiText.Format(caps.PerTest)} is more than a whole day may cost ({WeiText.Format(BigInteger.Min(caps.PerRegionDay, caps.PerDay))}), so not one test could start.");
        return caps;
    }

    /// <summary>What only shows when the sections are seen together.</summary>
    /// <param name="source">Where the orchestrators come from.</param>
    /// <param name="chain">The chain; null for none.</param>
    /// <param name="wallet">The wallet; null for none.</param>
    /// <param name="paysHere">True when this process tests; a hub that only leads others holds no key.</param>
    public void Check(SourceKind source, ChainSettings? chain, WalletOptions? wallet, bool paysHere)
    {
        if (source == SourceKind.Chain && chain is null) keys.Problem("Chain:RpcUrls", "A JSON-RPC endpoint of the chain is expected, from which the orchestrators are read.");
        if (source == SourceKind.Chain && wallet is null && paysHere)
            keys.Problem("Wallet:KeyFile", "A key is expected (Wallet:KeyFile, Wallet:Keystore or the environment): orchestrators of the chain refuse tests that nobody pays.");
        if (source != SourceKind.Chain && wallet is not null && chain is null)
            keys.Problem("Chain:RpcUrls", "A JSON-RPC endpoint of the chain is expected: payments need the round, the L1 block and what is in the wallet.");
        if (wallet is not null && !paysHere) keys.Problem("Wallet", "This hub tests nothing itself, so it needs no key: each region pays with its own. Remove it here.");
        if (source == SourceKind.Simulated && wallet is not null) keys.Problem("Wallet", "The simulated network of this process is not paid; name a source, or remove the key.");
    }

    private BigInteger Amount(string key, BigInteger otherwise)
    {
        var wei = otherwise;
        if (keys.Text(key) is { } text)
        {
            if (!WeiText.TryParse(text, out wei))
            {
                keys.Problem(key, $"'{text}' is not an amount; {WeiText.Expected}.");
                wei = otherwise;
            }
            else if (wei.IsZero) keys.Problem(key, "Nothing at all could be spent; remove the key of the wallet if that is meant.");
        }

        keys.Show(key, WeiText.Format(wei));
        return wei;
    }

    // Providers put the key of an account into the path.
    private static string Shown(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var parsed) && parsed.Host.Length > 0
            ? parsed.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped) + (parsed.PathAndQuery == "/" ? "" : "/" + Secret.Mask)
            : Secret.Mask;
}
