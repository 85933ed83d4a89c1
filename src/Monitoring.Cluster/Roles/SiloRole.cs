using Orleans.Runtime;
using Orleans.Runtime.MembershipService.SiloMetadata;

namespace Monitoring.Cluster.Roles;

/// <summary>What a silo says of itself to the others: whether it is a hub, or measures from a region.</summary>
internal static class SiloRole
{
    /// <summary>The metadata of a hub.</summary>
    public static Dictionary<string, string> Hub => new() { ["role"] = "hub" };

    /// <summary>The metadata of a region's silo.</summary>
    public static Dictionary<string, string> Region(string region) => new() { ["role"] = "region", ["region"] = region };

    /// <summary>True for a silo that is known to be a hub; one that has not said yet is none.</summary>
    public static bool IsHub(this ISiloMetadataCache silos, SiloAddress silo) => silos.GetSiloMetadata(silo).Metadata.GetValueOrDefault("role") == "hub";

    /// <summary>The region that a silo measures from; null for a hub and for one that has not said.</summary>
    public static string? RegionOf(this ISiloMetadataCache silos, SiloAddress silo) => silos.GetSiloMetadata(silo).Metadata.GetValueOrDefault("region");
}
