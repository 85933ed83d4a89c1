using System.Text.RegularExpressions;

namespace Monitoring.Architecture.Tests;

/// <summary>What keeps the core pure: the list of banned symbols, and that nobody switches it off.</summary>
internal static partial class PurityRules
{
    private static readonly string[] MustBeBanned =
    [
        "P:System.DateTime.Now", "P:System.DateTime.UtcNow", "P:System.DateTime.Today", "P:System.DateTimeOffset.Now", "P:System.DateTimeOffset.UtcNow",
        "T:System.TimeProvider", "T:System.Diagnostics.Stopwatch", "T:System.Environment",
        "T:System.Random", "M:System.Guid.NewGuid", "M:System.Guid.CreateVersion7", "T:System.Security.Cryptography.RandomNumberGenerator",
        "N:System.Threading", "N:System.Threading.Tasks", "N:System.IO", "N:System.Net", "T:System.Console", "N:Microsoft.Extensions.Logging",
    ];

    /// <summary>What the list of banned symbols lacks.</summary>
    public static IEnumerable<string> ListViolations(string bannedSymbols)
    {
        var banned = bannedSymbols.Split('\n').Select(line => line.Split(';')[0].Trim()).ToHashSet();
        return MustBeBanned.Where(symbol => !banned.Contains(symbol)).Select(symbol => $"BannedSymbols.txt: {symbol} is missing; the core could use it.");
    }

    /// <summary>What in a file (of the core, or one that reaches it) would switch the ban off.</summary>
    public static IEnumerable<string> SuppressionViolations(string path, string text)
    {
        if (text.Contains("RS0030", StringComparison.OrdinalIgnoreCase))
            yield return $"{path}: RS0030 is the ban itself and is not suppressed; move the code out of the core.";
        if (BarePragma().IsMatch(text)) yield return $"{path}: '#pragma warning disable' without ids switches every rule off; name the rule and the reason.";
    }

    [GeneratedRegex(@"^\s*#\s*pragma\s+warning\s+disable\s*(//.*)?\r?$", RegexOptions.Multiline)]
    private static partial Regex BarePragma();
}
