using System.Net;
using System.Net.Sockets;

namespace Monitoring.Simulator;

/// <summary>
/// A port that refuses connections and that nobody else can take: bound, never listening. It keeps the address of a node that is down, so
/// that the node can come back under it.
/// </summary>
internal sealed class HeldPort : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    /// <param name="port">0 lets the system choose.</param>
    /// <exception cref="SocketException">The port is taken.</exception>
    public HeldPort(int port)
    {
        try
        {
            _socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
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
