using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Monitoring.Web;

/// <summary>How the processes of this house listen. Nothing but their own configuration decides it.</summary>
public static class Listening
{
    private const long MostRequestBytes = 1 << 20;

    /// <summary>Bounds what is taken; no server header.</summary>
    public static void Bound(KestrelServerOptions kestrel)
    {
        ArgumentNullException.ThrowIfNull(kestrel);
        kestrel.AddServerHeader = false;

        // One byte more than is taken, so that the route itself can say what is too much.
        kestrel.Limits.MaxRequestBodySize = MostRequestBytes + 1;
    }

    /// <summary>Opens an address: <c>localhost</c>, an IP address, or 0.0.0.0 for all of the machine's.</summary>
    /// <param name="kestrel">The server.</param>
    /// <param name="url">The address; https where <paramref name="certificate"/> is given.</param>
    /// <param name="certificate">The certificate of an https address; null for http.</param>
    /// <param name="isForMetrics">True for an address where metrics alone are answered (<see cref="MetricsAddresses"/>).</param>
    public static void Open(KestrelServerOptions kestrel, Uri url, X509Certificate2? certificate = null, bool isForMetrics = false)
    {
        ArgumentNullException.ThrowIfNull(kestrel);
        ArgumentNullException.ThrowIfNull(url);
        void Configure(ListenOptions listen)
        {
            if (isForMetrics) MetricsAddresses.Mark(listen);
            if (certificate is null) return;

            // Any certificate may be shown; which one a region must show stands beside its key.
            listen.UseHttps(new HttpsConnectionAdapterOptions
            {
                ServerCertificate = certificate,
                ClientCertificateMode = ClientCertificateMode.AllowCertificate,
                ClientCertificateValidation = (_, _, _) => true,
            });
        }

        // Kestrel cannot let the system choose one port for both loopback addresses.
        if (url.HostNameType == UriHostNameType.Dns && url.Port != 0) kestrel.ListenLocalhost(url.Port, Configure);
        else if (url.HostNameType == UriHostNameType.Dns) kestrel.Listen(IPAddress.Loopback, 0, Configure);
        else if (url.DnsSafeHost == "0.0.0.0") kestrel.ListenAnyIP(url.Port, Configure);
        else kestrel.Listen(IPAddress.Parse(url.DnsSafeHost), url.Port, Configure);
    }
}
