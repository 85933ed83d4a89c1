using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Monitoring.Web;

/// <summary>Certificates in PEM files.</summary>
public static class PemCertificate
{
    /// <summary>Reads a certificate with its key.</summary>
    /// <exception cref="IOException">A file cannot be read, or holds none; the message names it.</exception>
    public static X509Certificate2 Load(string certificateFile, string keyFile) =>
        Read(certificateFile, () => X509Certificate2.CreateFromPemFile(certificateFile, keyFile), $" or '{keyFile}'");

    /// <summary>Reads the certificates of the authorities that are believed; at least one.</summary>
    /// <exception cref="IOException">The file cannot be read, or holds none; the message names it.</exception>
    public static X509Certificate2Collection Authorities(string file) => Read(file, () =>
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(file);
        return authorities.Count > 0 ? authorities : throw new CryptographicException("no certificate is in it.");
    }, "");

    /// <summary>SHA-256 of a certificate file's first certificate, lower-case hex.</summary>
    /// <exception cref="IOException">The file cannot be read, or holds none; the message names it.</exception>
    public static string Sha256Of(string certificateFile)
    {
        using var certificate = Read(certificateFile, () => X509Certificate2.CreateFromPem(File.ReadAllText(certificateFile)), "");
        return Sha256Of(certificate);
    }

    /// <summary>SHA-256 of a certificate, lower-case hex.</summary>
    public static string Sha256Of(X509Certificate certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return Convert.ToHexStringLower(SHA256.HashData(certificate.GetRawCertData()));
    }

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
