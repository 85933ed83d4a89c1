using Monitoring.Core;

namespace Monitoring.Web;

/// <summary>Section <c>Post</c>.</summary>
/// <param name="Secret">Signs posts of any region without a secret of its own; null refuses them.</param>
/// <param name="Secrets">Secrets of single regions.</param>
public sealed record PostOptions(Secret? Secret, ImmutableDictionary<RegionId, Secret> Secrets);

/// <summary>Reads <c>Post</c>: who may post results.</summary>
/// <param name="keys">The settings.</param>
public sealed class PostSection(KeyReader keys)
{
    /// <summary>The section.</summary>
    /// <param name="measured">The regions that are measured here, for which nobody may post.</param>
    /// <param name="listed">The regions that clients are shown.</param>
    public PostOptions Read(ImmutableArray<RegionId> measured, ImmutableArray<ListedRegion> listed)
    {
        var secret = keys.Secret("Post:Secret", "Post:SecretFile");
        var secrets = ImmutableDictionary.CreateBuilder<RegionId, Secret>();
        foreach (var section in new[] { "Post:Secrets", "Post:SecretFiles" })
        {
            foreach (var child in keys.Sections(section))
            {
                if (!RegionId.TryParse(child.Key, out var region))
                {
                    keys.Know(child.Path, offered: false);
                    keys.Problem(child.Path, $"'{child.Key}' is not a region code; 2 to 16 letters and digits are expected, such as FRA.");
                    continue;
                }

                if (secrets.ContainsKey(region)) continue;
                if (keys.Secret($"Post:Secrets:{child.Key}", $"Post:SecretFiles:{child.Key}") is { } own) secrets[region] = own;
                if (!listed.Any(l => l.Id == region)) keys.Problem(child.Path, $"{region} is not among the regions that are listed, so nothing can be posted for it; add it to Regions or remove the secret.");
                if (measured.Contains(region)) keys.Warn(child.Path, $"{region} is measured here, so results posted for it are refused and the secret is of no use.");
            }
        }

        return new PostOptions(secret, secrets.ToImmutable());
    }
}
