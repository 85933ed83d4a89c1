using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Monitoring.Livepeer.Wire;

namespace Monitoring.Simulator.Tests.Recording;

/// <summary>
/// Asks a simulated node what the recorder asked a real go-livepeer 0.9.1, and compares the answers. What was drawn at random there is
/// reconciled by whoever knows how.
/// </summary>
internal sealed class Replay(SimulatedNode node, RawClient client, string recordedUri)
{
    /// <summary>Rewrites what the recorded side says before it is sent or compared.</summary>
    public Func<byte[], byte[]> Rewrite { get; init; } = bytes => bytes;

    /// <summary>Checks what may differ between two infos, recorded and actual, and makes it equal. The first says which exchange it is.</summary>
    public Action<string, OrchestratorInfo, OrchestratorInfo> Reconcile { get; init; } = (_, _, _) => { };

    /// <summary>Checks what may differ between two results, and makes it equal.</summary>
    public Func<TranscodeResult, TranscodeResult, Task> ReconcileResultAsync { get; init; } = (_, _) => Task.CompletedTask;

    /// <summary>Checks what may differ between two pings, recorded and actual, and makes it equal. The first is the value that was sent.</summary>
    public Action<PingPong, PingPong, PingPong> ReconcilePing { get; init; } = (_, _, _) => { };

    private string NodeUri => node.Uri.GetLeftPart(UriPartial.Authority);

    public static async Task<JsonDocument> ReadAsync(CancellationToken cancellation) =>
        JsonDocument.Parse(await File.ReadAllBytesAsync(Repository.Fixture("orchestrator-recording.json"), cancellation));

    public static byte[] Hex(JsonElement element, string property) => Convert.FromHexString(element.GetProperty(property).GetString()!);

    public async Task RunAsync(JsonElement exchange, CancellationToken cancellation)
    {
        var name = exchange.GetProperty("name").GetString()!;
        var request = exchange.GetProperty("request");
        var expected = exchange.GetProperty("response");
        using var response = await client.SendAsync(await RequestOfAsync(request, cancellation), cancellation);
        var body = await response.Content.ReadAsByteArrayAsync(cancellation);

        Assert.True(expected.GetProperty("status").GetInt32() == (int)response.StatusCode, $"{name}: status {(int)response.StatusCode}, {Encoding.UTF8.GetString(body)}");
        CompareHeaders(name, expected, response);
        if (expected.TryGetProperty("trailers", out var trailers))
        {
            Assert.Equal(
                trailers.EnumerateArray().Select(t => $"{t[0].GetString()}: {t[1].GetString()}").Order(StringComparer.Ordinal),
                response.TrailingHeaders.Select(t => $"{t.Key}: {t.Value.Single()}").Order(StringComparer.Ordinal));
        }

        await CompareBodyAsync(name, request, expected, body);
    }

    private async Task<HttpRequestMessage> RequestOfAsync(JsonElement recorded, CancellationToken cancellation)
    {
        var method = HttpMethod.Parse(recorded.GetProperty("method").GetString());
        var request = new HttpRequestMessage(method, recorded.GetProperty("path").GetString());
        if (method == HttpMethod.Post)
        {
            request.Content = new ByteArrayContent(recorded.TryGetProperty("body_file", out var file)
                ? await File.ReadAllBytesAsync(Repository.Fixture(file.GetString()!), cancellation)
                : Rewrite(Hex(recorded, "body_hex")));
        }

        foreach (var header in recorded.GetProperty("headers").EnumerateArray())
        {
            var (name, value) = (header[0].GetString()!, header[1].GetString()!);
            if (name == "content-type") request.Content!.Headers.ContentType = MediaTypeHeaderValue.Parse(value);
            else if (name == "livepeer-segment") Assert.True(request.Headers.TryAddWithoutValidation(name, RewriteBase64(value)));
            else Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        }

        return request;
    }

    private static void CompareHeaders(string name, JsonElement expected, HttpResponseMessage response)
    {
        var actual = response.Headers.Concat(response.Content.Headers).ToDictionary(h => h.Key.ToLowerInvariant(), h => string.Join(", ", h.Value));
        var recorded = expected.GetProperty("headers").EnumerateArray().ToDictionary(h => h[0].GetString()!, h => h[1].GetString()!);
        foreach (var (key, value) in recorded)
        {
            Assert.True(actual.ContainsKey(key), $"{name}: no header {key}");
            // The moment differs, and so do the lengths of renditions, of a message with another port in it, and of either kind of space.
            if (key == "date" || (key == "content-length" && (!expected.TryGetProperty("body_text", out var text) || IsOfEitherSpace(text.GetString()!)))) continue;
            Assert.True(value == actual[key], $"{name}: {key} is '{actual[key]}', not '{value}'");
        }

        foreach (var key in new[] { "content-type", "content-length" }) Assert.True(recorded.ContainsKey(key) || !actual.ContainsKey(key), $"{name}: {key} was not recorded");
    }

    private async Task CompareBodyAsync(string name, JsonElement request, JsonElement expected, byte[] body)
    {
        if (expected.TryGetProperty("body_text", out var text))
        {
            var actual = Encoding.UTF8.GetString(body);
            Assert.Equal(text.GetString(), IsOfEitherSpace(actual) ? actual.Replace('\u00a0', text.GetString()![6]) : actual);
            return;
        }

        var path = request.GetProperty("path").GetString()!;
        if (path.StartsWith("/stream/", StringComparison.Ordinal))
        {
            Assert.Equal(0x47, body[0]);
            Assert.Equal(0, body.Length % 188);
            return;
        }

        var recorded = Rewrite(Hex(expected, "body_hex"));
        switch (path)
        {
            case "/segment":
                var (result, actualResult) = (TranscodeResult.Parser.ParseFrom(recorded), TranscodeResult.Parser.ParseFrom(body));
                foreach (var segment in result.Data.Segments) segment.Url = segment.Url.Replace(recordedUri, NodeUri, StringComparison.Ordinal);
                CompareInfo(name, result.Info, actualResult.Info);
                await ReconcileResultAsync(result, actualResult);
                Assert.Equal(result, actualResult);
                break;
            case "/payment":
                var (payment, actualPayment) = (PaymentResult.Parser.ParseFrom(recorded), PaymentResult.Parser.ParseFrom(body));
                CompareInfo(name, payment.Info, actualPayment.Info);
                Assert.Equal(payment, actualPayment);
                break;
            case "/net.Orchestrator/GetOrchestrator" when recorded.Length > 0:
                CompareInfo(name, OrchestratorInfo.Parser.ParseFrom(recorded.AsSpan(5)), OrchestratorInfo.Parser.ParseFrom(body.AsSpan(5)));
                break;
            case "/net.Orchestrator/Ping":
                var (ping, actualPing) = (PingPong.Parser.ParseFrom(recorded.AsSpan(5)), PingPong.Parser.ParseFrom(body.AsSpan(5)));
                ReconcilePing(PingPong.Parser.ParseFrom(Hex(request, "message_hex")), ping, actualPing);
                Assert.Equal(ping, actualPing);
                break;
            case "/net.Orchestrator/EndTranscodingSession" or "/net.Orchestrator/GetOrchestrator":
                Assert.Equal(recorded, body);
                break;
            default:
                Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"{name}: this test knows nothing of {path}."));
                break;
        }
    }

    private void CompareInfo(string name, OrchestratorInfo recorded, OrchestratorInfo actual)
    {
        Assert.Equal(recordedUri, recorded.Transcoder);
        recorded.Transcoder = NodeUri;
        Reconcile(name, recorded, actual);
        Assert.Equal(recorded, actual);
    }

    /// <summary>Go's protobuf texts have a plain space in half of its builds and a no-break space in the others; the two recordings differ in it.</summary>
    private static bool IsOfEitherSpace(string text) => text.StartsWith("proto:", StringComparison.Ordinal);

    /// <summary>The same inside base64; text that is none stays as it is.</summary>
    private string RewriteBase64(string base64)
    {
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out var length) ? Convert.ToBase64String(Rewrite(bytes[..length])) : base64;
    }
}
