using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Google.Protobuf;
using Monitoring.Livepeer.Wire;

namespace Monitoring.Simulator.Tests.Recording;

/// <summary>
/// What a real go-livepeer 0.9.1 answered off-chain, asked again of a simulated node on the same day. The recorded node drew its token secret
/// at random, so its one genuine token is replaced by this node's token for the same session wherever it stands.
/// </summary>
public sealed class RecordingTests
{
    private const string RecordedUri = "https://127.0.0.1:18935";

    private static readonly byte[] Secret = [.. Enumerable.Repeat((byte)0x22, 32)];

    [Fact]
    public async Task Every_exchange_of_the_off_chain_recording_is_answered_as_the_real_orchestrator_did()
    {
        var cancellation = Deadline.Token();
        using var recording = JsonDocument.Parse(await File.ReadAllBytesAsync(Repository.Fixture("orchestrator-recording.json"), cancellation));
        var exchanges = recording.RootElement.GetProperty("offchain").GetProperty("exchanges").EnumerateArray().ToArray();
        var clock = new ManualClock(exchanges[1].GetProperty("at").GetDateTimeOffset());
        var tokens = new AuthTokens(Secret, clock);
        await using var fleet = await SimulatedFleet.StartAsync(
            OneNode.Of(Behaviour.Fast.AtOnce()) with { Clock = clock, AuthTokenSecret = [.. Secret] }, cancellation);
        using var client = new RawClient(fleet.Nodes[0]);
        var recordedToken = OrchestratorInfo.Parser.ParseFrom(Hex(exchanges[1].GetProperty("response"), "body_hex").AsSpan(5)).AuthToken;
        var renewal = new Renewal(recordedToken.Token.ToByteArray(), tokens.Make(recordedToken.SessionId, recordedToken.Expiration).Token.ToByteArray());

        var replayed = 0;
        foreach (var exchange in exchanges)
        {
            var name = exchange.GetProperty("name").GetString()!;
            var request = exchange.GetProperty("request");
            var expected = exchange.GetProperty("response");
            using var response = await client.SendAsync(await RequestOfAsync(request, renewal, cancellation), cancellation);
            var body = await response.Content.ReadAsByteArrayAsync(cancellation);

            Assert.True(expected.GetProperty("status").GetInt32() == (int)response.StatusCode, $"{name}: status {(int)response.StatusCode}, {System.Text.Encoding.UTF8.GetString(body)}");
            CompareHeaders(name, expected, response);
            if (expected.TryGetProperty("trailers", out var trailers))
            {
                Assert.Equal(
                    trailers.EnumerateArray().Select(t => $"{t[0].GetString()}: {t[1].GetString()}"),
                    response.TrailingHeaders.Select(t => $"{t.Key}: {t.Value.Single()}"));
            }

            CompareBody(name, request.GetProperty("path").GetString()!, expected, body, fleet.Nodes[0].Uri.GetLeftPart(UriPartial.Authority), clock, renewal);
            replayed++;
        }

        Assert.Equal(21, replayed);
    }

    private static async Task<HttpRequestMessage> RequestOfAsync(JsonElement recorded, Renewal renewal, CancellationToken cancellation)
    {
        var method = HttpMethod.Parse(recorded.GetProperty("method").GetString());
        var request = new HttpRequestMessage(method, recorded.GetProperty("path").GetString());
        if (method == HttpMethod.Post)
        {
            request.Content = new ByteArrayContent(recorded.TryGetProperty("body_file", out var file)
                ? await File.ReadAllBytesAsync(Repository.Fixture(file.GetString()!), cancellation)
                : renewal.Apply(Hex(recorded, "body_hex")));
        }

        foreach (var header in recorded.GetProperty("headers").EnumerateArray())
        {
            var (name, value) = (header[0].GetString()!, header[1].GetString()!);
            if (name == "content-type") request.Content!.Headers.ContentType = MediaTypeHeaderValue.Parse(value);
            else if (name == "livepeer-segment") Assert.True(request.Headers.TryAddWithoutValidation(name, renewal.Apply(value)));
            else Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        }

        return request;
    }

    private static void CompareHeaders(string name, JsonElement expected, HttpResponseMessage response)
    {
        var actual = response.Headers.Concat(response.Content.Headers).ToDictionary(h => h.Key.ToLowerInvariant(), h => string.Join(", ", h.Value));
        foreach (var header in expected.GetProperty("headers").EnumerateArray())
        {
            var (key, value) = (header[0].GetString()!, header[1].GetString()!);
            Assert.True(actual.ContainsKey(key), $"{name}: no header {key}");
            // The moment differs, and so do the lengths of renditions and of a message with another port in it.
            if (key == "date" || (key == "content-length" && !expected.TryGetProperty("body_text", out _))) continue;
            Assert.True(value == actual[key], $"{name}: {key} is '{actual[key]}', not '{value}'");
        }

        if (name.StartsWith("segment-", StringComparison.Ordinal) && !name.Contains("rendition", StringComparison.Ordinal))
        {
            Assert.DoesNotContain("content-type", actual.Keys);
            Assert.DoesNotContain("content-length", actual.Keys);
        }
    }

    private static void CompareBody(string name, string path, JsonElement expected, byte[] body, string nodeUri, ManualClock clock, Renewal renewal)
    {
        if (expected.TryGetProperty("body_text", out var text))
        {
            Assert.Equal(text.GetString(), System.Text.Encoding.UTF8.GetString(body));
            return;
        }

        if (path.StartsWith("/stream/", StringComparison.Ordinal))
        {
            Assert.Equal(0x47, body[0]);
            Assert.Equal(0, body.Length % 188);
            return;
        }

        var recorded = renewal.Apply(Hex(expected, "body_hex"));
        switch (path)
        {
            case "/segment":
                var result = TranscodeResult.Parser.ParseFrom(recorded);
                Move(result.Info, nodeUri);
                foreach (var segment in result.Data.Segments) segment.Url = segment.Url.Replace(RecordedUri, nodeUri, StringComparison.Ordinal);
                Assert.Equal(result, TranscodeResult.Parser.ParseFrom(body));
                break;
            case "/payment":
                var payment = PaymentResult.Parser.ParseFrom(recorded);
                Move(payment.Info, nodeUri);
                Assert.Equal(payment, PaymentResult.Parser.ParseFrom(body));
                break;
            case "/net.Orchestrator/GetOrchestrator":
                var info = OrchestratorInfo.Parser.ParseFrom(recorded.AsSpan(5));
                var actual = OrchestratorInfo.Parser.ParseFrom(body.AsSpan(5));
                Move(info, nodeUri);
                Assert.Matches("^[0-9a-f]{8}$", actual.AuthToken.SessionId);
                Assert.Equal(32, actual.AuthToken.Token.Length);
                Assert.Equal(info.AuthToken.Expiration, actual.AuthToken.Expiration);
                Assert.Equal((clock.GetUtcNow() + TimeSpan.FromMinutes(30)).ToUnixTimeSeconds(), actual.AuthToken.Expiration);
                info.AuthToken = actual.AuthToken = null;
                Assert.Equal(info, actual);
                break;
            case "/net.Orchestrator/Ping" or "/net.Orchestrator/EndTranscodingSession":
                Assert.Equal(recorded, body);
                break;
            default:
                Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"{name}: this test knows nothing of {path}."));
                break;
        }
    }

    private static byte[] Hex(JsonElement element, string property) => Convert.FromHexString(element.GetProperty(property).GetString()!);

    private static void Move(OrchestratorInfo info, string nodeUri)
    {
        Assert.Equal(RecordedUri, info.Transcoder);
        info.Transcoder = nodeUri;
    }

    private sealed record Renewal(byte[] RecordedToken, byte[] Token)
    {
        public byte[] Apply(byte[] bytes)
        {
            var at = bytes.AsSpan().IndexOf(RecordedToken);
            return at < 0 ? bytes : [.. bytes[..at], .. Token, .. bytes[(at + Token.Length)..]];
        }

        /// <summary>The same inside base64; text that is none stays as it is.</summary>
        public string Apply(string base64)
        {
            var bytes = new byte[base64.Length];
            return Convert.TryFromBase64String(base64, bytes, out var length) ? Convert.ToBase64String(Apply(bytes[..length])) : base64;
        }
    }
}
