using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Monitoring.Web;

namespace Monitoring.Standalone.Regions;

/// <summary>How a region recognises its hub, and what it shows to it.</summary>
/// <param name="Pin">SHA-256 of the only certificate that is believed, lower-case hex; null for no pin.</param>
/// <param name="CaFile">PEM of the authorities that are believed in place of the machine's; null for the machine's.</param>
/// <param name="ClientCertificateFile">PEM of the certificate that is shown; null for none.</param>
/// <param name="ClientKeyFile">PEM of its key.</param>
internal sealed record HubTrust(string? Pin, string? CaFile, string? ClientCertificateFile, string? ClientKeyFile);

/// <summary>Certificates of the connection between regions and the hub.</summary>
internal static class HubCertificate
{
    private static readonly TimeSpan Connect = TimeSpan.FromSeconds(10);

    /// <summary>A connection to the hub, by HTTP/1.1 or 2 as the hub offers.</summary>
    /// <exception cref="IOException">A file cannot be read, or holds no certificate; the message names it.</exception>
    public static SocketsHttpHandler Handler(HubTrust trust)
    {
        var handler = new SocketsHttpHandler { ConnectTimeout = Connect, PooledConnectionIdleTimeout = TimeSpan.FromMinutes(2), UseCookies = false, AllowAutoRedirect = false };
        if (trust.ClientCertificateFile is { } file) handler.SslOptions.ClientCertificates = [PemCertificate.Load(file, trust.ClientKeyFile!)];
        if (trust.Pin is { } pin) handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) => IsPinned(certificate, pin);
        else handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, chain, errors) => errors == SslPolicyErrors.None || NotBelieved(certificate, chain, errors);
        if (trust.Pin is null && trust.CaFile is { } ca)
        {
            var authorities = PemCertificate.Authorities(ca);
            handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            handler.SslOptions.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        }

        return handler;
    }

    // Thrown and not answered with false: the exception's message is what the region's log shows.
    private static bool IsPinned(X509Certificate? certificate, string pin)
    {
        if (certificate is null) throw new AuthenticationException("the hub shows no certificate");
        var shown = PemCertificate.Sha256Of(certificate);
        return shown == pin ? true : throw new AuthenticationException(
            $"the hub shows another certificate (SHA-256 {shown}) than Region:HubPin expects ({pin}). If the hub's was renewed, set the new one; otherwise somebody stands between");
    }

    private static bool NotBelieved(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        var why = chain is null ? "" : string.Concat(chain.ChainStatus.Select(s => s.Status).Distinct().Select(s => $", {s}"));
        throw new AuthenticationException(
            $"the hub's certificate (SHA-256 {(certificate is null ? "none" : PemCertificate.Sha256Of(certificate))}) is not believed: {errors}{why}. Region:HubCaFile names the authorities that are believed, Region:HubPin the one certificate");
    }
}
