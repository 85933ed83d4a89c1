using System.Net;
using System.Net.Sockets;

namespace Monitoring.Simulator;

/// <summary>
/// A port that refuses connections and that nobody else can take: bound, never listening. It keeps the address of a node that is down, so
/// that the node can come back under it.
/// </summary>
internal sealed class HeldPort : IDisposable
{
    private readonly Socket _socket;

    /// <param name="address">Where; port 0 lets the system choose.</param>
    /// <exception cref="SocketException">The port is taken.</exception>
    public HeldPort(IPEndPoint address)
    {
        _socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            _socket.Bind(address);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    public int Port => ((IPEndPoint)_socket.LocalEndPoint!).Port;

    public void Dispose() => _socket.Dispose();
}
