using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Monitoring.Core;
using Monitoring.Livepeer;
using Monitoring.Probing;
using Monitoring.Standalone.Configuration;
using Monitoring.Standalone.Hub;
using Monitoring.Standalone.Hub.Remote;
using Monitoring.Storage;
using Monitoring.Web;

namespace Monitoring.Standalone.Regions;

/// <summary>What a hub needs to lead regions of other processes: their keys, what was refused of them, and the endpoints that they call.</summary>
internal sealed partial class RemoteRegions : IDisposable
{
    private readonly RemoteOptions _options;
    private readonly RemoteHub _hub;
    private readonly RegionKeyBook _keys;
    private readonly X509Certificate2? _certificate;

    private RemoteRegions(RemoteOptions options, RemoteHub hub, RegionKeyBook keys, RefusedRegions refused, X509Certificate2? certificate)
    {
        _options = options;
        _hub = hub;
        _keys = keys;
        Refused = refused;
        _certificate = certificate;
    }

    /// <summary>What was refused.</summary>
    public RefusedRegions Refused { get; }

    /// <summary>Opens it.</summary>
    /// <exception cref="IOException">The certificate cannot be read, or the seal not kept.</exception>
    public static async Task<RemoteRegions> OpenAsync(MonitorOptions options, MonitorHub hub, IStateLog memory, string data, TimeProvider time, ILoggerFactory logs, CancellationToken cancellationToken)
    {
        var remote = options.Remote;
        var log = logs.CreateLogger<RemoteRegions>();
        var certificate = remote.CertificateFile is { } file ? HubCertificate.Load(file, remote.CertificateKeyFile!) : null;
        var refused = new RefusedRegions(remote.Regions, time, logs.CreateLogger<RefusedRegions>());
        var keys = new RegionKeyBook(data, time, fault => LogKeysUnreadable(log, fault));
        foreach (var region in remote.Regions.Where(r => !keys.Read().Any(k => k.Region == r && k.RevokedAt is null))) LogNoKey(log, region);
        var method = TestMethod.StreamTest(Clip.Embedded.Name, options.Tests.Segments, options.Tests.Streams);
        return new RemoteRegions(remote, await RemoteHub.OpenAsync(hub, remote.Regions, method, memory, refused, time, cancellationToken), keys, refused, certificate);
    }

    /// <summary>Opens the addresses that are for regions alone.</summary>
    public void Listen(KestrelServerOptions kestrel)
    {
        foreach (var url in _options.Urls)
        {
            void Configure(ListenOptions listen)
            {
                if (url.Scheme != Uri.UriSchemeHttps) return;

                // Any certificate may be shown; which one a region must show stands beside its key.
                listen.UseHttps(new HttpsConnectionAdapterOptions
                {
                    ServerCertificate = _certificate,
                    ClientCertificateMode = ClientCertificateMode.AllowCertificate,
                    ClientCertificateValidation = (_, _, _) => true,
                });
            }

            if (url.HostNameType == UriHostNameType.Dns && url.Port != 0) kestrel.ListenLocalhost(url.Port, Configure);
            else if (url.HostNameType == UriHostNameType.Dns) kestrel.Listen(IPAddress.Loopback, 0, Configure);
            else if (url.DnsSafeHost == "0.0.0.0") kestrel.ListenAnyIP(url.Port, Configure);
            else kestrel.Listen(IPAddress.Parse(url.DnsSafeHost), url.Port, Configure);
        }
    }

    /// <summary>Registers the endpoints.</summary>
    public void AddTo(IServiceCollection services)
    {
        services.AddSingleton<IHub>(_hub);
        services.AddSingleton<IRegionKeys>(_keys);
        services.AddSingleton<IRegionRefusals>(Refused);
        services.AddMonitoringHub();
    }

    /// <inheritdoc />
    public void Dispose() => _certificate?.Dispose();

    [LoggerMessage(5110, LogLevel.Error, "The keys of the regions cannot be read, so no region is believed: {Why}")]
    private static partial void LogKeysUnreadable(ILogger log, string why);

    [LoggerMessage(5111, LogLevel.Warning, "No key speaks for {Region} yet: 'monitor region add {Region} --out FILE' issues one")]
    private static partial void LogNoKey(ILogger log, RegionId region);
}
