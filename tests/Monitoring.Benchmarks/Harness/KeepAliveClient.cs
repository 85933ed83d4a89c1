using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Monitoring.Benchmarks;

/// <summary>
/// A client that costs next to nothing, so that the server is what is measured: blocking sockets that stay open, headers read only for the
/// status and the length, bodies read exactly and, if nobody wants them, thrown away.
/// </summary>
internal sealed class KeepAliveClient : IDisposable
{
    private const int Room = 1 << 20;
    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[Room];
    private int _start;
    private int _end;

    /// <summary>Connects to a port of this machine.</summary>
    public KeepAliveClient(int port)
    {
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 120_000, SendTimeout = 120_000 };
        _socket.Connect(IPAddress.Loopback, port);
    }

    /// <summary>The bytes of a request.</summary>
    public static byte[] Get(string path) => Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n\r\n");

    /// <summary>Sends a request.</summary>
    public void Send(ReadOnlySpan<byte> request)
    {
        while (!request.IsEmpty) request = request[_socket.Send(request)..];
    }

    /// <summary>Reads an answer to its last byte.</summary>
    /// <param name="body">Gets the body; null to throw it away.</param>
    /// <returns>The body's length.</returns>
    /// <exception cref="BenchmarkException">The status is not 200, or the answer has no length.</exception>
    public int Read(List<byte>? body = null)
    {
        int headers;
        while ((headers = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n\r\n"u8)) < 0) Fill();
        var length = LengthOf(_buffer.AsSpan(_start, headers + 2));
        _start += headers + 4;
        for (var left = length; left > 0;)
        {
            if (_start == _end) Fill();
            var part = Math.Min(left, _end - _start);
            body?.AddRange(_buffer.AsSpan(_start, part));
            _start += part;
            left -= part;
        }

        return length;
    }

    /// <inheritdoc />
    public void Dispose() => _socket.Dispose();

    private static int LengthOf(ReadOnlySpan<byte> headers)
    {
        if (!headers.StartsWith("HTTP/1.1 200 "u8))
        {
            throw new BenchmarkException($"The server answered '{Encoding.ASCII.GetString(headers[..headers.IndexOf((byte)'\r')])}'.");
        }

        var name = "\r\nContent-Length: "u8;
        var at = headers.IndexOf(name);
        if (at < 0 || !Utf8Parser.TryParse(headers[(at + name.Length)..], out int length, out _)) throw new BenchmarkException("An answer does not say how long it is.");
        return length;
    }

    private void Fill()
    {
        if (_start == _end) _start = _end = 0;
        if (_end == _buffer.Length)
        {
            if (_start == 0) throw new BenchmarkException("The headers of an answer do not end.");
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        var read = _socket.Receive(_buffer.AsSpan(_end));
        if (read == 0) throw new BenchmarkException("The server closed the connection.");
        _end += read;
    }
}
