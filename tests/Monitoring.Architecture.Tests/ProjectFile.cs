using System.Xml.Linq;

namespace Monitoring.Architecture.Tests;

/// <summary>What a project file says, conditions or not: a reference under a condition is a reference.</summary>
internal sealed record ProjectFile(string Path, XElement Root)
{
    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);

    public bool IsSource => Path.StartsWith("src/", StringComparison.Ordinal);

    /// <summary>The names of the projects referenced.</summary>
    public IEnumerable<string> References => Items("ProjectReference").Select(i => System.IO.Path.GetFileNameWithoutExtension(i.Replace('\\', '/')));

    public IEnumerable<string> Packages => Items("PackageReference");

    public IEnumerable<string> Frameworks => Items("FrameworkReference");

    public IEnumerable<string> AdditionalFiles => Items("AdditionalFiles");

    public static ProjectFile Parse(string path, string text) => new(path, XElement.Parse(text));

    /// <summary>The values of all elements of this name.</summary>
    public IEnumerable<string> Values(string element) => Root.Descendants().Where(e => e.Name.LocalName == element).Select(e => e.Value);

    public bool Has(string element) => Root.Descendants().Any(e => e.Name.LocalName == element);

    private IEnumerable<string> Items(string element) => Root.Descendants()
        .Where(e => e.Name.LocalName == element)
        .SelectMany(e => new[] { e.Attribute("Include")?.Value, e.Attribute("Update")?.Value })
        .OfType<string>()
        .SelectMany(v => v.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
