namespace Monitoring.Web;

/// <summary>What the health routes need of their host: whether results can be stored and read just now.</summary>
public interface IStoreHealth
{
    /// <summary>Asks the store. An exception or an answer that takes over two seconds means no.</summary>
    ValueTask<bool> IsReadyAsync(CancellationToken cancellationToken);
}
