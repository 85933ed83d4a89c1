using System.Text.Json;
using System.Text.RegularExpressions;

namespace Monitoring.Architecture.Tests;

/// <summary>Every project is built: by the solution, and by its filter for sources without the cluster's packages.</summary>
internal static partial class SolutionRules
{
    public static IEnumerable<string> Violations(IReadOnlyCollection<ProjectFile> projects, string solution, string filter)
    {
        var all = ProjectPath().Matches(solution).Select(m => Plain(m.Groups[1].Value)).ToHashSet();
        using var json = JsonDocument.Parse(filter);
        var filtered = json.RootElement.GetProperty("solution").GetProperty("projects").EnumerateArray().Select(p => Plain(p.GetString()!)).ToHashSet();
        var known = projects.Select(p => p.Path).ToHashSet();

        foreach (var project in projects)
        {
            if (!all.Contains(project.Path)) yield return $"Monitoring.sln: {project.Path} is missing, so it is not built.";
            if (House.IsOfCluster(project.Name))
            {
                if (filtered.Contains(project.Path)) yield return $"Monitoring.Standalone.slnf: {project.Path} needs packages that some sources lack; remove it.";
            }
            else if (!filtered.Contains(project.Path))
            {
                yield return $"Monitoring.Standalone.slnf: {project.Path} is missing, so it is not tested where the cluster does not restore.";
            }
        }

        foreach (var path in all.Union(filtered).Where(p => !known.Contains(p))) yield return $"The solution names {path}, which does not exist.";
    }

    private static string Plain(string path) => path.Replace('\\', '/');

    [GeneratedRegex("\"([^\"]+\\.csproj)\"")]
    private static partial Regex ProjectPath();
}
