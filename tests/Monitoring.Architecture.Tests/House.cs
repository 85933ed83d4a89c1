namespace Monitoring.Architecture.Tests;

/// <summary>
/// The table of the house: which project may reference which. An arrow that is not here does not exist, not even through another project.
/// A new project needs a row first.
/// </summary>
internal static class House
{
    private const string Core = "Monitoring.Core";
    private const string Net = "Monitoring.Net";
    private const string Ethereum = "Monitoring.Ethereum";
    private const string Storage = "Monitoring.Storage";
    private const string Livepeer = "Monitoring.Livepeer";
    private const string Probing = "Monitoring.Probing";
    private const string Alerting = "Monitoring.Alerting";
    private const string Web = "Monitoring.Web";
    private const string Simulator = "Monitoring.Simulator";
    private const string Standalone = "Monitoring.Standalone";
    private const string Cluster = "Monitoring.Cluster";

    // What tests of several projects need and no product code may: a clock to move, a folder to write in.
    private const string Testing = "Monitoring.Testing";

    // A process that the storage tests start and kill.
    private const string CrashWriter = "Monitoring.Storage.CrashWriter";

    // A process that the alerting tests start and kill.
    private const string CrashTeller = "Monitoring.Alerting.CrashTeller";

    private static readonly Dictionary<string, string[]> Rows = new()
    {
        [Core] = [],
        [Net] = [Core],
        [Ethereum] = [Core],
        [Storage] = [Core],
        [Livepeer] = [Core, Ethereum, Net],
        [Probing] = [Core, Livepeer, Storage],
        [Alerting] = [Core, Storage, Net, Ethereum],
        [Web] = [Core, Storage, Alerting, Probing],
        [Simulator] = [Core, Livepeer, Ethereum],
        [Standalone] = [Core, Net, Ethereum, Storage, Livepeer, Probing, Alerting, Web, Simulator],
        [Cluster] = [Core, Net, Ethereum, Storage, Livepeer, Probing, Alerting, Web],
    };

    // Some package sources lack parts of these, so the rest of the house must build without them.
    private static readonly string[] ClusterPackages = ["Microsoft.Orleans.", "Nethereum.", "Grpc.Core.Api", "Grpc.Net.", "OpenTelemetry.Extensions.Hosting"];

    public static string CoreProject => Core;

    public static bool IsOfCluster(string project) => project is Cluster or Cluster + ".Tests";

    public static bool IsClusterPackage(string package) => ClusterPackages.Any(p => package.StartsWith(p, StringComparison.OrdinalIgnoreCase));

    /// <summary>What a project may reference; null where the table has no row for it.</summary>
    public static IReadOnlySet<string>? Allowed(ProjectFile project)
    {
        if (project.IsSource) return Rows.TryGetValue(project.Name, out var row) ? row.ToHashSet() : null;

        // Benchmarks measure anything; the architecture tests look at the core's assembly.
        if (project.Name == "Monitoring.Benchmarks") return Rows.Keys.Where(p => p != Cluster).Append(Testing).ToHashSet();
        if (project.Name == "Monitoring.Architecture.Tests") return new HashSet<string> { Core };

        if (project.Name == Testing) return new HashSet<string>();
        if (project.Name == CrashWriter) return new HashSet<string> { Core, Storage };
        if (project.Name == CrashTeller) return new HashSet<string> { Core, Storage, Alerting };

        const string suffix = ".Tests";
        if (!project.Name.EndsWith(suffix, StringComparison.Ordinal) || !Rows.TryGetValue(project.Name[..^suffix.Length], out var tested)) return null;
        var allowed = tested.Append(project.Name[..^suffix.Length]).Append(Simulator).Append(Testing).ToHashSet();

        // Whoever holds the simulator needs the words it speaks.
        if (project.References.Contains(Simulator)) allowed.UnionWith(Rows[Simulator]);
        if (project.Name == Storage + suffix) allowed.Add(CrashWriter);

        // The other shell of the same rules: a region of it attaches to a cluster, and both must publish the same of the same results.
        if (project.Name == Cluster + suffix) allowed.Add(Standalone);
        if (project.Name == Alerting + suffix) allowed.Add(CrashTeller);
        return allowed;
    }
}
