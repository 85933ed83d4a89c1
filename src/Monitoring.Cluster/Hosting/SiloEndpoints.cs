using System.Net;
using System.Security.Cryptography.X509Certificates;
using Monitoring.Cluster.Configuration;
using Monitoring.Web;
using Orleans.Configuration;
using Orleans.Connections.Security;
using Orleans.Hosting;

namespace Monitoring.Cluster.Hosting;

/// <summary>How a silo is reached by the others, and how soon it is given up.</summary>
internal static class SiloEndpoints
{
    /// <summary>Adds it. The endpoints are explicit: nothing is asked of the platform that the silo runs on.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="cluster">The section <c>Cluster</c>.</param>
    /// <param name="name">Names the silo in logs and in the table of members.</param>
    /// <exception cref="IOException">A certificate cannot be read.</exception>
    public static ISiloBuilder UseEndpoints(this ISiloBuilder silo, Membership cluster, string name)
    {
        silo.Configure<SiloOptions>(options => options.SiloName = name);
        silo.ConfigureEndpoints(cluster.Address, cluster.SiloPort, cluster.GatewayPort, listenOnAnyHostAddress: !IPAddress.IsLoopback(cluster.Address));
        if (cluster.Certificate is { } certificate) silo.UseMutualTls(certificate);

        // Calls between hubs are short; those that are long say so themselves. A region across an ocean has its own, longer ways.
        silo.Configure<SiloMessagingOptions>(options =>
        {
            options.ResponseTimeout = TimeSpan.FromSeconds(10);
            options.MaxEnqueuedRequestsHardLimit = 1_000;
        });

        // A silo that is gone is believed to be so after three probes, of at most 8 s each.
        silo.Configure<ClusterMembershipOptions>(options => options.MaxProbeTimeout = TimeSpan.FromSeconds(8));
        silo.Configure<ConnectionOptions>(options =>
        {
            options.ConnectionsPerEndpoint = 2;
            options.OpenConnectionTimeout = TimeSpan.FromSeconds(10);
        });
        silo.Configure<GrainCollectionOptions>(options => options.CollectionAge = TimeSpan.FromMinutes(10));
        return silo;
    }

    // Both sides show a certificate, and believe what their own authorities signed and nothing else. The name in it does not matter: silos are
    // dialled by address, and the addresses come from the table of members.
    private static ISiloBuilder UseMutualTls(this ISiloBuilder silo, SiloCertificate files)
    {
        var authorities = PemCertificate.Authorities(files.CaFile);
        return silo.UseTls(PemCertificate.Load(files.File, files.KeyFile), options =>
        {
            options.RemoteCertificateMode = RemoteCertificateMode.RequireCertificate;
            options.ClientCertificateMode = RemoteCertificateMode.RequireCertificate;
            options.RemoteCertificateValidation = (certificate, _, _) => IsBelieved(certificate, authorities);
            options.OnAuthenticateAsClient = (_, client) => client.TargetHost = "silo";
        });
    }

    /// <summary>True for a certificate that one of the authorities signed and that is valid now.</summary>
    public static bool IsBelieved(X509Certificate2? certificate, X509Certificate2Collection authorities)
    {
        if (certificate is null) return false;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(certificate);
    }
}
