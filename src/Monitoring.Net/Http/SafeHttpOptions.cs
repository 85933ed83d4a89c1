using System.Net.Security;

namespace Monitoring.Net;

/// <summary>What a caller may choose about a handler for strangers; everything else is fixed by <see cref="SafeHttp"/>.</summary>
public sealed record SafeHttpOptions
{
    /// <summary>The most HTTP/1.1 connections to one host and port at a time, at least 1. Default 16. HTTP/2 always uses one.</summary>
    public int MaxConnectionsPerServer { get; init; } = 16;

    /// <summary>The most response headers accepted, in KiB, 1 to 1024. Default 64; beyond it the request fails.</summary>
    public int MaxResponseHeadersKibibytes { get; init; } = 64;

    /// <summary>The limit of the TLS handshake, after the connection stands. Default 3 s; must be positive.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long an idle connection is kept. Default 1 minute.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// What ALPN offers. Null, the default, follows the request that opens the connection: its HTTP/2 version offers <c>h2</c>, with
    /// <c>http/1.1</c> after it where the request may fall back; otherwise <c>http/1.1</c> alone.
    /// </summary>
    public IReadOnlyList<SslApplicationProtocol>? ApplicationProtocols { get; init; }

    /// <summary>
    /// True to accept only certificates that the machine's trusted roots vouch for and that name the host. Off by default: orchestrators sign
    /// their own.
    /// </summary>
    public bool VerifyCertificate { get; init; }

    /// <summary>Learns of every connection opened; null for nobody.</summary>
    public IConnectionObserver? Observer { get; init; }
}
