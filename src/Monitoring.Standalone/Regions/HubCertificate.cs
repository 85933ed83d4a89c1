using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

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
        if (trust.ClientCertificateFile is { } file) handler.SslOptions.ClientCertificates = [Load(file, trust.ClientKeyFile!)];
        if (trust.Pin is { } pin) handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) => IsPinned(certificate, pin);
        else handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, chain, errors) => errors == SslPolicyErrors.None || NotBelieved(certificate, chain, errors);
        if (trust.Pin is null && trust.CaFile is { } ca)
        {
            var authorities = Authorities(ca);
            handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            handler.SslOptions.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        }

        return handler;
    }

    /// <summary>Reads a certificate with its key.</summary>
    /// <exception cref="IOException">A file cannot be read, or holds none; the message names it.</exception>
    public static X509Certificate2 Load(string certificateFile, string keyFile) =>
        Read(certificateFile, () => X509Certificate2.CreateFromPemFile(certificateFile, keyFile), $" or '{keyFile}'");

    /// <summary>SHA-256 of a certificate file's first certificate, lower-case hex.</summary>
    /// <exception cref="IOException">The file cannot be read, or holds none; the message names it.</exception>
    public static string Sha256Of(string certificateFile)
    {
        using var certificate = Read(certificateFile, () => X509Certificate2.CreateFromPem(File.ReadAllText(certificateFile)), "");
        return Sha256(certificate);
    }

    // Thrown and not answered with false: the exception's message is what the region's log shows.
    private static bool IsPinned(X509Certificate? certificate, string pin)
    {
        if (certificate is null) throw new AuthenticationException("the hub shows no certificate");
        var shown = Sha256(certificate);
        return shown == pin ? true : throw new AuthenticationException(
            $"the hub shows another certificate (SHA-256 {shown}) than Region:HubPin expects ({pin}). If the hub's was renewed, set the new one; otherwise somebody stands between");
    }

    private static bool NotBelieved(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        var why = chain is null ? "" : string.Concat(chain.ChainStatus.Select(s => s.Status).Distinct().Select(s => $", {s}"));
        throw new AuthenticationException(
            $"the hub's certificate (SHA-256 {(certificate is null ? "none" : Sha256(certificate))}) is not believed: {errors}{why}. Region:HubCaFile names the authorities that are believed, Region:HubPin the one certificate");
    }

    private static string Sha256(X509Certificate certificate) => Convert.ToHexStringLower(SHA256.HashData(certificate.GetRawCertData()));

    private static X509Certificate2Collection Authorities(string file) => Read(file, () =>
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(file);
        return authorities.Count > 0 ? authorities : throw new CryptographicException("no certificate is in it.");
    }, "");

    private static T Read<T>(string file, Func<T> read, string or)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new IOException($"'{file}'{or} cannot be used as a certificate (PEM): {e.Message}", e);
        }
    }
}
