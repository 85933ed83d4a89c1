using System.Net;

namespace Monitoring.Net;

/// <summary>Resolves names the way the machine does (hosts file, then its DNS servers).</summary>
public sealed class SystemNameResolver : INameResolver
{
    /// <inheritdoc />
    public Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken) =>
        // The system call cannot be interrupted; only the wait for it can.
        Dns.GetHostAddressesAsync(host, cancellationToken).WaitAsync(cancellationToken);
}
