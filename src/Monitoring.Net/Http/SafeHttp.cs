using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Monitoring.Net;

/// <summary>
/// HTTP to strangers: every connection through the <see cref="SafeDialer"/>, no redirects, no decompression, no cookies, no proxy, no
/// credentials, nothing of our tracing in the headers, bounded response headers.
/// </summary>
public static class SafeHttp
{
    private const int MaximumDrainBytes = 64 * 1024;
    private static readonly TimeSpan MaximumDrainTime = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Makes a client around <see cref="CreateHandler"/> that also refuses what the handler alone would do outside the dialer: HTTP/3, which
    /// does not ask it, and schemes other than http and https. Prefer it to the bare handler.
    /// </summary>
    /// <param name="dialer">Opens the connections.</param>
    /// <param name="options">What the caller chooses.</param>
    /// <returns>
    /// An invoker without a time-out of its own: the caller bounds each request by its token and each body by <see cref="BoundedReader"/>.
    /// Disposing it closes the connections.
    /// </returns>
    public static HttpMessageInvoker CreateInvoker(SafeDialer dialer, SafeHttpOptions options) =>
        new(CreateGuardedHandler(dialer, options), disposeHandler: true);

    /// <summary>The handler inside <see cref="CreateInvoker"/>, for a library that takes a handler and makes its own client around it.</summary>
    /// <param name="dialer">Opens the connections.</param>
    /// <param name="options">What the caller chooses.</param>
    /// <returns>A handler without a time-out of its own. Disposing it closes the connections.</returns>
    public static HttpMessageHandler CreateGuardedHandler(SafeDialer dialer, SafeHttpOptions options) => new RequestGuard(CreateHandler(dialer, options));

    /// <summary>Makes a handler for requests to strangers. Requests must be HTTP/1.1 or HTTP/2, never "or higher".</summary>
    /// <param name="dialer">Opens the connections.</param>
    /// <param name="options">What the caller chooses.</param>
    /// <returns>
    /// A handler with its own connections. A connection that cannot be made surfaces as an <see cref="HttpRequestException"/> whose inner
    /// exception is the <see cref="DialException"/>.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    public static SocketsHttpHandler CreateHandler(SafeDialer dialer, SafeHttpOptions options)
    {
        ArgumentNullException.ThrowIfNull(dialer);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxConnectionsPerServer, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxResponseHeadersKibibytes, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MaxResponseHeadersKibibytes, 1024, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.HandshakeTimeout, TimeSpan.Zero, nameof(options));

        return new SocketsHttpHandler
        {
            ConnectCallback = (context, cancellationToken) => ConnectAsync(dialer, options, context, cancellationToken),
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            UseProxy = false,
            Credentials = null,
            PreAuthenticate = false,
            ActivityHeadersPropagator = null,
            EnableMultipleHttp2Connections = false,
            MaxConnectionsPerServer = options.MaxConnectionsPerServer,
            MaxResponseHeadersLength = options.MaxResponseHeadersKibibytes,
            MaxResponseDrainSize = MaximumDrainBytes,
            ResponseDrainTimeout = MaximumDrainTime,
            PooledConnectionIdleTimeout = options.IdleTimeout,
        };
    }

    private static async ValueTask<Stream> ConnectAsync(
        SafeDialer dialer, SafeHttpOptions options, SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var connection = await dialer.ConnectAsync(host, port, cancellationToken);
        try
        {
            if (context.InitialRequestMessage.RequestUri?.Scheme != Uri.UriSchemeHttps)
            {
                options.Observer?.Connected(Facts(host, connection, null, "", TimeSpan.Zero));
                return connection.Stream;
            }

            var start = dialer.Time.GetTimestamp();
            var tls = await HandshakeAsync(dialer.Time, options, context, connection, cancellationToken);
            var digest = tls.RemoteCertificate is { } certificate ? Convert.ToHexStringLower(SHA256.HashData(certificate.GetRawCertData())) : null;
            options.Observer?.Connected(Facts(host, connection, digest, tls.NegotiatedApplicationProtocol.ToString(), dialer.Time.GetElapsedTime(start)));
            return tls;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    // The handshake is made here rather than by the handler, so that it has its own limit, and certificate and address are reported together.
    private static async Task<SslStream> HandshakeAsync(
        TimeProvider time, SafeHttpOptions options, SocketsHttpConnectionContext context, DialledConnection connection, CancellationToken cancellationToken)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        using var limit = new CancellationTokenSource(options.HandshakeTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var tls = new SslStream(connection.Stream, leaveInnerStreamOpen: false);
        try
        {
            await tls.AuthenticateAsClientAsync(TlsOptions(host, options, context.InitialRequestMessage), either.Token);
            return tls;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new DialException(
                DialFailure.TimedOut, $"{host}:{port} accepted the connection and did not end the TLS handshake within {options.HandshakeTimeout.TotalSeconds:0.###} s.");
        }
        catch (Exception e) when (e is AuthenticationException or IOException or InvalidOperationException or CryptographicException)
        {
            throw new DialException(DialFailure.TlsFailed, $"{host}:{port} accepted the connection and the TLS handshake on it failed.", e);
        }
    }

    [SuppressMessage("Security", "CA5359", Justification = "Orchestrators sign their own certificates; what they say is verified by Ethereum signatures.")]
    private static SslClientAuthenticationOptions TlsOptions(string host, SafeHttpOptions options, HttpRequestMessage request) => new()
    {
        TargetHost = host,
        ApplicationProtocols = [.. options.ApplicationProtocols ?? Offer(request)],
        AllowRenegotiation = false,
        // A gateway has no session cache; with one here, the second connection would be quicker than what gateways see.
        AllowTlsResume = false,
        // Orchestrators sign their own certificates anew at every start: there is nobody to trust, and the ticket signatures name the peer.
        RemoteCertificateValidationCallback = options.VerifyCertificate ? static (_, _, _, errors) => errors == SslPolicyErrors.None : static (_, _, _, _) => true,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        // Without this a certificate could name a URL to fetch its issuer from, and the platform would fetch it, past the dialer.
        CertificateChainPolicy = new X509ChainPolicy
        {
            DisableCertificateDownloads = true,
            RevocationMode = X509RevocationMode.NoCheck,
            TrustMode = options.VerifyCertificate ? X509ChainTrustMode.System : X509ChainTrustMode.CustomRootTrust,
        },
    };

    private static SslApplicationProtocol[] Offer(HttpRequestMessage request) =>
        request.Version.Major < 2 ? [SslApplicationProtocol.Http11]
        : request.VersionPolicy == HttpVersionPolicy.RequestVersionOrLower ? [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11]
        : [SslApplicationProtocol.Http2];

    private static ConnectionFacts Facts(string host, DialledConnection connection, string? certificate, string protocol, TimeSpan handshake) =>
        new(host, connection.RemoteEndPoint, certificate, protocol, connection.ResolveTime, connection.ConnectTime, handshake);
}
