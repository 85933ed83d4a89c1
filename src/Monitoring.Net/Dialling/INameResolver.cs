using System.Net;
using System.Net.Sockets;

namespace Monitoring.Net;

/// <summary>Answers which addresses a host name has. The dialer asks once per dial and checks every answer itself.</summary>
public interface INameResolver
{
    /// <summary>Resolves a name to its addresses, in the order in which they should be tried.</summary>
    /// <param name="host">An ASCII host name; never an address literal.</param>
    /// <param name="cancellationToken">Stops the wait for an answer.</param>
    /// <returns>The addresses; none where the name exists without an address.</returns>
    /// <exception cref="SocketException">
    /// The name could not be resolved: <see cref="SocketError.HostNotFound"/> or <see cref="SocketError.NoData"/> where there is no such name,
    /// any other code where the resolver itself failed.
    /// </exception>
    Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken);
}
