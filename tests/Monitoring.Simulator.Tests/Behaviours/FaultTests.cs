using System.Net;
using Google.Protobuf;
using Monitoring.Livepeer.Wire;

namespace Monitoring.Simulator.Tests.Behaviours;

public sealed class FaultTests
{
    private readonly CancellationToken _cancellation = Deadline.Token();

    [Fact]
    public async Task A_good_node_sends_the_kept_renditions_of_the_segment_it_recognised()
    {
        var sent = await UploadAsync(Behaviour.Fast, 7, 8);

        Assert.Equal(await KeptAsync(7), sent[0]);
        Assert.Equal(await KeptAsync(8), sent[1]);
    }

    [Fact]
    public async Task An_echo_sends_the_upload_for_every_profile()
    {
        var sent = await UploadAsync(Behaviour.Echo, 3);

        Assert.Equal(4, sent[0].Length);
        Assert.All(sent[0], rendition => Assert.Equal(Repository.ClipSegment(3), rendition));
    }

    [Fact]
    public async Task The_same_rendition_comes_for_every_profile()
    {
        var sent = await UploadAsync(Behaviour.SameRendition, 3);

        var kept = await KeptAsync(3);
        Assert.Equal(4, sent[0].Length);
        Assert.All(sent[0], rendition => Assert.Equal(kept[0], rendition));
    }

    [Fact]
    public async Task A_stale_node_repeats_the_first_segment()
    {
        var sent = await UploadAsync(Behaviour.Stale, 0, 1, 2);

        Assert.Equal(await KeptAsync(0), sent[0]);
        Assert.Equal(await KeptAsync(0), sent[1]);
        Assert.Equal(await KeptAsync(0), sent[2]);
    }

    [Fact]
    public async Task An_empty_node_sends_four_renditions_of_no_bytes()
    {
        var sent = await UploadAsync(Behaviour.Empty, 0);

        Assert.Equal(4, sent[0].Length);
        Assert.All(sent[0], Assert.Empty);
    }

    [Fact]
    public async Task A_wrong_size_is_the_next_profile_of_the_same_segment()
    {
        var sent = await UploadAsync(Behaviour.WrongSize, 5);

        var kept = await KeptAsync(5);
        Assert.Equal([kept[1], kept[2], kept[3], kept[0]], sent[0]);
    }

    [Fact]
    public async Task Missing_renditions_are_the_second_half()
    {
        var sent = await UploadAsync(Behaviour.Missing, 5);

        Assert.Equal((await KeptAsync(5))[..2], sent[0]);
    }

    [Fact]
    public async Task A_lossy_node_names_the_renditions_of_each_third_segment_and_has_none_of_them()
    {
        await using var fleet = await OneNode.StartAsync(Behaviour.Lossy.AtOnce(), _cancellation);
        using var client = new RawClient(fleet.Nodes[0]);
        var token = (await client.DiscoverAsync(_cancellation)).AuthToken;

        var lost = new List<int>();
        for (var number = 0; number < 6; number++)
        {
            var segment = Repository.ClipSegment(number);
            var result = await client.TranscodeAsync(RawClient.Credentials(token, number, segment), segment, _cancellation);
            Assert.Equal(4, result.Data.Segments.Count);
            using var answer = await client.GetAsync(result.Data.Segments[0].Url, _cancellation);
            if (answer.StatusCode == HttpStatusCode.NotFound) lost.Add(number);
        }

        Assert.Equal([2, 5], lost);
    }

    [Fact]
    public async Task A_failing_node_fails_each_third_segment()
    {
        var errors = await ErrorsAsync(Behaviour.Failing, 6);

        Assert.Equal(["", "", "no transcoders available", "", "", "no transcoders available"], errors);
    }

    [Fact]
    public async Task A_busy_node_says_so_in_a_body_of_status_200() =>
        Assert.Equal(["OrchestratorBusy", "OrchestratorBusy"], await ErrorsAsync(Behaviour.Busy, 2));

    [Fact]
    public async Task A_node_can_blame_a_good_input() => Assert.Equal(["TranscoderInvalidVideo"], await ErrorsAsync(Behaviour.BlamesInput, 1));

    [Fact]
    public async Task Garbage_is_no_message()
    {
        await using var fleet = await OneNode.StartAsync(Behaviour.Garbage.AtOnce(), _cancellation);
        using var client = new RawClient(fleet.Nodes[0]);
        var token = (await client.DiscoverAsync(_cancellation)).AuthToken;
        var segment = Repository.ClipSegment(0);

        using var response = await client.UploadAsync(RawClient.Credentials(token, 0, segment), segment, _cancellation);
        var body = await response.Content.ReadAsByteArrayAsync(_cancellation);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Throws<InvalidProtocolBufferException>(() => TranscodeResult.Parser.ParseFrom(body));
    }

    [Fact]
    public async Task A_capped_node_refuses_discovery_and_new_sessions_and_keeps_those_it_has()
    {
        await using var fleet = await OneNode.StartAsync(Behaviour.Fast.AtOnce(), _cancellation);
        using var client = new RawClient(fleet.Nodes[0]);
        var open = (await client.DiscoverAsync(_cancellation)).AuthToken;
        var unused = (await client.DiscoverAsync(_cancellation)).AuthToken;
        await client.TranscodeClipAsync(open, 0, _cancellation);
        await fleet.Nodes[0].SetBehaviourAsync(Behaviour.Capped.AtOnce(), _cancellation);

        var discovery = await client.CallAsync("GetOrchestrator", [], _cancellation);
        Assert.Equal(("2", "Invalid orchestrator request: OrchestratorCapped"), (discovery.Status, discovery.Text));
        Assert.Empty(discovery.Body);

        var segment = Repository.ClipSegment(1);
        using var refused = await client.UploadAsync(RawClient.Credentials(unused, 1, segment), segment, _cancellation);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Equal("OrchestratorCapped\n", await refused.Content.ReadAsStringAsync(_cancellation));
        Assert.Equal(4, (await client.TranscodeClipAsync(open, 1, _cancellation)).Length);
    }

    [Fact]
    public async Task A_dear_node_states_its_price_in_discovery_and_in_every_result()
    {
        await using var fleet = await OneNode.StartAsync(Behaviour.Dear.AtOnce(), _cancellation);
        using var client = new RawClient(fleet.Nodes[0]);
        var info = await client.DiscoverAsync(_cancellation);
        var segment = Repository.ClipSegment(0);
        var result = await client.TranscodeAsync(RawClient.Credentials(info.AuthToken, 0, segment), segment, _cancellation);

        Assert.True(info.PriceInfo.PricePerUnit > 50_000 * info.PriceInfo.PixelsPerUnit);
        Assert.Equal(info.PriceInfo, result.Info.PriceInfo);
    }

    [Fact]
    public void A_behaviour_that_does_not_exist_is_refused_with_the_list_of_those_that_do()
    {
        var refusal = Assert.Throws<FormatException>(() => Behaviour.Parse("quick"));

        Assert.Contains("'quick'", refusal.Message, StringComparison.Ordinal);
        Assert.All(Behaviour.All, b => Assert.Contains(b.Name, refusal.Message, StringComparison.Ordinal));
    }

    private async Task<string[]> ErrorsAsync(Behaviour behaviour, int segments)
    {
        await using var fleet = await OneNode.StartAsync(behaviour.AtOnce(), _cancellation);
        using var client = new RawClient(fleet.Nodes[0]);
        var token = (await client.DiscoverAsync(_cancellation)).AuthToken;
        var errors = new string[segments];
        for (var number = 0; number < segments; number++)
        {
            var segment = Repository.ClipSegment(number);
            var result = await client.TranscodeAsync(RawClient.Credentials(token, number, segment), segment, _cancellation);
            Assert.Equal(number, result.Seq);
            Assert.Equal(token, result.Info.AuthToken);
            errors[number] = result.Error;
        }

        return errors;
    }

    private async Task<byte[][][]> UploadAsync(Behaviour behaviour, params int[] numbers)
    {
        await using var fleet = await OneNode.StartAsync(behaviour.AtOnce(), _cancellation);
        using var client = new RawClient(fleet.Nodes[0]);
        var token = (await client.DiscoverAsync(_cancellation)).AuthToken;
        var sent = new List<byte[][]>();
        foreach (var number in numbers) sent.Add(await client.TranscodeClipAsync(token, number, _cancellation));
        return [.. sent];
    }

    private async Task<byte[][]> KeptAsync(int number)
    {
        var kept = await KeptRenditions.Instance.TranscodeAsync(Repository.ClipSegment(number), number, RawClient.FourProfiles, _cancellation);
        return [.. kept.Select(rendition => rendition.ToArray())];
    }
}
