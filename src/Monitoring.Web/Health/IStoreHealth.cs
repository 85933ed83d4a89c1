namespace Monitoring.Web;

/// <summary>What the health routes need of their host: whether it takes part, and results can be stored and read just now.</summary>
public interface IStoreHealth
{
    /// <summary>Asks. An exception, or an answer that takes over two seconds, means that the store does not answer.</summary>
    /// <returns>Why it is not ready, in words that anybody may read: they name no server; null while it is.</returns>
    ValueTask<string?> TroubleAsync(CancellationToken cancellationToken);
}
