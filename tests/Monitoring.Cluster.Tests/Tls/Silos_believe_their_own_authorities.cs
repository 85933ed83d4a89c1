using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Monitoring.Cluster.Hosting;

namespace Monitoring.Cluster.Tests.Tls;

/// <summary>Whom a silo lets in.</summary>
public sealed class Silos_believe_their_own_authorities
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    [Fact]
    public void A_certificate_of_the_clusters_authority_is_believed() => Assert.True(Judge(Authority("ours"), Now.AddDays(1)));

    [Fact]
    public void One_that_has_run_out_is_not() => Assert.False(Judge(Authority("ours"), Now.AddHours(-1)));

    [Fact]
    public void One_of_another_authority_of_the_same_name_is_not()
    {
        using var ours = Authority("ours");
        using var theirs = Authority("ours");
        using var silo = Signed(theirs, Now.AddDays(1));
        Assert.False(SiloEndpoints.IsBelieved(silo, [ours]));
    }

    [Fact]
    public void Whoever_shows_none_is_not() => Assert.False(SiloEndpoints.IsBelieved(null, []));

    private static bool Judge(X509Certificate2 authority, DateTimeOffset until)
    {
        using (authority)
        {
            using var silo = Signed(authority, until);
            return SiloEndpoints.IsBelieved(silo, [authority]);
        }
    }

    internal static X509Certificate2 Authority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(Now.AddDays(-2), Now.AddDays(10));
    }

    internal static X509Certificate2 Signed(X509Certificate2 authority, DateTimeOffset until)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=silo", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], false));
        using var signed = request.Create(authority, Now.AddDays(-1.5), until, RandomNumberGenerator.GetBytes(8));
        return signed.CopyWithPrivateKey(key);
    }
}
