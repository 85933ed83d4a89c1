using Monitoring.Core;

namespace Monitoring.Web;

/// <summary>The 26 rows that the old server starts with, in the order in which it answers them (leaderboard reference A.7 and A.10).</summary>
public static class SeedRegions
{
    /// <summary>Transcoding first, then AI, the last seeded at the front. <c>ASH</c> bears the name that the old server gives it.</summary>
    public static ImmutableArray<ListedRegion> All { get; } =
    [
        Transcoding("TOR", "Toronto"), Transcoding("HND", "Tokyo"), Transcoding("SYD", "Sydney"), Transcoding("STO", "Stockholm"),
        Transcoding("SIN", "Singapore"), Transcoding("SEA", "Seattle"), Transcoding("SAO", "São Paulo"), Transcoding("SJO", "San Jose"),
        Transcoding("PRG", "Prague"), Transcoding("NYC", "New York City"), Transcoding("ASH", "Nashua"), Transcoding("MOS2", "Moscow"),
        Transcoding("MIA", "Miami"), Transcoding("MAD", "Madrid"), Transcoding("LAX", "Los Angeles"), Transcoding("LON", "London"),
        Transcoding("HOU", "Houston"), Transcoding("FRA", "Frankfurt"), Transcoding("MDW", "Chicago"), Transcoding("ATL2", "Atlanta 2"),
        Transcoding("ATL", "Atlanta"), Transcoding("GLOBAL", "Global"),
        Ai("LAX", "Los Angeles"), Ai("FRA", "Frankfurt"), Ai("MDW", "Chicago"), Ai("GLOBAL", "Global"),
    ];

    private static ListedRegion Transcoding(string id, string name) => new(RegionId.Parse(id), name, JobType.Transcoding);

    private static ListedRegion Ai(string id, string name) => new(RegionId.Parse(id), name, JobType.Ai);
}
