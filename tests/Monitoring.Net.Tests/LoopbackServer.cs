using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Monitoring.Net.Tests;

/// <summary>A server of raw bytes on 127.0.0.1: what it says is the test's business, well-formed or not.</summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<Stream, CancellationToken, Task> _serve;
    private readonly Task _loop;
    private int _connections;

    public LoopbackServer(Func<Stream, CancellationToken, Task> serve)
    {
        _serve = serve;
        _listener.Start();
        _loop = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Answers every request with the same bytes and keeps what was asked.</summary>
    public static LoopbackServer Answering(byte[] answer, List<string>? requests = null) => new(async (stream, ct) =>
    {
        while (await ReadRequestAsync(stream, ct) is { } request)
        {
            if (requests is not null)
            {
                lock (requests) requests.Add(request);
            }

            await stream.WriteAsync(answer, ct);
            await stream.FlushAsync(ct);
        }
    });

    /// <summary>The same over TLS.</summary>
    public static LoopbackServer Tls(X509Certificate2 certificate, Func<Stream, CancellationToken, Task> serve, params SslApplicationProtocol[] protocols) => new(async (stream, ct) =>
    {
        await using var tls = new SslStream(stream);
        // Offline: the server's own side must fetch no issuer either, for a test counts such fetches.
        var context = SslStreamCertificateContext.Create(certificate, null, offline: true);
        var options = new SslServerAuthenticationOptions { ServerCertificateContext = context, ApplicationProtocols = [.. protocols] };
        await tls.AuthenticateAsServerAsync(options, ct);
        await serve(tls, ct);
    });

    public static byte[] Http(string status, string headers, string body = "") =>
        Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: {body.Length}\r\n{headers}\r\n{body}");

    public static async Task<string?> ReadRequestAsync(Stream stream, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        var one = new byte[1];
        while (await stream.ReadAsync(one, cancellationToken) == 1)
        {
            text.Append((char)one[0]);
            if (text.Length >= 4 && text.ToString(text.Length - 4, 4) == "\r\n\r\n") return text.ToString();
        }

        return null;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _loop;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var open = new List<Task>();
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                Interlocked.Increment(ref _connections);
                open.Add(ServeAsync(client));
            }
        }
        catch (Exception) when (_stop.IsCancellationRequested)
        {
            await Task.WhenAll(open);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            using (client) await _serve(client.GetStream(), _stop.Token);
        }
        catch (Exception)
        {
            // The client may go whenever it likes; tests judge what it saw.
        }
    }
}
