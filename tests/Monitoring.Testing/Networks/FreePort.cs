using System.Net;
using System.Net.Sockets;

namespace Monitoring.Testing;

/// <summary>Ports of this machine, for a process that must be told its port before it listens.</summary>
public static class FreePort
{
    /// <summary>A TCP port that nobody has just now.</summary>
    public static int Find() => Find(1)[0];

    /// <summary>Several, no two of them the same.</summary>
    /// <param name="count">How many.</param>
    public static int[] Find(int count)
    {
        var held = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        try
        {
            foreach (var listener in held) listener.Start();
            return [.. held.Select(l => ((IPEndPoint)l.LocalEndpoint).Port)];
        }
        finally
        {
            foreach (var listener in held) listener.Dispose();
        }
    }
}
