using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Monitoring.Architecture.Tests;

/// <summary>What the compiled core really uses: the evidence that the analyzer did its work.</summary>
internal static class CoreAssembly
{
    private static readonly string[] ForeignNamespaces = ["System.Threading.Tasks", "System.IO", "System.Net", "Microsoft.Extensions.Logging", "System.Timers"];
    private static readonly string[] ForeignTypes = ["System.TimeProvider", "System.Random", "System.Console", "System.Diagnostics.Stopwatch", "System.Security.Cryptography.RandomNumberGenerator"];

    public static IEnumerable<string> Violations(string assemblyPath) => TypesUsed(assemblyPath)
        .Where(IsForeign)
        .Select(type => $"{Path.GetFileName(assemblyPath)} uses {type}; the core is pure.");

    public static bool IsForeign(string type) =>
        ForeignTypes.Contains(type) || ForeignNamespaces.Any(n => type.StartsWith(n + ".", StringComparison.Ordinal));

    private static string[] TypesUsed(string assemblyPath)
    {
        using var file = new PEReader(File.OpenRead(assemblyPath));
        var metadata = file.GetMetadataReader();
        return [.. metadata.TypeReferences.Select(metadata.GetTypeReference).Select(t => $"{metadata.GetString(t.Namespace)}.{metadata.GetString(t.Name)}")];
    }
}
