using Orleans.Runtime;

namespace Monitoring.Cluster.State;

/// <summary>Writing a grain's state.</summary>
internal static class KeptState
{
    /// <summary>
    /// Writes a document in place of what is kept. When it throws the step never happened: nothing of it is acted on, and the next activation
    /// begins with what is stored.
    /// </summary>
    /// <param name="grain">Whose state it is.</param>
    /// <param name="kept">The state.</param>
    /// <param name="document">What is kept from now on.</param>
    public static async Task KeepAsync<T>(this IGrainBase grain, IPersistentState<T> kept, T document)
    {
        var before = kept.State;
        kept.State = document;
        try
        {
            await kept.WriteStateAsync();
        }
        catch
        {
            kept.State = before;
            grain.DeactivateOnIdle();
            throw;
        }
    }
}
