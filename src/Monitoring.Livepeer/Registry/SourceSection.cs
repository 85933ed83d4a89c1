using Monitoring.Core;

namespace Monitoring.Livepeer;

/// <summary>Reads <c>Source</c>: where the orchestrators come from.</summary>
/// <param name="keys">The settings.</param>
/// <param name="simulates">True where the process can make a network up; it then does so unless a source is named.</param>
public sealed class SourceSection(ISettings keys, bool simulates)
{
    private const int MostOrchestrators = 10_000;
    private const int SecondsOfDay = 86_400;

    // A walk of the chain takes hundreds of calls, and a change has to be seen within 10 minutes.
    private const int ChainRefreshSeconds = 240;

    private readonly (string, SourceKind)[] _kinds =
        [.. Enum.GetValues<SourceKind>().Where(kind => simulates || kind != SourceKind.Simulated).Select(kind => (Word(kind), kind))];

    /// <summary>The section.</summary>
    /// <param name="withChain">True where endpoints of a chain are configured: its active set is the source unless another is named.</param>
    public SourceOptions Read(bool withChain)
    {
        var entries = keys.List("Source:Orchestrators");
        var webhookText = keys.Text("Source:Webhook");
        Uri? webhook = null;
        if (webhookText is not null) webhook = HttpUrl("Source:Webhook", webhookText);
        keys.Show("Source:Webhook", webhook is null ? webhookText ?? "" : WithoutCredentials(webhook));
        var implied = webhookText is not null ? SourceKind.Webhook : !entries.IsEmpty ? SourceKind.List : withChain ? SourceKind.Chain : simulates ? SourceKind.Simulated : SourceKind.List;
        var kind = keys.Choice("Source:Kind", implied, _kinds);
        if (kind != SourceKind.List && !entries.IsEmpty) keys.Problem("Source:Orchestrators", $"A list is not read from a source of the kind {Word(kind)}; set Source:Kind to list or remove it.");
        if (kind != SourceKind.Webhook && webhookText is not null) keys.Problem("Source:Webhook", $"A webhook is not read from a source of the kind {Word(kind)}; set Source:Kind to webhook or remove it.");
        if (kind == SourceKind.List && entries.IsEmpty) keys.Problem("Source:Orchestrators", keys.Text("Source:Kind") is null
            ? "The orchestrators are expected: a list here, such as [\"0x<40 hex digits>=https://host:8935\"], a webhook (Source:Webhook) or a chain (Chain:RpcUrls)."
            : "A list of orchestrators is expected, such as [\"0x<40 hex digits>=https://host:8935\"].");
        if (kind == SourceKind.Webhook && webhookText is null) keys.Problem("Source:Webhook", "The URL of the list is expected, such as https://example.org/orchestrators.json.");
        return new SourceOptions(
            kind,
            kind == SourceKind.List ? Orchestrators(entries) : [],
            webhook,
            TimeSpan.FromSeconds(keys.Number("Source:RefreshSeconds", kind == SourceKind.Chain ? ChainRefreshSeconds : 60, 1, SecondsOfDay)),
            keys.Switch("Source:AllowLoopback", kind == SourceKind.Simulated),
            Maintenance());
    }

    private ImmutableArray<RegistryEntry> Orchestrators(ImmutableArray<(string Key, string Value)> entries)
    {
        if (entries.Length > MostOrchestrators)
        {
            keys.Problem("Source:Orchestrators", $"{entries.Length} entries are more than the {MostOrchestrators} that one monitor tests.");
            return [];
        }

        var list = ImmutableArray.CreateBuilder<RegistryEntry>();
        var seen = new Dictionary<OrchestratorId, string>();
        foreach (var (key, text) in entries)
        {
            if (!ListEntry.TryParse(text, out var entry, out var why)) keys.Problem(key, why);
            else if (!seen.TryAdd(entry.Id, key)) keys.Problem(key, $"'{text}' names the same orchestrator as {seen[entry.Id]}; keep one of the two.");
            else list.Add(entry);
        }

        return list.ToImmutable();
    }

    private ImmutableDictionary<OrchestratorId, ImmutableArray<MaintenanceWindow>> Maintenance()
    {
        var windows = new List<(OrchestratorId Orchestrator, MaintenanceWindow Window)>();
        foreach (var (key, text) in keys.List("Source:Maintenance"))
        {
            if (AnnouncedMaintenance.TryParse(text, out var orchestrator, out var window, out var why)) windows.Add((orchestrator, window));
            else keys.Problem(key, why);
        }

        return windows.GroupBy(w => w.Orchestrator).ToImmutableDictionary(g => g.Key, g => g.Select(w => w.Window).OrderBy(w => w.From).ToImmutableArray());
    }

    private Uri? HttpUrl(string key, string text)
    {
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps) && url.Host.Length > 0) return url;
        keys.Problem(key, $"'{text}' is not a URL; http:// or https:// with a host is expected.");
        return null;
    }

    private static string WithoutCredentials(Uri url) =>
        url.UserInfo.Length == 0 ? url.AbsoluteUri : url.AbsoluteUri.Replace(url.UserInfo + "@", Secret.Mask + "@", StringComparison.Ordinal);

    private static string Word(SourceKind kind) => kind.ToString().ToLowerInvariant();
}
