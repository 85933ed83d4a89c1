using Microsoft.Extensions.Logging;
using Monitoring.Core;
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

    private const int MostOrchestrators = 10_000;
    private const int SecondsOfDay = 86_400;
    private static readonly ImmutableArray<RegionId> SimulatedRegions = [RegionId.Parse("FRA"), RegionId.Parse("MDW"), RegionId.Parse("SIN")];

    // A segment of the clip lasts 2 s. Around the clip a test may take 3 s for discovery, 8 s for the last result, 4 s for its renditions and
    // 3 s to end the session (design section 4, step 4); an orchestrator that uses them all must not run into its next test.
    private const int SegmentSeconds = 2;
    private const int AroundTheClipSeconds = 18;

    // A walk of the chain takes hundreds of calls, and a change has to be seen within 10 minutes.
    private const int ChainRefreshSeconds = 240;

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
        var source = Source(chain is not null);
        var wallet = paid.Wallet();
        var spend = paid.Spend();
        var simulated = source.Kind == SourceKind.Simulated;
        var remote = new RemoteSection(_keys).Read();
        var region = Region(simulated, remote);
        paid.Check(source.Kind, chain, wallet, paysHere: !region.Measured.IsEmpty || remote.Regions.IsEmpty);
        ImmutableArray<RegionId> tested = [.. region.Measured.Concat(remote.Regions).Order()];
        var tests = new TestOptions(_keys.Number("Tests:Streams", 1, 1, 8), _keys.Number("Tests:Segments", simulated ? 5 : 15, 1, 15), _keys.Number("Tests:PriceCeiling", 50_000, 0, int.MaxValue));
        var schedule = Schedule(simulated, tested, tests);
        var listed = new RegionTable(_keys).Read(tested);
        var publishUnverified = _keys.Switch("Publish:Unverified", false);
        var scoring = _keys.Choice("Scoring:Method", ScoringMethod.Sums, ("Sums", ScoringMethod.Sums), ("LeaderboardServerless", ScoringMethod.LeaderboardServerless));
        var post = Post(tested, listed);
        var postTo = PostTo(simulated);
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
            Urls = Urls(),
            Data = Data(),
            Store = new StoreSection(_keys).Read(),
            Simulate = Simulate(simulated),
            Alerts = new AlertSections(_keys).Read(),
            LogLevel = _keys.Choice("Log:Level", LogLevel.Information, [.. Enum.GetValues<LogLevel>().Select(l => (l.ToString(), l))]),
        };
    }

    private SourceOptions Source(bool withChain)
    {
        var entries = _keys.List("Source:Orchestrators");
        var webhookText = _keys.Text("Source:Webhook");
        Uri? webhook = null;
        if (webhookText is not null) webhook = HttpUrl("Source:Webhook", webhookText);
        _keys.Show("Source:Webhook", webhook is null ? webhookText ?? "" : WithoutCredentials(webhook));
        var implied = webhookText is not null ? SourceKind.Webhook : !entries.IsEmpty ? SourceKind.List : withChain ? SourceKind.Chain : SourceKind.Simulated;
        var kind = _keys.Choice("Source:Kind", implied, ("simulated", SourceKind.Simulated), ("list", SourceKind.List), ("webhook", SourceKind.Webhook), ("chain", SourceKind.Chain));
        if (kind != SourceKind.List && !entries.IsEmpty) _keys.Problem("Source:Orchestrators", $"A list is not read from a source of the kind {Word(kind)}; set Source:Kind to list or remove it.");
        if (kind != SourceKind.Webhook && webhookText is not null) _keys.Problem("Source:Webhook", $"A webhook is not read from a source of the kind {Word(kind)}; set Source:Kind to webhook or remove it.");
        if (kind == SourceKind.List && entries.IsEmpty) _keys.Problem("Source:Orchestrators", "A list of orchestrators is expected, such as [\"0x<40 hex digits>=https://host:8935\"].");
        if (kind == SourceKind.Webhook && webhookText is null) _keys.Problem("Source:Webhook", "The URL of the list is expected, such as https://example.org/orchestrators.json.");
        var simulated = kind == SourceKind.Simulated;
        return new SourceOptions(
            kind,
            kind == SourceKind.List ? Orchestrators(entries) : [],
            webhook,
            TimeSpan.FromSeconds(_keys.Number("Source:RefreshSeconds", kind == SourceKind.Chain ? ChainRefreshSeconds : 60, 1, SecondsOfDay)),
            _keys.Switch("Source:AllowLoopback", simulated),
            Maintenance());
    }

    private ImmutableArray<RegistryEntry> Orchestrators(ImmutableArray<(string Key, string Value)> entries)
    {
        if (entries.Length > MostOrchestrators)
        {
            _keys.Problem("Source:Orchestrators", $"{entries.Length} entries are more than the {MostOrchestrators} that one monitor tests.");
            return [];
        }

        var list = ImmutableArray.CreateBuilder<RegistryEntry>();
        var seen = new Dictionary<OrchestratorId, string>();
        foreach (var (key, text) in entries)
        {
            if (!ListEntry.TryParse(text, out var entry, out var why)) _keys.Problem(key, why);
            else if (!seen.TryAdd(entry.Id, key)) _keys.Problem(key, $"'{text}' names the same orchestrator as {seen[entry.Id]}; keep one of the two.");
            else list.Add(entry);
        }

        return list.ToImmutable();
    }

    private ImmutableDictionary<OrchestratorId, ImmutableArray<MaintenanceWindow>> Maintenance()
    {
        var windows = new List<(OrchestratorId Orchestrator, MaintenanceWindow Window)>();
        foreach (var (key, text) in _keys.List("Source:Maintenance"))
        {
            if (AnnouncedMaintenance.TryParse(text, out var orchestrator, out var window, out var why)) windows.Add((orchestrator, window));
            else _keys.Problem(key, why);
        }

        return windows.GroupBy(w => w.Orchestrator).ToImmutableDictionary(g => g.Key, g => g.Select(w => w.Window).OrderBy(w => w.From).ToImmutableArray());
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

    private SchedulePolicy Schedule(bool simulated, ImmutableArray<RegionId> regions, TestOptions tests)
    {
        var before = _keys.Problems.Count;
        var schedule = new SchedulePolicy
        {
            TestsPerDay = _keys.Number("Schedule:TestsPerDay", simulated ? 800 : 8, 1, 2880),
            Guard = TimeSpan.FromSeconds(_keys.Number("Schedule:GuardSeconds", simulated ? 32 : 90, 2, 3600)),
            TestBudget = TimeSpan.FromSeconds(_keys.Number("Schedule:TestBudgetSeconds", simulated ? 28 : 60, 1, 3600)),
            SurpriseOneIn = _keys.Number("Schedule:SurpriseOneIn", 8, 0, 1_000_000),
            Regions = regions,
        };
        if (_keys.Problems.Count > before || regions.IsEmpty) return schedule;
        foreach (var problem in schedule.Problems())
        {
            // The core names a property and its text; here a key stands for it.
            var space = problem.IndexOf(' ', StringComparison.Ordinal);
            var (key, text) = problem[..space].EndsWith(':') ? (problem[..(space - 1)], problem[(space + 1)..]) : (problem[..space] + "Seconds", problem);
            _keys.Problem(key, text);
        }

        var needed = (tests.Segments * SegmentSeconds) + AroundTheClipSeconds;
        if (schedule.TestBudget.TotalSeconds < needed)
            _keys.Problem("Schedule:TestBudgetSeconds", $"{schedule.TestBudget.TotalSeconds} s is too short for {tests.Segments} segments in real time, discovery and the last result; at least {needed} is expected.");
        return schedule;
    }

    private PostOptions Post(ImmutableArray<RegionId> measured, ImmutableArray<ListedRegion> listed)
    {
        var secret = _keys.Secret("Post:Secret", "Post:SecretFile");
        var secrets = ImmutableDictionary.CreateBuilder<RegionId, Secret>();
        foreach (var section in new[] { "Post:Secrets", "Post:SecretFiles" })
        {
            foreach (var child in _keys.Sections(section))
            {
                if (!RegionId.TryParse(child.Key, out var region))
                {
                    _keys.Know(child.Path, offered: false);
                    _keys.Problem(child.Path, $"'{child.Key}' is not a region code; 2 to 16 letters and digits are expected, such as FRA.");
                    continue;
                }

                if (secrets.ContainsKey(region)) continue;
                if (_keys.Secret($"Post:Secrets:{child.Key}", $"Post:SecretFiles:{child.Key}") is { } own) secrets[region] = own;
                if (!listed.Any(l => l.Id == region)) _keys.Problem(child.Path, $"{region} is not among the regions that are listed, so nothing can be posted for it; add it to Regions or remove the secret.");
                if (measured.Contains(region)) _keys.Warn(child.Path, $"{region} is measured here, so results posted for it are refused and the secret is of no use.");
            }
        }

        return new PostOptions(secret, secrets.ToImmutable());
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

    private ImmutableArray<Uri> Urls()
    {
        var text = _keys.Text("Urls", DefaultUrl);
        var urls = ImmutableArray.CreateBuilder<Uri>();
        foreach (var part in text.Split([';', ','], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            // * and + stand for every address of the machine.
            var whole = part.Replace("://*", "://0.0.0.0", StringComparison.Ordinal).Replace("://+", "://0.0.0.0", StringComparison.Ordinal);
            if (!Uri.TryCreate(whole, UriKind.Absolute, out var url) || url.Scheme != Uri.UriSchemeHttp || url.PathAndQuery != "/")
                _keys.Problem("Urls", $"'{part}' is not an address to listen on; http://host:port is expected (TLS belongs to the proxy in front).");
            else if (url.HostNameType == UriHostNameType.Dns && !url.IsLoopback)
                _keys.Problem("Urls", $"'{part}' names a host; localhost, an IP address of this machine or * (all of them) is expected.");
            else urls.Add(url);
        }

        if (urls.Count == 0) urls.Add(new Uri(DefaultUrl));
        return urls.ToImmutable();
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

    private static string Word(SourceKind kind) => kind.ToString().ToLowerInvariant();
}
