namespace Monitoring.Architecture.Tests;

/// <summary>Where packages come from is the machine's business: the repository names no host.</summary>
internal static class PackageSourceRules
{
    public static IEnumerable<string> Violations(string path, string text)
    {
        if (text.Contains("http", StringComparison.OrdinalIgnoreCase)) yield return $"{path}: it names a host; package sources are configured on the machine.";
    }
}
