using System.Net;
using Google.Protobuf;
using Monitoring.Livepeer.Wire;

namespace Monitoring.Simulator.Tests.Node;

/// <summary>Requests the recording does not hold.</summary>
public sealed class RefusalTests : IAsyncLifetime
{
    private readonly CancellationToken _cancellation = Deadline.Token();
    private SimulatedFleet _fleet = null!;
    private RawClient _client = null!;
    private AuthToken _token = null!;

    public async ValueTask InitializeAsync()
    {
        _fleet = await OneNode.StartAsync(Behaviour.Fast.AtOnce(), _cancellation);
        _client = new RawClient(_fleet.Nodes[0]);
        _token = (await _client.DiscoverAsync(_cancellation)).AuthToken;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _fleet.DisposeAsync();
    }

    [Fact]
    public Task A_job_beyond_the_capabilities_is_refused() =>
        RefusedAsync(segment => segment.Capabilities.Bitstring[0] |= 1 << 13, "incompatible capabilities\n");

    [Fact]
    public Task A_job_for_a_later_version_is_refused() =>
        RefusedAsync(segment => segment.Capabilities.Constraints = new() { MinVersion = "0.9.2" }, "incompatible capabilities\n");

    [Fact]
    public Task A_negative_duration_is_refused() => RefusedAsync(segment => segment.Duration = -1, "invalid duration\n");

    [Fact]
    public Task A_duration_over_five_minutes_is_refused() => RefusedAsync(segment => segment.Duration = 300_001, "invalid duration\n");

    [Fact]
    public Task An_unknown_format_is_refused() =>
        RefusedAsync(segment => segment.FullProfiles[0].Format = (VideoProfile.Types.Format)9, "unrecognized profile output format\n");

    [Fact]
    public Task More_profiles_than_anyone_needs_are_refused() =>
        RefusedAsync(segment => segment.FullProfiles.AddRange(Enumerable.Repeat(RawClient.FourProfiles[0], 40)), "too many profiles\n");

    [Fact]
    public async Task A_refused_segment_is_counted_as_that()
    {
        await RefusedAsync(segment => segment.AuthToken = null, "missing auth token\n");

        Assert.Equal((0, 1), (_fleet.Nodes[0].Counters.SegmentsAccepted, _fleet.Nodes[0].Counters.SegmentsRefused));
    }

    [Fact]
    public async Task An_address_instead_of_a_segment_is_not_fetched()
    {
        var body = "https://127.0.0.1:1/segment.ts"u8.ToArray();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/segment") { Content = new ByteArrayContent(body) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/vnd+livepeer.uri");
        request.Headers.TryAddWithoutValidation("Livepeer-Segment", Convert.ToBase64String(RawClient.Credentials(_token, 0, body).ToByteArray()));
        using var response = await _client.SendAsync(request, _cancellation);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("BadRequest\n", await response.Content.ReadAsStringAsync(_cancellation));
    }

    [Fact]
    public async Task A_payment_of_a_hundred_kilobytes_fits_into_its_header()
    {
        var segment = Repository.ClipSegment(0);
        var payment = new Payment();
        for (uint nonce = 0; nonce < 1000; nonce++)
        {
            payment.TicketSenderParams.Add(new TicketSenderParams { SenderNonce = nonce, Sig = ByteString.CopyFrom(new byte[65]) });
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, "/segment") { Content = new ByteArrayContent(segment) };
        request.Headers.TryAddWithoutValidation("Livepeer-Payment", Convert.ToBase64String(payment.ToByteArray()));
        request.Headers.TryAddWithoutValidation("Livepeer-Segment", Convert.ToBase64String(RawClient.Credentials(_token, 0, segment).ToByteArray()));
        using var response = await _client.SendAsync(request, _cancellation);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task An_empty_profile_name_becomes_the_net_name()
    {
        var segment = Repository.ClipSegment(0);
        var profile = new VideoProfile { Width = 426, Height = 240, Bitrate = 600_000, Fps = 30 };
        var result = await _client.TranscodeAsync(RawClient.Credentials(_token, 0, segment, [profile]), segment, _cancellation);

        Assert.EndsWith($"/stream/{_token.SessionId}/net_426x240_600000/0.ts", result.Data.Segments.Single().Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_method_is_unimplemented()
    {
        var reply = await _client.CallAsync("Reward", [], _cancellation);

        Assert.Equal(("12", "unknown method Reward for service net.Orchestrator"), (reply.Status, reply.Text));
    }

    [Theory]
    [InlineData("", "13")]
    [InlineData("0000", "13")]
    [InlineData("0000000005ffff", "13")] // shorter than it says
    [InlineData("0000000002ffff", "13")] // no message
    [InlineData("0100000000", "12")] // compressed
    [InlineData("00ffffffff", "8")] // four gigabytes announced
    public async Task A_malformed_call_fails_with_a_status_and_harms_nothing(string frame, string status)
    {
        var reply = await _client.CallFramedAsync("GetOrchestrator", Convert.FromHexString(frame), _cancellation);

        Assert.Equal(status, reply.Status);
        Assert.NotEmpty((await _client.DiscoverAsync(_cancellation)).Transcoder);
    }

    [Fact]
    public async Task Everything_but_discovery_works_over_http_1()
    {
        using var old = new RawClient(_fleet.Nodes[0], HttpVersion.Version11);

        Assert.Equal(4, (await old.TranscodeClipAsync(_token, 0, _cancellation)).Length);
        using var grpc = new HttpRequestMessage(HttpMethod.Post, "/net.Orchestrator/Ping") { Content = new ByteArrayContent(new byte[5]) };
        grpc.Content.Headers.TryAddWithoutValidation("Content-Type", "application/grpc");
        using var answer = await old.SendAsync(grpc, _cancellation);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    private async Task RefusedAsync(Action<SegData> spoil, string text)
    {
        var segment = Repository.ClipSegment(0);
        var credentials = RawClient.Credentials(_token, 0, segment);
        spoil(credentials);
        using var response = await _client.UploadAsync(credentials, segment, _cancellation);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal(text, await response.Content.ReadAsStringAsync(_cancellation));
    }
}
