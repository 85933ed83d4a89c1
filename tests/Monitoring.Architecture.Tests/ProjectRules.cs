namespace Monitoring.Architecture.Tests;

/// <summary>What may stand in a project file. Each violation is a sentence that says where, what and what to do.</summary>
internal static class ProjectRules
{
    private const string Analyzer = "Microsoft.CodeAnalysis.BannedApiAnalyzers";

    public static IEnumerable<string> Violations(ProjectFile project)
    {
        var allowed = House.Allowed(project);
        if (allowed is null) yield return $"{project.Path}: the table of the house has no row for {project.Name}; decide its arrows and add one.";
        foreach (var reference in project.References.Where(r => allowed is not null && !allowed.Contains(r)))
            yield return $"{project.Path}: it references {reference}, and the table allows only {Listed(allowed!)}.";
        foreach (var package in project.Packages.Where(p => House.IsClusterPackage(p) && !House.IsOfCluster(project.Name)))
            yield return $"{project.Path}: the package {package} belongs to Monitoring.Cluster and its tests alone; use a port.";
        foreach (var hidden in new[] { "Import", "Reference" }.Where(project.Has))
            yield return $"{project.Path}: <{hidden}> would hide references from the table; name projects and packages.";
        if (project.Name == House.CoreProject)
        {
            foreach (var violation in CoreViolations(project)) yield return violation;
        }
    }

    /// <summary>The shared props and targets, which reach every project.</summary>
    public static IEnumerable<string> SharedViolations(ProjectFile shared)
    {
        if (shared.References.Any()) yield return $"{shared.Path}: a project reference here would reach every project; write it where it is needed.";
        foreach (var package in shared.Packages.Where(House.IsClusterPackage))
            yield return $"{shared.Path}: the package {package} would reach every project; it belongs to Monitoring.Cluster.";
        if (shared.Values("DisableTransitiveProjectReferences").Any(v => v != "true"))
            yield return $"{shared.Path}: transitive project references must stay off: an arrow needs its own entry.";
    }

    private static IEnumerable<string> CoreViolations(ProjectFile core)
    {
        foreach (var package in core.Packages.Where(p => p != Analyzer))
            yield return $"{core.Path}: the core references no package but the analyzer that guards it; {package} must go.";
        foreach (var framework in core.Frameworks)
            yield return $"{core.Path}: the core references no shared framework; {framework} must go.";
        if (!core.Packages.Contains(Analyzer)) yield return $"{core.Path}: the analyzer {Analyzer} is missing, so nothing guards the core.";
        if (!core.AdditionalFiles.Contains("BannedSymbols.txt")) yield return $"{core.Path}: BannedSymbols.txt is not given to the analyzer (AdditionalFiles).";
    }

    private static string Listed(IReadOnlySet<string> names) => names.Count == 0 ? "nothing" : string.Join(", ", names.Order(StringComparer.Ordinal));
}
