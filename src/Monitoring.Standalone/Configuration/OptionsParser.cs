using Microsoft.Extensions.Logging;
using Monitoring.Core;
using Monitoring.Livepeer;
using Monitoring.Standalone.Sources;
using Monitoring.Web;

namespace Monitoring.Standalone.Configuration;

/// <summary>What became of a configuration.</summary>
/// <param name="Options">The options; defaults stand where a key has a problem, so use them only when <see cref="IsUsable"/>.</param>
/// <param name="Problems">Everything found, errors and warnings, in order of the sections.</param>
/// <param name="Effective">Every setting in force, in order of the sections, secrets masked.</param>
internal sealed record ParsedConfiguration(
    MonitorOptions Options, ImmutableArray<ConfigurationProblem> Problems, ImmutableArray<EffectiveSetting> Effective)
{
    /// <summary>True when there are only warnings.</summary>
    public bool IsUsable => Problems.All(p => p.IsWarning);
}

/// <summary>Turns the layers of configuration into options, once, strictly, listing every problem there is.</summary>
internal sealed class OptionsParser
{
    /// <summary>Where the monitor listens unless told otherwise.</summary>
    public const string DefaultUrl = "http://localhost:8080";

    private static readonly ImmutableArray<RegionId> SimulatedRegions = [RegionId.Parse("FRA"), RegionId.Parse("MDW"), RegionId.Parse("SIN")];

    private readonly KeyReader _keys;

    private OptionsParser(KeyReader keys) => _keys = keys;

    /// <summary>Reads everything.</summary>
    public static ParsedConfiguration Parse(ConfigurationLayers layers)
    {
        var keys = new KeyReader(layers);
        var options = new OptionsParser(keys).Read();
        keys.ReportUnknown();
        return new ParsedConfiguration(options, [.. keys.Problems], [.. keys.Effective]);
    }

    private MonitorOptions Read()
    {
        var paid = new PaidSections(_keys);
        var chain = paid.Chain();
        var source = new SourceSection(_keys, simulates: true).Read(chain is not null);
        var wallet = paid.Wallet();
        var spend = paid.Spend();
        var simulated = source.Kind == SourceKind.Simulated;
        var remote = new RemoteSection(_keys).Read();
        var region = Region(simulated, remote);
        paid.Check(source.Kind, chain, wallet, paysHere: !region.Measured.IsEmpty || remote.Regions.IsEmpty);
        ImmutableArray<RegionId> tested = [.. region.Measured.Concat(remote.Regions).Order()];
        var tests = TestOptions.Read(_keys, simulated ? 5 : 15);
        var schedule = new ScheduleSection(_keys).Read(tested, tests.Segments, simulated);
        var listed = new RegionTable(_keys).Read(tested);
        var publishUnverified = _keys.Switch("Publish:Unverified", false);
        var scoring = _keys.Choice("Scoring:Method", ScoringMethod.Sums, ("Sums", ScoringMethod.Sums), ("LeaderboardServerless", ScoringMethod.LeaderboardServerless));
        var post = new PostSection(_keys).Read(tested, listed);
        var postTo = PostTo(simulated);
        var urls = ListenAddresses.ReadUrls(_keys, DefaultUrl);
        return new MonitorOptions
        {
            Source = source,
            Chain = chain,
            Wallet = wallet,
            Spend = spend,
            Region = region,
            Remote = remote,
            Tests = tests,
            Schedule = schedule,
            Regions = listed,
            PublishUnverified = publishUnverified,
            Scoring = scoring,
            Post = post,
            PostTo = postTo,
            Urls = urls,
            MetricsUrls = ListenAddresses.ReadMetricsUrls(_keys, [.. urls, .. remote.Urls]),
            Data = Data(),
            Store = new StoreSection(_keys).Read(),
            Simulate = Simulate(simulated),
            Alerts = new AlertSections(_keys).Read(),
            LogLevel = _keys.Choice("Log:Level", LogLevel.Information, [.. Enum.GetValues<LogLevel>().Select(l => (l.ToString(), l))]),
        };
    }

    private RegionOptions Region(bool simulated, RemoteOptions remote)
    {
        var text = _keys.Text("Region:Id");
        var measured = simulated && remote.Regions.IsEmpty ? SimulatedRegions : [];
        if (text is not null && !RegionId.TryParse(text, out var id)) _keys.Problem("Region:Id", $"'{text}' is not a region code; 2 to 16 letters and digits are expected, such as FRA.");
        else if (text is not null && (id = RegionId.Parse(text)) == RegionId.Global) _keys.Problem("Region:Id", "GLOBAL is what clients compute over all regions; nothing is measured from it.");
        else if (text is not null && remote.Regions.Contains(RegionId.Parse(text)))
            _keys.Problem("Region:Id", $"{text.ToUpperInvariant()} is a region of another process (Hub:Regions), which would test every orchestrator beside this one; remove it in one of the two.");
        else if (text is not null && simulated)
            _keys.Problem("Region:Id", $"The simulated network has its own regions ({string.Join(", ", SimulatedRegions)}). Remove the key, or name the orchestrators to measure with Source:Orchestrators or Source:Webhook.");
        else if (text is not null) measured = [RegionId.Parse(text)];
        else if (!simulated && remote.Regions.IsEmpty) _keys.Problem("Region:Id", "The region this process measures from is expected, such as FRA; there is no default. A hub that only leads others names them in Hub:Regions.");
        _keys.Show("Region:Id", simulated && remote.Regions.IsEmpty ? string.Join(", ", SimulatedRegions) : text?.ToUpperInvariant() ?? "");

        var workers = _keys.Number("Region:Workers", 16, 4, 256);
        return new RegionOptions(measured, workers, new ControlSection(_keys).Read(needed: !simulated && !measured.IsEmpty));
    }

    private PostToOptions? PostTo(bool simulated)
    {
        var text = _keys.Text("PostTo:Url");
        var url = text is null ? null : HttpUrl("PostTo:Url", text);
        if (url is { AbsolutePath: "/", Query: "" }) url = new Uri(url, "/api/post_stats");
        _keys.Show("PostTo:Url", url is null ? text ?? "" : WithoutCredentials(url));
        var secret = _keys.Secret("PostTo:Secret", "PostTo:SecretFile");
        if (text is null)
        {
            if (secret is not null) _keys.Problem("PostTo:Url", "There is a secret for posting but no server to post to; set the URL or remove the secret.");
            return null;
        }

        if (secret is null) _keys.Problem("PostTo:Secret", "The secret that the leaderboard server knows this region by is expected, here or in PostTo:SecretFile.");
        if (simulated && url is { IsLoopback: false })
            _keys.Problem("PostTo:Url", "Results of the simulated network must not reach a public leaderboard; only a server of this machine (localhost) may get them.");
        return url is null || secret is null ? null : new PostToOptions(url, secret.Value);
    }

    private string Data()
    {
        var data = _keys.Text("Data", "data");
        if (File.Exists(data)) _keys.Problem("Data", $"'{data}' is a file; a directory is expected, which is made if there is none.");
        else if (data.Contains('\0', StringComparison.Ordinal)) _keys.Problem("Data", "That is not a path.");
        return data;
    }

    private SimulateOptions Simulate(bool simulated)
    {
        var nodes = _keys.Number("Simulate:Nodes", 1, 500, "default fleet");
        var ports = _keys.Number("Simulate:Ports", 1, 65_535, "chosen by the system");
        var seed = _keys.Number("Simulate:Seed", int.MinValue, int.MaxValue, "usual order");
        var count = nodes ?? SimulatedNetwork.DefaultNodes;
        if (ports + count > 65_536) _keys.Problem("Simulate:Ports", $"{count} ports from {ports} on do not exist; the last one is 65535.");
        var ffmpeg = _keys.Choice("Simulate:Transcode", false, ("kept", false), ("ffmpeg", true));
        foreach (var key in new[] { "Simulate:Nodes", "Simulate:Ports", "Simulate:Seed", "Simulate:Transcode" })
        {
            if (!simulated && _keys.Text(key) is not null) _keys.Warn(key, "It is without effect: the orchestrators of the source are measured, not simulated ones.");
        }

        return new SimulateOptions(nodes, ports, seed, ffmpeg);
    }

    private Uri? HttpUrl(string key, string text)
    {
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps) && url.Host.Length > 0) return url;
        _keys.Problem(key, $"'{text}' is not a URL; http:// or https:// with a host is expected.");
        return null;
    }

    private static string WithoutCredentials(Uri url) =>
        url.UserInfo.Length == 0 ? url.AbsoluteUri : url.AbsoluteUri.Replace(url.UserInfo + "@", Secret.Mask + "@", StringComparison.Ordinal);
}
