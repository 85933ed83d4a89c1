using Microsoft.Extensions.Configuration;
using Monitoring.Core;

namespace Monitoring.Web;

/// <summary>Reads <c>Regions</c>, the table of regions that clients are shown.</summary>
/// <param name="keys">The settings.</param>
public sealed class RegionTable(KeyReader keys)
{
    private const int LongestName = 128;

    /// <summary>The table; where none is configured the old server's, with the regions measured here added if they are not in it.</summary>
    public ImmutableArray<ListedRegion> Read(ImmutableArray<RegionId> measured)
    {
        var before = keys.Problems.Count;
        var listed = ImmutableArray.CreateBuilder<ListedRegion>();
        foreach (var section in keys.Sections("Regions"))
        {
            if (ReadOne(section) is not { } region) continue;
            if (listed.Any(l => l.Id == region.Id && l.Type == region.Type)) keys.Problem(section.Path, $"{region.Id} is listed twice for the same type.");
            else listed.Add(region);
        }

        keys.Show("Regions", listed.Count == 0 ? "default table" : string.Join(", ", listed.Select(l => $"{l.Id} ({l.Name}{(l.Type == JobType.Ai ? ", ai" : "")})")));
        var configured = keys.Sections("Regions").Count > 0;
        if (!configured) return [.. Missing(SeedRegions.All, measured).Select(m => new ListedRegion(m, m.Code, JobType.Transcoding)), .. SeedRegions.All];
        if (keys.Problems.Count == before)
        {
            foreach (var region in Missing(listed, measured))
                keys.Problem("Regions", $"{region} is measured here and not in the table, so nobody would be shown it; add it with the type transcoding.");
        }

        return listed.ToImmutable();
    }

    private static IEnumerable<RegionId> Missing(IEnumerable<ListedRegion> table, ImmutableArray<RegionId> measured) =>
        measured.Where(m => !table.Any(l => l.Id == m && l.Type == JobType.Transcoding));

    private ListedRegion? ReadOne(IConfigurationSection section)
    {
        var before = keys.Problems.Count;
        if (!section.GetChildren().Any())
        {
            keys.Know(section.Path, offered: false);
            keys.Problem(section.Path, $"An object is expected, such as {{\"Id\": \"FRA\", \"Name\": \"Frankfurt\"}}, and not '{section.Value}'.");
            return null;
        }

        var (id, name, type) = (Word(section, "Id"), Word(section, "Name"), Word(section, "Type") ?? "transcoding");
        if (!RegionId.TryParse(id, out var region)) keys.Problem($"{section.Path}:Id", $"'{id}' is not a region code; 2 to 16 letters and digits are expected, such as FRA.");
        if (name is null) keys.Problem($"{section.Path}:Name", "A name for people is expected, such as Frankfurt.");
        else if (name.Length > LongestName || name.Any(char.IsControl)) keys.Problem($"{section.Path}:Name", $"At most {LongestName} printable characters are expected.");
        if (type is not ("transcoding" or "ai")) keys.Problem($"{section.Path}:Type", $"'{type}' is not one of transcoding, ai.");
        return keys.Problems.Count > before ? null : new ListedRegion(region, name!, type == "ai" ? JobType.Ai : JobType.Transcoding);
    }

    private string? Word(IConfigurationSection section, string name)
    {
        keys.Know($"{section.Path}:{name}", offered: section.Key == "0");
        return section[name] is { } text && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;
    }
}
