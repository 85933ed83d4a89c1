using System.Text.Json;
using System.Text.RegularExpressions;

namespace Monitoring.Standalone.Tests.Observability;

/// <summary>The dashboards, rules and runbooks of the repository.</summary>
internal static partial class Dashboards
{
    public static string Folder { get; } = Path.Combine(Repository.Root, "helm", "monitoring");

    public static IReadOnlyList<string> RuleFiles => [.. Directory.GetFiles(Path.Combine(Folder, "rules"), "*.yaml").Order(StringComparer.Ordinal)];

    public static IReadOnlyList<(string File, JsonElement Board)> All() =>
    [
        .. Directory.GetFiles(Path.Combine(Folder, "dashboards"), "*.json").Order(StringComparer.Ordinal)
            .Select(f => (Path.GetFileName(f), JsonDocument.Parse(File.ReadAllText(f)).RootElement)),
    ];

    public static IEnumerable<JsonElement> Panels(JsonElement board) => board.GetProperty("panels").EnumerateArray();

    public static IEnumerable<string> Expressions(JsonElement panel) => panel.GetProperty("targets").EnumerateArray().Select(t => t.GetProperty("expr").GetString()!);

    /// <summary>The rules: name, whether it is an alert, expression, and the lines of its text.</summary>
    public static IEnumerable<Rule> Rules() =>
        from file in RuleFiles
        from Match match in RulePattern().Matches(File.ReadAllText(file))
        select new Rule(match.Groups["name"].Value, match.Groups["kind"].Value == "alert", match.Groups["expr"].Value.Replace("''", "'", StringComparison.Ordinal), match.Value);

    /// <summary>The metrics that an expression reads.</summary>
    public static IEnumerable<string> Metrics(string expression) => MetricPattern().Matches(expression).Select(m => m.Value).Distinct();

    [GeneratedRegex("^      - (?<kind>alert|record): (?<name>\\S+)\n        expr: '(?<expr>.*)'\n(?<rest>(        .*\n)*)", RegexOptions.Multiline)]
    private static partial Regex RulePattern();

    [GeneratedRegex("\\b(monitoring[_:]|dotnet_|http_server_)[a-z0-9_:]+|\\bup\\b")]
    private static partial Regex MetricPattern();
}

/// <summary>One rule.</summary>
internal sealed record Rule(string Name, bool IsAlert, string Expression, string Text);
