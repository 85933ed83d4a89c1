using System.Net;
using System.Net.Sockets;

namespace Monitoring.Net;

/// <summary>An open TCP connection to a checked address. Whoever holds it disposes it.</summary>
public sealed class DialledConnection : IDisposable
{
    internal DialledConnection(Socket socket, IPEndPoint remote, TimeSpan resolveTime, TimeSpan connectTime)
    {
        Stream = new NetworkStream(socket, ownsSocket: true);
        RemoteEndPoint = remote;
        ResolveTime = resolveTime;
        ConnectTime = connectTime;
    }

    /// <summary>The bytes of the connection; disposing it closes the socket.</summary>
    public Stream Stream { get; }

    /// <summary>The address and port that were dialled: the very address that was checked.</summary>
    public IPEndPoint RemoteEndPoint { get; }

    /// <summary>How long name resolution took; zero for an address literal.</summary>
    public TimeSpan ResolveTime { get; }

    /// <summary>How long the TCP connection took, after resolution, addresses tried in vain included.</summary>
    public TimeSpan ConnectTime { get; }

    /// <inheritdoc />
    public void Dispose() => Stream.Dispose();
}
