using System.Collections.Concurrent;
using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Monitoring.Net.Tests.Http;

public sealed class SafeHttpTests
{
    private static readonly TimeSpan Generous = TimeSpan.FromSeconds(60);
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_redirect_is_an_answer_and_is_not_followed()
    {
        await using var inside = LoopbackServer.Answering(LoopbackServer.Http("200 OK", ""));
        await using var server = LoopbackServer.Answering(LoopbackServer.Http("302 Found", $"Location: http://127.0.0.1:{inside.Port}/\r\n"));
        using var client = Client();

        using var response = await client.SendAsync(Get(server), Cancel);

        Assert.Equal(HttpStatusCode.Found, response.StatusCode);
        Assert.Equal(0, inside.Connections);
    }

    [Fact]
    public async Task A_compressed_body_is_not_inflated()
    {
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true)) await gzip.WriteAsync(new byte[100_000], Cancel);
        byte[] answer = [.. Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {packed.Length}\r\n\r\n"), .. packed.ToArray()];
        var requests = new List<string>();
        await using var server = LoopbackServer.Answering(answer, requests);
        using var client = Client();

        using var response = await client.SendAsync(Get(server), Cancel);

        Assert.Equal(packed.ToArray(), await response.Content.ReadAsByteArrayAsync(Cancel));
        Assert.DoesNotContain("accept-encoding", Assert.Single(requests), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_header_bomb_is_refused()
    {
        await using var server = new LoopbackServer(async (stream, ct) =>
        {
            await LoopbackServer.ReadRequestAsync(stream, ct);
            await stream.WriteAsync("HTTP/1.1 200 OK\r\n"u8.ToArray(), ct);
            var line = Encoding.ASCII.GetBytes($"X-Bomb: {new string('b', 1000)}\r\n");
            while (true) await stream.WriteAsync(line, ct);
        });
        using var client = Client();

        var e = await Assert.ThrowsAsync<HttpRequestException>(() => client.SendAsync(Get(server), Cancel).WaitAsync(Generous, Cancel));

        Assert.Equal(HttpRequestError.ConfigurationLimitExceeded, e.HttpRequestError);
    }

    [Fact]
    public async Task Cookies_and_traces_stay_at_home()
    {
        var requests = new List<string>();
        await using var server = LoopbackServer.Answering(LoopbackServer.Http("200 OK", "Set-Cookie: id=1; Path=/\r\n"), requests);
        using var client = Client();
        using var activity = new Activity("test").Start();

        (await client.SendAsync(Get(server), Cancel)).Dispose();
        (await client.SendAsync(Get(server), Cancel)).Dispose();

        Assert.Equal(2, requests.Count);
        Assert.All(requests, r => Assert.DoesNotContain("cookie", r, StringComparison.OrdinalIgnoreCase));
        Assert.All(requests, r => Assert.DoesNotContain("traceparent", r, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Loopback_is_out_of_reach_without_the_setting_and_the_reason_is_found_in_the_exception()
    {
        await using var server = LoopbackServer.Answering(LoopbackServer.Http("200 OK", ""));
        using var client = SafeHttp.CreateInvoker(new SafeDialer(new DialPolicy(), new SystemNameResolver(), TimeProvider.System), new SafeHttpOptions());

        var e = await Assert.ThrowsAsync<HttpRequestException>(() => client.SendAsync(Get(server), Cancel));

        Assert.True(DialException.TryFind(e, out var dial));
        Assert.Equal(DialFailure.Blocked, dial.Failure);
        Assert.Equal(0, server.Connections);
    }

    [Fact]
    public void No_dial_failure_is_found_where_there_is_none()
    {
        Assert.False(DialException.TryFind(new HttpRequestException("x", new IOException("y")), out _));
        Assert.False(DialException.TryFind(null, out _));
    }

    [Fact]
    public async Task A_self_signed_certificate_is_accepted_and_reported_with_the_address_dialled()
    {
        using var certificate = SelfSigned();
        await using var server = LoopbackServer.Tls(certificate, AnswerAsync, SslApplicationProtocol.Http11);
        var observer = new Observer();
        using var client = Client(new SafeHttpOptions { Observer = observer }, new ScriptedResolver("127.0.0.1"));

        using var response = await client.SendAsync(new HttpRequestMessage(HttpMethod.Get, $"https://orchestrator.example:{server.Port}/"), Cancel);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var facts = Assert.Single(observer.Seen);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(certificate.RawData)), facts.CertificateSha256);
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, server.Port), facts.RemoteEndPoint);
        Assert.Equal("orchestrator.example", facts.Host);
        Assert.Equal("http/1.1", facts.ApplicationProtocol);
    }

    [Fact]
    public async Task A_connection_without_tls_is_reported_without_a_certificate()
    {
        await using var server = LoopbackServer.Answering(LoopbackServer.Http("200 OK", ""));
        var observer = new Observer();
        using var client = Client(new SafeHttpOptions { Observer = observer });
        (await client.SendAsync(Get(server), Cancel)).Dispose();
        (await client.SendAsync(Get(server), Cancel)).Dispose();
        var facts = Assert.Single(observer.Seen);
        Assert.Null(facts.CertificateSha256);
        Assert.Empty(facts.ApplicationProtocol);
    }

    [Theory]
    [InlineData("1.1", HttpVersionPolicy.RequestVersionExact, "http/1.1")]
    [InlineData("1.1", HttpVersionPolicy.RequestVersionOrLower, "http/1.1")]
    [InlineData("2.0", HttpVersionPolicy.RequestVersionExact, "h2")]
    [InlineData("2.0", HttpVersionPolicy.RequestVersionOrLower, "h2")]
    public async Task The_version_of_the_request_decides_what_tls_offers(string version, HttpVersionPolicy policy, string agreed)
    {
        using var certificate = SelfSigned();
        await using var server = LoopbackServer.Tls(certificate, (_, _) => Task.CompletedTask, SslApplicationProtocol.Http2, SslApplicationProtocol.Http11);
        var observer = new Observer();
        using var client = Client(new SafeHttpOptions { Observer = observer });
        var request = new HttpRequestMessage(HttpMethod.Get, $"https://127.0.0.1:{server.Port}/") { Version = Version.Parse(version), VersionPolicy = policy };

        // The server hangs up after the handshake: what was agreed before is what counts here.
        await Assert.ThrowsAsync<HttpRequestException>(() => client.SendAsync(request, Cancel).WaitAsync(Generous, Cancel));

        Assert.Equal(agreed, observer.Seen.First().ApplicationProtocol);
    }

    [Fact]
    public async Task The_application_protocols_can_be_chosen()
    {
        using var certificate = SelfSigned();
        await using var server = LoopbackServer.Tls(certificate, AnswerAsync, SslApplicationProtocol.Http2, SslApplicationProtocol.Http11);
        var observer = new Observer();
        using var client = Client(new SafeHttpOptions { Observer = observer, ApplicationProtocols = [SslApplicationProtocol.Http11] });
        var request = new HttpRequestMessage(HttpMethod.Get, $"https://127.0.0.1:{server.Port}/") { Version = HttpVersion.Version20 };
        using var response = await client.SendAsync(request, Cancel);
        Assert.Equal(HttpVersion.Version11, response.Version);
        Assert.Equal("http/1.1", Assert.Single(observer.Seen).ApplicationProtocol);
    }

    [Fact]
    public async Task A_certificate_cannot_make_us_fetch_its_issuer()
    {
        await using var inside = LoopbackServer.Answering(LoopbackServer.Http("404 Not Found", ""));
        using var certificate = IssuedBySomebodyAt($"http://127.0.0.1:{inside.Port}/issuer.crt");
        await using var server = LoopbackServer.Tls(certificate, AnswerAsync);
        using var client = Client();

        using var response = await client.SendAsync(new HttpRequestMessage(HttpMethod.Get, $"https://127.0.0.1:{server.Port}/"), Cancel);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(0, inside.Connections);
    }

    [Fact]
    public async Task A_peer_that_does_not_speak_tls_is_a_tls_failure()
    {
        await using var server = new LoopbackServer((stream, ct) => stream.WriteAsync("SSH-2.0-hello\r\n"u8.ToArray(), ct).AsTask());
        using var client = Client();
        var e = await Assert.ThrowsAsync<HttpRequestException>(() => client.SendAsync(new HttpRequestMessage(HttpMethod.Get, $"https://127.0.0.1:{server.Port}/"), Cancel));
        Assert.True(DialException.TryFind(e, out var dial));
        Assert.Equal(DialFailure.TlsFailed, dial.Failure);
    }

    [Fact]
    public async Task A_handshake_that_does_not_end_is_timed_out()
    {
        var accepted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new LoopbackServer(async (stream, ct) =>
        {
            // The first bytes of the client's hello are here: the handshake is under way and its limit is set.
            await stream.ReadExactlyAsync(new byte[5], ct);
            accepted.SetResult();
            await Task.Delay(Timeout.Infinite, ct);
        });
        var time = new ManualTime();
        using var client = Client(time: time);

        var send = client.SendAsync(new HttpRequestMessage(HttpMethod.Get, $"https://127.0.0.1:{server.Port}/"), Cancel);
        await accepted.Task.WaitAsync(Generous, Cancel);
        time.Advance(TimeSpan.FromSeconds(3));

        var e = await Assert.ThrowsAsync<HttpRequestException>(() => send.WaitAsync(Generous, Cancel));
        Assert.True(DialException.TryFind(e, out var dial));
        Assert.Equal(DialFailure.TimedOut, dial.Failure);
    }

    [Theory]
    [InlineData("ftp://127.0.0.1:1/", "1.1", HttpVersionPolicy.RequestVersionExact)]
    [InlineData("file:///etc/passwd", "1.1", HttpVersionPolicy.RequestVersionExact)]
    [InlineData("http://user@127.0.0.1:1/", "1.1", HttpVersionPolicy.RequestVersionExact)]
    [InlineData("https://127.0.0.1:1/", "3.0", HttpVersionPolicy.RequestVersionExact)]
    [InlineData("https://127.0.0.1:1/", "2.0", HttpVersionPolicy.RequestVersionOrHigher)]
    public async Task What_would_pass_the_dialer_by_is_refused(string uri, string version, HttpVersionPolicy policy)
    {
        using var client = Client();
        var request = new HttpRequestMessage(HttpMethod.Get, uri) { Version = Version.Parse(version), VersionPolicy = policy };
        var e = await Assert.ThrowsAsync<DialException>(() => client.SendAsync(request, Cancel));
        Assert.Equal(DialFailure.BadHost, e.Failure);
    }

    [Fact]
    public void The_handler_keeps_nothing_of_its_convenience()
    {
        using var handler = SafeHttp.CreateHandler(Dialer(), new SafeHttpOptions { MaxConnectionsPerServer = 3 });
        Assert.False(handler.AllowAutoRedirect);
        Assert.False(handler.UseCookies);
        Assert.False(handler.UseProxy);
        Assert.False(handler.EnableMultipleHttp2Connections);
        Assert.Null(handler.Credentials);
        Assert.Null(handler.ActivityHeadersPropagator);
        Assert.Equal(DecompressionMethods.None, handler.AutomaticDecompression);
        Assert.Equal(64, handler.MaxResponseHeadersLength);
        Assert.Equal(3, handler.MaxConnectionsPerServer);
    }

    private static SafeDialer Dialer(INameResolver? resolver = null, TimeProvider? time = null) =>
        new(new DialPolicy { AllowLoopback = true }, resolver ?? new SystemNameResolver(), time ?? TimeProvider.System);

    private static HttpMessageInvoker Client(SafeHttpOptions? options = null, INameResolver? resolver = null, TimeProvider? time = null) =>
        SafeHttp.CreateInvoker(Dialer(resolver, time), options ?? new SafeHttpOptions());

    private static HttpRequestMessage Get(LoopbackServer server) => new(HttpMethod.Get, $"http://127.0.0.1:{server.Port}/");

    private static async Task AnswerAsync(Stream stream, CancellationToken cancellationToken)
    {
        while (await LoopbackServer.ReadRequestAsync(stream, cancellationToken) is not null)
        {
            await stream.WriteAsync(LoopbackServer.Http("200 OK", ""), cancellationToken);
        }
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=orchestrator", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private static X509Certificate2 IssuedBySomebodyAt(string issuerUrl)
    {
        using var issuerKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var issuerRequest = new CertificateRequest("CN=somebody", issuerKey, HashAlgorithmName.SHA256);
        issuerRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var issuer = issuerRequest.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-2), DateTimeOffset.UtcNow.AddDays(2));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=orchestrator", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension(null, [issuerUrl]));
        using var bare = request.Create(issuer, DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1), [1, 2, 3, 4]);
        return bare.CopyWithPrivateKey(key);
    }

    private sealed class Observer : IConnectionObserver
    {
        public ConcurrentQueue<ConnectionFacts> Seen { get; } = [];

        public void Connected(ConnectionFacts connection) => Seen.Enqueue(connection);
    }
}
