using System.Net;
using Monitoring.Livepeer.Wire;

namespace Monitoring.Simulator.Tests.Behaviours;

public sealed class PaceTests
{
    private readonly ManualClock _clock = new();

    [Theory]
    [InlineData("fast", 250)]
    [InlineData("just-in-time", 1750)]
    [InlineData("slow", 2400)]
    public async Task The_upload_is_acknowledged_at_once_and_the_result_follows_after_the_transcoding_time(string name, int milliseconds)
    {
        var cancellation = Deadline.Token();
        await using var fleet = await SimulatedFleet.StartAsync(OneNode.Of(Behaviour.Parse(name)) with { Clock = _clock }, cancellation);
        using var client = new RawClient(fleet.Nodes[0]);
        var info = await client.DiscoverAsync(cancellation);
        var segment = Repository.ClipSegment(0);

        using var response = await client.UploadAsync(RawClient.Credentials(info.AuthToken, 0, segment), segment, cancellation);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var body = response.Content.ReadAsByteArrayAsync(cancellation);
        await _clock.WaitForDelayAsync(TimeSpan.FromMilliseconds(milliseconds), cancellation);
        _clock.Advance(TimeSpan.FromMilliseconds(milliseconds - 1));
        Assert.False(body.IsCompleted);
        Assert.Equal(0, fleet.Nodes[0].Counters.ResultsSent);

        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(4, TranscodeResult.Parser.ParseFrom(await body).Data.Segments.Count);
    }

    [Fact]
    public async Task A_slow_download_lasts_longer_than_any_download_limit_and_is_complete_in_the_end()
    {
        var cancellation = Deadline.Token();
        await using var fleet = await SimulatedFleet.StartAsync(OneNode.Of(Behaviour.SlowDownload.AtOnce()) with { Clock = _clock }, cancellation);
        using var client = new RawClient(fleet.Nodes[0]);
        var info = await client.DiscoverAsync(cancellation);
        var segment = Repository.ClipSegment(0);
        var result = await client.TranscodeAsync(RawClient.Credentials(info.AuthToken, 0, segment), segment, cancellation);
        var before = _clock.GetUtcNow();
        _clock.Skip(Behaviour.SlowDownload.RenditionDrip!.Pause);

        var rendition = await client.GetBytesAsync(result.Data.Segments[0].Url, cancellation);

        Assert.Equal((await KeptAsync(0, cancellation))[0].ToArray(), rendition);
        Assert.True(_clock.GetUtcNow() - before > TimeSpan.FromSeconds(4), $"{_clock.GetUtcNow() - before}");
    }

    [Fact]
    public async Task A_slow_result_lasts_longer_than_the_limit_of_eight_seconds()
    {
        var cancellation = Deadline.Token();
        await using var fleet = await SimulatedFleet.StartAsync(OneNode.Of(Behaviour.SlowResult.AtOnce()) with { Clock = _clock }, cancellation);
        using var client = new RawClient(fleet.Nodes[0]);
        var info = await client.DiscoverAsync(cancellation);
        var segment = Repository.ClipSegment(0);
        var before = _clock.GetUtcNow();
        _clock.Skip(Behaviour.SlowResult.ResultDrip!.Pause);

        var result = await client.TranscodeAsync(RawClient.Credentials(info.AuthToken, 0, segment), segment, cancellation);

        Assert.Equal(4, result.Data.Segments.Count);
        Assert.True(_clock.GetUtcNow() - before > TimeSpan.FromSeconds(8), $"{_clock.GetUtcNow() - before}");
    }

    [Fact]
    public async Task A_distant_node_answers_nothing_before_its_distance_has_passed()
    {
        var cancellation = Deadline.Token();
        var distance = TimeSpan.FromMilliseconds(150);
        var options = new FleetOptions { Nodes = [new NodeOptions { Name = "far", Behaviour = Behaviour.Fast, Distance = distance }], Clock = _clock };
        await using var fleet = await SimulatedFleet.StartAsync(options, cancellation);
        using var client = new RawClient(fleet.Nodes[0]);

        var discovery = client.DiscoverAsync(cancellation);
        await _clock.WaitForDelayAsync(distance, cancellation);
        Assert.False(discovery.IsCompleted);
        Assert.Equal(0, fleet.Nodes[0].Counters.Discoveries);
        _clock.Advance(distance);

        await discovery;
        Assert.Equal(1, fleet.Nodes[0].Counters.Discoveries);
    }

    private static Task<ImmutableArray<ReadOnlyMemory<byte>>> KeptAsync(int number, CancellationToken cancellation) =>
        KeptRenditions.Instance.TranscodeAsync(Repository.ClipSegment(number), number, RawClient.FourProfiles, cancellation);
}
