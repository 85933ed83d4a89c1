using System.Net;
using Monitoring.Livepeer.Wire;

namespace Monitoring.Simulator.Tests.Sessions;

public sealed class SessionTests
{
    private readonly CancellationToken _cancellation = Deadline.Token();
    private readonly ManualClock _clock = new();

    [Fact]
    public async Task A_directory_remembers_its_last_twelve_files()
    {
        await using var fleet = await StartAsync(Behaviour.Fast.AtOnce());
        using var client = new RawClient(fleet.Nodes[0]);
        var token = (await client.DiscoverAsync(_cancellation)).AuthToken;
        for (var number = 0; number < 13; number++) await client.TranscodeClipAsync(token, number, _cancellation);

        using var first = await client.GetAsync($"/stream/{token.SessionId}/P240p30fps16x9/0.ts", _cancellation);
        using var second = await client.GetAsync($"/stream/{token.SessionId}/P240p30fps16x9/1.ts", _cancellation);

        Assert.Equal(HttpStatusCode.NotFound, first.StatusCode);
        Assert.Equal("ErrNotFound\n", await first.Content.ReadAsStringAsync(_cancellation));
        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
    }

    [Fact]
    public void A_session_remembers_a_bounded_number_of_directories()
    {
        var memory = new RenditionMemory();
        for (var i = 0; i <= RenditionMemory.Directories; i++) memory.Save($"profile-{i}", "0.ts", new byte[] { 1 });

        Assert.Null(memory.Find("profile-0", "0.ts"));
        Assert.NotNull(memory.Find("profile-1", "0.ts"));
        Assert.NotNull(memory.Find($"profile-{RenditionMemory.Directories}", "0.ts"));
    }

    [Fact]
    public async Task A_session_ends_after_seventy_seconds_without_a_segment()
    {
        await using var fleet = await StartAsync(Behaviour.Fast.AtOnce());
        using var client = new RawClient(fleet.Nodes[0]);
        var token = (await client.DiscoverAsync(_cancellation)).AuthToken;
        await client.TranscodeClipAsync(token, 0, _cancellation);
        _clock.Advance(TimeSpan.FromSeconds(69));
        await client.TranscodeClipAsync(token, 1, _cancellation);
        _clock.Advance(TimeSpan.FromSeconds(69));
        Assert.Equal(1, fleet.Nodes[0].Counters.OpenSessions);

        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(0, fleet.Nodes[0].Counters.OpenSessions);
        Assert.Equal(1, fleet.Nodes[0].Counters.SessionsEnded);
        using var rendition = await client.GetAsync($"/stream/{token.SessionId}/P240p30fps16x9/1.ts", _cancellation);
        Assert.Equal(HttpStatusCode.NotFound, rendition.StatusCode);
    }

    [Fact]
    public async Task The_client_can_end_a_session_and_nobody_else_can()
    {
        await using var fleet = await StartAsync(Behaviour.Fast.AtOnce());
        using var client = new RawClient(fleet.Nodes[0]);
        var token = (await client.DiscoverAsync(_cancellation)).AuthToken;
        await client.TranscodeClipAsync(token, 0, _cancellation);

        var forged = token.Clone();
        forged.Token = Google.Protobuf.ByteString.CopyFrom(new byte[32]);
        var refusal = await client.CallAsync(
            "EndTranscodingSession", Google.Protobuf.MessageExtensions.ToByteArray(new EndTranscodingSessionRequest { AuthToken = forged }), _cancellation);
        Assert.Equal(("2", "Invalid auth token"), (refusal.Status, refusal.Text));
        Assert.Equal(1, fleet.Nodes[0].Counters.OpenSessions);

        await client.EndAsync(token, _cancellation);
        Assert.Equal(0, fleet.Nodes[0].Counters.OpenSessions);
    }

    [Fact]
    public async Task A_full_node_is_capped_until_a_session_ends()
    {
        var options = new FleetOptions
        {
            Nodes = [new NodeOptions { Name = "small", Behaviour = Behaviour.Fast.AtOnce(), MaxSessions = 1 }],
            Clock = _clock,
        };
        await using var fleet = await SimulatedFleet.StartAsync(options, _cancellation);
        using var client = new RawClient(fleet.Nodes[0]);
        var first = (await client.DiscoverAsync(_cancellation)).AuthToken;
        var second = (await client.DiscoverAsync(_cancellation)).AuthToken;
        await client.TranscodeClipAsync(first, 0, _cancellation);
        var segment = Repository.ClipSegment(0);

        using (var refused = await client.UploadAsync(RawClient.Credentials(second, 0, segment), segment, _cancellation))
        {
            Assert.Equal("OrchestratorCapped\n", await refused.Content.ReadAsStringAsync(_cancellation));
        }

        Assert.Equal("Invalid orchestrator request: OrchestratorCapped", (await client.CallAsync("GetOrchestrator", [], _cancellation)).Text);
        await client.EndAsync(first, _cancellation);
        Assert.Equal(4, (await client.TranscodeClipAsync(second, 0, _cancellation)).Length);
        Assert.Equal(1, fleet.Nodes[0].Counters.MaxOpenSessions);
    }

    [Fact]
    public async Task One_segment_is_transcoded_four_wait_and_the_sixth_is_too_many()
    {
        await using var fleet = await StartAsync(Behaviour.Fast);
        using var client = new RawClient(fleet.Nodes[0]);
        var token = (await client.DiscoverAsync(_cancellation)).AuthToken;
        var segment = Repository.ClipSegment(0);

        // The clock stands still, so only the refused one can come back.
        var uploads = Enumerable.Range(0, 6).Select(seq => client.TranscodeAsync(RawClient.Credentials(token, seq, segment), segment, _cancellation)).ToList();
        var refused = await Task.WhenAny(uploads);
        uploads.Remove(refused);

        Assert.Equal("OrchestratorBusy", (await refused).Error);
        Assert.DoesNotContain(uploads, upload => upload.IsCompleted);
        for (var i = 0; i < 5; i++)
        {
            await _clock.WaitForDelayAsync(Behaviour.Fast.TranscodingTime, _cancellation);
            _clock.Advance(Behaviour.Fast.TranscodingTime);
        }

        Assert.All(await Task.WhenAll(uploads), result => Assert.Equal("", result.Error));
    }

    [Fact]
    public async Task Tests_that_touch_are_counted_and_tests_one_after_the_other_are_not()
    {
        await using var fleet = await StartAsync(Behaviour.Fast.AtOnce());
        using var client = new RawClient(fleet.Nodes[0]);
        for (var test = 0; test < 2; test++)
        {
            var token = (await client.DiscoverAsync(_cancellation)).AuthToken;
            await client.TranscodeClipAsync(token, 0, _cancellation);
            await client.EndAsync(token, _cancellation);
        }

        await client.TranscodeClipAsync((await client.DiscoverAsync(_cancellation)).AuthToken, 0, _cancellation);
        _clock.Advance(TimeSpan.FromSeconds(5));
        await client.TranscodeClipAsync((await client.DiscoverAsync(_cancellation)).AuthToken, 0, _cancellation);
        Assert.Equal(0, fleet.Nodes[0].Counters.OverlappingTests);

        await client.TranscodeClipAsync((await client.DiscoverAsync(_cancellation)).AuthToken, 0, _cancellation);
        Assert.Equal(1, fleet.Nodes[0].Counters.OverlappingTests);
        Assert.Equal(3, fleet.Nodes[0].Counters.MaxOpenSessions);
        Assert.Equal(5, fleet.Nodes[0].Counters.SessionsOpened);
    }

    private Task<SimulatedFleet> StartAsync(Behaviour behaviour) => SimulatedFleet.StartAsync(OneNode.Of(behaviour) with { Clock = _clock }, _cancellation);
}
