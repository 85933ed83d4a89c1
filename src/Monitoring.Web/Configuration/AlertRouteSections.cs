using Microsoft.Extensions.Configuration;
using Monitoring.Alerting;
using Monitoring.Core;
using Route = Monitoring.Alerting.Route;

namespace Monitoring.Web;

/// <summary>Reads <c>Alerts:Routes</c>, <c>Alerts:Default</c> and the canary's way.</summary>
internal sealed class AlertRouteSections(KeyReader keys)
{
    private const int MostRoutes = 100;
    private const string OfCanary = "canary";

    /// <summary>The router; the canary's route, where it flies, is the first.</summary>
    public Router Read(ImmutableArray<string> channels, CanaryOptions? canary)
    {
        var routes = ImmutableArray.CreateBuilder<Route>();
        var canaryChannels = Names("Alerts:Canary:Channels", channels);
        if (canary is not null)
        {
            if (canaryChannels.IsEmpty) keys.Problem("Alerts:Canary:Channels", "The channel is expected that the daily test alert goes to; its receiver sends it back to /api/v1/alerts/canary.");
            routes.Add(new Route { Name = OfCanary, Rules = [IncidentRule.Canary], Channels = canaryChannels });
        }

        var sections = keys.Sections("Alerts:Routes");
        if (sections.Count > MostRoutes) keys.Problem("Alerts:Routes", $"{sections.Count} routes are more than the {MostRoutes} that are read.");
        foreach (var section in sections)
        {
            if (ReadOne(section, channels) is not { } route) continue;
            if (routes.Any(r => r.Name == route.Name)) keys.Problem($"{section.Path}:Name", $"Another route is called {route.Name} already; names tell them apart.");
            else routes.Add(route);
        }

        keys.Show("Alerts:Routes", string.Join(", ", routes.Select(r => $"{r.Name} -> {string.Join("+", r.Channels)}")));
        var isSet = keys.Text("Alerts:Default") is not null || keys.Sections("Alerts:Default").Count > 0;
        var otherwise = Names("Alerts:Default", channels);
        return new Router(routes.ToImmutable(), isSet ? otherwise : [.. channels.Order(StringComparer.Ordinal)]);
    }

    private Route? ReadOne(IConfigurationSection section, ImmutableArray<string> channels)
    {
        if (!section.GetChildren().Any())
        {
            keys.Know(section.Path, offered: false);
            keys.Problem(section.Path, "An object is expected, such as {\"Name\": \"night\", \"Severity\": \"page\", \"Channels\": [\"pager\"]}.");
            return null;
        }

        var path = section.Path;
        var name = keys.Text($"{path}:Name", "");
        if (!AlertSections.IsName(name)) keys.Problem($"{path}:Name", "A name of lower-case letters, digits and hyphens is expected.");
        var least = keys.Choice($"{path}:Severity", Severity.Info, [.. Enum.GetValues<Severity>().Select(s => (s.ToString().ToLowerInvariant(), s))]);
        return new Route
        {
            Name = name,
            Least = least,
            Orchestrators = [.. Each($"{path}:Orchestrators", "an orchestrator's address (0x and 40 hex digits)", (string text, out OrchestratorId id) => OrchestratorId.TryParse(text, out id))],
            Regions = [.. Each($"{path}:Regions", "a region code", (string text, out RegionId id) => RegionId.TryParse(text, out id))],
            Rules = [.. Each($"{path}:Rules", $"a rule ({string.Join(", ", Enum.GetNames<IncidentRule>())})", (string text, out IncidentRule rule) => Enum.TryParse(text, ignoreCase: true, out rule) && Enum.IsDefined(rule) && !char.IsAsciiDigit(text[0]))],
            Channels = Names($"{path}:Channels", channels),
            GoesOn = keys.Switch($"{path}:GoesOn", false),
            Quiet = Quiet(path),
        };
    }

    private QuietHours? Quiet(string path)
    {
        var span = keys.Text($"{path}:Quiet", "");
        var zoneName = keys.Text($"{path}:TimeZone", "UTC");
        var pagesToo = keys.Switch($"{path}:QuietPages", false);
        var isZone = TimeZoneInfo.TryFindSystemTimeZoneById(zoneName, out var zone);
        if (!isZone) keys.Problem($"{path}:TimeZone", $"'{zoneName}' is not a time zone of this machine; a name such as Europe/Berlin is expected.");
        if (span.Length == 0) return null;
        if (!QuietHours.TryParseSpan(span, out var from, out var until))
        {
            keys.Problem($"{path}:Quiet", $"'{span}' is not a span of the day; HH:mm-HH:mm is expected, such as 22:00-07:00.");
            return null;
        }

        return isZone ? new QuietHours(from, until, zone!, pagesToo) : null;
    }

    private delegate bool Reads<T>(string text, out T value);

    private IEnumerable<T> Each<T>(string key, string what, Reads<T> read)
    {
        foreach (var (entry, text) in keys.List(key))
        {
            if (read(text, out var value)) yield return value;
            else keys.Problem(entry, $"'{text}' is not {what}.");
        }
    }

    private ImmutableArray<string> Names(string key, ImmutableArray<string> channels)
    {
        var names = ImmutableArray.CreateBuilder<string>();
        foreach (var (entry, text) in keys.List(key))
        {
            var name = text.ToLowerInvariant();
            if (!channels.Contains(name)) keys.Problem(entry, $"There is no usable channel '{text}' in Alerts:Channels.");
            else if (!names.Contains(name)) names.Add(name);
        }

        return names.ToImmutable();
    }
}
