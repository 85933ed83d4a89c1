using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Monitoring.Simulator;

/// <summary>The certificate of an orchestrator (protocol section 1.1): self-signed, P-256, made anew at every start, so nobody can pin it.</summary>
internal static class NodeCertificate
{
    public static X509Certificate2 Make(IPAddress address, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("O=Acme Co", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(address.ToString()); // an address stands as a DNS name, as orchestrators do it
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        using var made = request.CreateSelfSigned(now.AddHours(-1), now.AddHours(8765));
        // Read back from its own bytes: a key that lives only in memory does not serve TLS on every platform.
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), password: null);
    }
}
