using System.Text.RegularExpressions;

namespace Monitoring.Architecture.Tests;

/// <summary>Words that say nothing: a file is one concept and bears its name, a folder is a capability.</summary>
internal static partial class NameRules
{
    private static readonly string[] EmptyWords = ["Manager", "Managers", "Helper", "Helpers", "Util", "Utils", "Utility", "Utilities", "Common", "Base"];
    private static readonly string[] Kinds = ["Interfaces", "Models", "Extensions", "Classes", "Enums", "Types", "Services"];

    public static IEnumerable<string> Violations(string path)
    {
        var parts = path.Split('/');
        foreach (var part in parts)
        {
            foreach (var word in Words().Matches(Path.GetFileNameWithoutExtension(part)).Select(m => m.Value).Where(EmptyWords.Contains))
                yield return $"{path}: '{word}' says nothing about what {part} is; name the concept.";
        }

        foreach (var folder in parts[..^1].Where(Kinds.Contains)) yield return $"{path}: the folder {folder} is a kind; a folder is a capability.";
    }

    [GeneratedRegex("[A-Z][a-z0-9]*")]
    private static partial Regex Words();
}
