using Monitoring.Core;

namespace Monitoring.Cluster.Leaderboard;

/// <summary>Which shard keeps an orchestrator's row.</summary>
internal static class ScoreShards
{
    /// <summary>A function of the address alone, the same on every machine and for ever: the sum of FNV-1a over its text.</summary>
    public static int Of(OrchestratorId id, int shards)
    {
        var hash = 2166136261u;
        foreach (var c in id.Text) hash = (hash ^ c) * 16777619u;
        return (int)(hash % (uint)shards);
    }
}
