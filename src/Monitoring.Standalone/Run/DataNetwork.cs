using Monitoring.Storage;
using Monitoring.Storage.Postgres;

namespace Monitoring.Standalone.Run;

/// <summary>
/// Keeps results of the simulated network and of a real one apart: a data directory belongs to the kind that it was first used for, or
/// made-up orchestrators would stand on a public leaderboard.
/// </summary>
internal static class DataNetwork
{
    private const string Kind = "network";
    private const string Key = "kind";
    private const string Simulated = "\"simulated\"";
    private const string Real = "\"real\"";

    /// <summary>Claims the directory for a kind of network.</summary>
    /// <exception cref="StateDirectoryException">It holds results of the other kind.</exception>
    public static async Task ClaimAsync(IStateLog memory, bool simulated, string directory, CancellationToken cancellationToken)
    {
        var wanted = simulated ? Simulated : Real;
        var known = memory.Find(Kind, Key);
        if (known is null) await memory.PutAsync(Kind, Key, wanted, cancellationToken);
        else if (known != wanted)
        {
            throw new StateDirectoryException(simulated
                ? $"'{directory}' holds results of real orchestrators. The simulated network needs a directory of its own: give another one with --data, or name a Source."
                : $"'{directory}' holds results of the simulated network, which must not mix with real ones: give another directory with --data.");
        }
    }

    /// <summary>True when a directory belongs to the simulated network, false when to a real one, null when to none yet.</summary>
    public static bool? KindOf(IStateLog memory) => memory.Find(Kind, Key) is { } known ? known == Simulated : null;

    /// <summary>True when a database belongs to the simulated network, false when to a real one, null when to none yet.</summary>
    public static async Task<bool?> KindOfAsync(PostgresResultStore store, CancellationToken cancellationToken) =>
        await store.FindNoteAsync(Kind, cancellationToken) is { } known ? known == "simulated" : null;

    /// <summary>Claims a database for a kind of network.</summary>
    /// <exception cref="StateDirectoryException">It holds results of the other kind.</exception>
    public static async Task ClaimAsync(PostgresResultStore store, bool simulated, string display, CancellationToken cancellationToken)
    {
        var wanted = simulated ? "simulated" : "real";
        if (await store.ClaimAsync(Kind, wanted, cancellationToken) != wanted)
        {
            throw new StateDirectoryException(simulated
                ? $"{display} holds results of real orchestrators. The simulated network needs a database of its own: give another one with --store, or name a Source."
                : $"{display} holds results of the simulated network, which must not mix with real ones: give another database with --store.");
        }
    }
}
