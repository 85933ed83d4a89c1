using System.Net;

namespace Monitoring.Net;

/// <summary>What is known of a connection once it stands.</summary>
/// <param name="Host">The host that was asked for.</param>
/// <param name="RemoteEndPoint">The checked address and the port that were dialled.</param>
/// <param name="CertificateSha256">SHA-256 of the certificate (its DER bytes) in 64 lower-case hex digits; null on a connection without TLS.</param>
/// <param name="ApplicationProtocol">What ALPN agreed on (<c>h2</c>, <c>http/1.1</c>); empty where nothing was agreed.</param>
/// <param name="ResolveTime">Name resolution; zero for an address literal.</param>
/// <param name="ConnectTime">The TCP connection.</param>
/// <param name="HandshakeTime">The TLS handshake; zero on a connection without TLS.</param>
public sealed record ConnectionFacts(
    string Host,
    IPEndPoint RemoteEndPoint,
    string? CertificateSha256,
    string ApplicationProtocol,
    TimeSpan ResolveTime,
    TimeSpan ConnectTime,
    TimeSpan HandshakeTime);
