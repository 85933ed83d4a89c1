using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Monitoring.Testing;

/// <summary>
/// Connections of this process that begin inside a network namespace. A socket belongs to the namespace in which its thread was when it was made, so
/// a thread of its own goes there (setns(2)), makes it, and ends.
/// </summary>
public static partial class NamespaceEntry
{
    private const int NetworkNamespace = 0x40000000; // CLONE_NEWNET

    /// <summary>An HTTP way into a namespace.</summary>
    public static SocketsHttpHandler Handler(string site) => new()
    {
        UseProxy = false,
        ConnectCallback = async (context, cancellationToken) => await ConnectAsync(site, context.DnsEndPoint).WaitAsync(cancellationToken),
    };

    private static Task<Stream> ConnectAsync(string site, DnsEndPoint to)
    {
        var connected = new TaskCompletionSource<Stream>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                Enter(site);
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                socket.Connect(IPAddress.Parse(to.Host), to.Port);
                connected.SetResult(new NetworkStream(socket, ownsSocket: true));
            }
            catch (Exception e)
            {
                connected.SetException(e);
            }
        }) { IsBackground = true }.Start();
        return connected.Task;
    }

    private static void Enter(string site)
    {
        using SafeFileHandle there = File.OpenHandle("/run/netns/" + site);
        if (SetNamespace(there, NetworkNamespace) != 0) throw new IOException($"the network namespace {site} cannot be entered (error {Marshal.GetLastPInvokeError()})");
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(SafeFileHandle file, int kind);
}
