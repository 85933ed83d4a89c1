using Monitoring.Core;

namespace Monitoring.Livepeer;

/// <summary>Where the orchestrators come from.</summary>
public interface IOrchestratorSource
{
    /// <summary>
    /// True when the operator wrote the list himself: every walk is believed at once. A list from elsewhere that changes by more than a fifth
    /// is believed only when it says the same again 10 minutes later (<see cref="EnrolmentRule"/>).
    /// </summary>
    bool IsOwn { get; }

    /// <summary>Reads who is listed now.</summary>
    /// <exception cref="SourceException">It could not be read; what was read before stays in force.</exception>
    Task<IReadOnlyList<RegistryEntry>> ReadAsync(CancellationToken cancellationToken);
}

/// <summary>A source could not be read.</summary>
/// <param name="message">Which, and why.</param>
/// <param name="inner">What went wrong below; null for nothing.</param>
public sealed class SourceException(string message, Exception? inner = null) : Exception(message, inner);
