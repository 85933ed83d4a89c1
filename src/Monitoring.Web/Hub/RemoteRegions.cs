using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Monitoring.Probing;

namespace Monitoring.Web;

/// <summary>What a hub needs to lead regions of other processes: their keys, what was refused of them, and the endpoints that they call.</summary>
public sealed class RemoteRegions : IDisposable
{
    private readonly RemoteOptions _options;
    private readonly RemoteHub _hub;
    private readonly IRegionKeys _keys;
    private readonly X509Certificate2? _certificate;

    /// <summary>Opens it.</summary>
    /// <param name="options">The regions, and where they call.</param>
    /// <param name="hub">The hub as they see it.</param>
    /// <param name="keys">Who may speak for them.</param>
    /// <param name="refused">What was refused.</param>
    /// <exception cref="IOException">The certificate cannot be read.</exception>
    public RemoteRegions(RemoteOptions options, RemoteHub hub, IRegionKeys keys, RefusedRegions refused)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _hub = hub;
        _keys = keys;
        Refused = refused;
        _certificate = options.CertificateFile is { } file ? PemCertificate.Load(file, options.CertificateKeyFile!) : null;
    }

    /// <summary>What was refused.</summary>
    public RefusedRegions Refused { get; }

    /// <summary>Opens the addresses that are for regions alone.</summary>
    public void Listen(KestrelServerOptions kestrel)
    {
        foreach (var url in _options.Urls) Listening.Open(kestrel, url, url.Scheme == Uri.UriSchemeHttps ? _certificate : null);
    }

    /// <summary>Registers the endpoints.</summary>
    public void AddTo(IServiceCollection services)
    {
        services.AddSingleton<IHub>(_hub);
        services.AddSingleton(_keys);
        services.AddSingleton<IRegionRefusals>(Refused);
        services.AddMonitoringHub();
    }

    /// <inheritdoc />
    public void Dispose() => _certificate?.Dispose();
}
