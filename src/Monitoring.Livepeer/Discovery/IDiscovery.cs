using Monitoring.Core;

namespace Monitoring.Livepeer;

/// <summary>The two calls a gateway makes besides uploads (protocol reference, 1.3).</summary>
public interface IDiscovery
{
    /// <summary>Asks an orchestrator for a session: the start of every test, and by itself the liveness check.</summary>
    /// <param name="serviceUri">The address of the registry, as text.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <returns>A session or a fault; failure of the orchestrator or of the network is never an exception.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    Task<DiscoveryAnswer> GetOrchestratorAsync(string serviceUri, CancellationToken cancellationToken);

    /// <summary>Gives a session back, politely: its slot is free at once and its renditions are gone.</summary>
    /// <param name="session">The session.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <returns>Completed, or what was wrong; nobody scores it.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    Task<Outcome> EndTranscodingSessionAsync(OrchestratorSession session, CancellationToken cancellationToken);
}

/// <summary>What discovery found.</summary>
public sealed record DiscoveryAnswer
{
    /// <summary>The session; null when there is none.</summary>
    public OrchestratorSession? Session { get; init; }

    /// <summary>Completed with a session, else why there is none.</summary>
    public required Outcome Outcome { get; init; }

    /// <summary>Any well-formed gRPC answer proves life, errors included.</summary>
    public bool Alive { get; init; }

    /// <summary>From the call to its answer or failure.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>Address and port dialled; empty when no connection stood.</summary>
    public string DialledAddress { get; init; } = "";

    /// <summary>SHA-256 of the certificate shown, hex; empty without TLS.</summary>
    public string CertificateSha256 { get; init; } = "";

    /// <summary>The version stated, cleaned, even where the session was not usable; empty when none was.</summary>
    public string Version { get; init; } = "";
}
