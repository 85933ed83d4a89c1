using System.Text.RegularExpressions;

namespace Monitoring.Architecture.Tests;

/// <summary>A test of real processes may wait for something that never comes: without a limit of its own it would take every test after it along.</summary>
internal static partial class LimitRules
{
    public static IEnumerable<string> Violations(string path, string text) =>
        Processes().IsMatch(text)
            ? Tests().Matches(text).Where(t => !t.Groups["arguments"].Value.Contains("Timeout", StringComparison.Ordinal) && !IsForPeople(t)).Select(t => $"{path}: {t.Groups["name"].Value} has no limit; it is a [LimitedFact] or a [LimitedTheory].")
            : [];

    // Run by its name alone, with somebody who waits.
    private static bool IsForPeople(Match test) => test.Groups["arguments"].Value.Contains("Explicit = true", StringComparison.Ordinal);

    // What a test names that starts a process or waits for one.
    [GeneratedRegex(@"\b(HostProcess|MonitorProcess|ClusterProcesses|WholeCluster|PaidNetwork|RegionSites|DistantSites|LocalChain|AnvilNode|PostgresServer|PrometheusServer|AlertmanagerServer|Promtool|OneAtATime|WholeProcesses)\b")]
    private static partial Regex Processes();

    [GeneratedRegex(@"\[(Fact|Theory)(\((?<arguments>[^\n]*)\))?\]\s*(\[[^\n]*\]\s*)*public (async )?Task (?<name>\w+)")]
    private static partial Regex Tests();
}
