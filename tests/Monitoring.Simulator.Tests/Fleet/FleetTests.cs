using System.Net;
using System.Text.Json;
using Monitoring.Testing;

namespace Monitoring.Simulator.Tests.Fleet;

public sealed class FleetTests
{
    private readonly CancellationToken _cancellation = Deadline.Token();

    [Fact]
    public async Task The_default_fleet_has_every_behaviour_and_answers_on_every_open_port()
    {
        await using var fleet = await SimulatedFleet.StartAsync(FleetOptions.Default, _cancellation);

        Assert.True(fleet.Nodes.Length >= 14);
        Assert.Empty(Behaviour.All.Except(fleet.Nodes.Select(node => node.Behaviour)));
        Assert.Equal(fleet.Nodes.Length, fleet.Nodes.Select(node => node.Id).Distinct().Count());
        Assert.Equal(fleet.Nodes.Length, fleet.Nodes.Select(node => node.Uri).Distinct().Count());
        foreach (var node in fleet.Nodes.Where(node => node.IsListening))
        {
            using var client = new RawClient(node);
            var ping = await client.CallAsync("Ping", [], _cancellation);
            Assert.Equal("0", ping.Status);
        }

        Assert.Equal(["unreachable"], fleet.Nodes.Where(node => !node.IsListening).Select(node => node.Name));
    }

    [Fact]
    public void Addresses_are_the_same_for_ever()
    {
        Assert.Equal("0xc0fcd367eab7cca1bea9c85e7832778e425a2ce0", NodeIdentity.Number(0).Id.Text);
        Assert.NotEqual(NodeIdentity.Number(0).Id, NodeIdentity.Number(1).Id);
    }

    [Fact]
    public void An_address_is_that_of_its_key()
    {
        // The throw-away gateway key of the recording.
        var key = Convert.FromHexString("4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318");

        Assert.Equal("0x2c7536e3605d9c16a7a3d7b1898e529396a65c23", NodeIdentity.OfKey(key).Id.Text);
    }

    [Fact]
    public async Task Two_nodes_of_one_fleet_behave_differently()
    {
        var options = new FleetOptions
        {
            Nodes =
            [
                new NodeOptions { Name = "a", Behaviour = Behaviour.Busy.AtOnce() },
                new NodeOptions { Name = "b", Behaviour = Behaviour.Fast.AtOnce() },
            ],
        };
        await using var fleet = await SimulatedFleet.StartAsync(options, _cancellation);
        var errors = new List<string>();
        foreach (var node in fleet.Nodes)
        {
            using var client = new RawClient(node);
            var segment = Repository.ClipSegment(0);
            var token = (await client.DiscoverAsync(_cancellation)).AuthToken;
            errors.Add((await client.TranscodeAsync(RawClient.Credentials(token, 0, segment), segment, _cancellation)).Error);
        }

        Assert.Equal(["OrchestratorBusy", ""], errors);
        Assert.Equal(1, fleet["b"].Counters.SegmentsAccepted);
    }

    [Fact]
    public async Task The_webhook_lists_every_node()
    {
        await using var fleet = await SimulatedFleet.StartAsync(OneNode.Of(Behaviour.Fast) with { WebhookPort = 0 }, _cancellation);
        using var http = new HttpClient();

        using var list = JsonDocument.Parse(await http.GetByteArrayAsync(fleet.WebhookUri, _cancellation));

        Assert.Equal(
            fleet.Nodes.Select(node => $"https://127.0.0.1:{node.Uri.Port}"),
            list.RootElement.EnumerateArray().Select(entry => entry.GetProperty("address").GetString()));
    }

    [Fact]
    public async Task A_killed_node_refuses_connections_and_comes_back_as_a_new_process_under_its_address()
    {
        await using var fleet = await OneNode.StartAsync(Behaviour.Fast.AtOnce(), _cancellation);
        var node = fleet.Nodes[0];
        var uri = node.Uri;
        using var before = new RawClient(node);
        var token = (await before.DiscoverAsync(_cancellation)).AuthToken;
        await before.TranscodeClipAsync(token, 0, _cancellation);

        await node.KillAsync(_cancellation);
        await AssertRefusedAsync(node);
        Assert.Equal(0, node.Counters.OpenSessions);
        await node.KillAsync(_cancellation);
        await node.ReviveAsync(_cancellation);

        Assert.Equal(uri, node.Uri);
        using var after = new RawClient(node);
        var segment = Repository.ClipSegment(0);
        using var refused = await after.UploadAsync(RawClient.Credentials(token, 0, segment), segment, _cancellation);
        Assert.Equal("invalid auth token\n", await refused.Content.ReadAsStringAsync(_cancellation));
        Assert.Equal((2, 1), (node.Counters.Starts, node.Counters.Stops));
    }

    [Fact]
    public async Task A_kill_cuts_a_segment_in_work()
    {
        var clock = new ManualClock();
        await using var fleet = await SimulatedFleet.StartAsync(OneNode.Of(Behaviour.Slow) with { Clock = clock }, _cancellation);
        using var client = new RawClient(fleet.Nodes[0]);
        var token = (await client.DiscoverAsync(_cancellation)).AuthToken;
        var segment = Repository.ClipSegment(0);
        using var response = await client.UploadAsync(RawClient.Credentials(token, 0, segment), segment, _cancellation);
        await clock.WaitForDelayAsync(Behaviour.Slow.TranscodingTime, _cancellation);

        await fleet.Nodes[0].KillAsync(_cancellation);

        await Assert.ThrowsAnyAsync<Exception>(() => response.Content.ReadAsByteArrayAsync(_cancellation));
        Assert.False(_cancellation.IsCancellationRequested);
    }

    [Fact]
    public async Task An_unreachable_node_opens_its_port_when_its_behaviour_changes()
    {
        await using var fleet = await OneNode.StartAsync(Behaviour.Unreachable, _cancellation);
        var uri = fleet.Nodes[0].Uri;
        await AssertRefusedAsync(fleet.Nodes[0]);

        await fleet.Nodes[0].SetBehaviourAsync(Behaviour.Fast, _cancellation);

        using var client = new RawClient(fleet.Nodes[0]);
        Assert.Equal($"{uri.Scheme}://{uri.Authority}", (await client.DiscoverAsync(_cancellation)).Transcoder);
    }

    [Fact]
    public async Task A_flapping_node_goes_down_and_comes_back_by_its_schedule()
    {
        var clock = new ManualClock();
        await using var fleet = await SimulatedFleet.StartAsync(OneNode.Of(Behaviour.Flapping) with { Clock = clock }, _cancellation);
        var node = fleet.Nodes[0];
        clock.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromTicks(1));
        Assert.Equal((1, 0), (node.Counters.Starts, node.Counters.Stops));

        for (var cycle = 1; cycle <= 2; cycle++)
        {
            clock.Advance(TimeSpan.FromTicks(1));
            await node.WaitAsync(c => c.Stops == cycle, _cancellation);
            await AssertRefusedAsync(node);
            await clock.WaitForDelayAsync(TimeSpan.FromMinutes(5), _cancellation);
            clock.Advance(TimeSpan.FromMinutes(5));
            await node.WaitAsync(c => c.Starts == cycle + 1, _cancellation);
            using var client = new RawClient(node);
            await client.DiscoverAsync(_cancellation);
            await clock.WaitForDelayAsync(TimeSpan.FromMinutes(10), _cancellation);
            clock.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromTicks(1));
        }
    }

    [Fact]
    public async Task A_killed_node_ignores_its_schedule()
    {
        var clock = new VirtualTime(DateTimeOffset.UnixEpoch);
        await using var fleet = await SimulatedFleet.StartAsync(OneNode.Of(Behaviour.Flapping) with { Clock = clock }, _cancellation);
        await fleet.Nodes[0].KillAsync(_cancellation);

        clock.Advance(TimeSpan.FromMinutes(31));

        Assert.Equal((1, 1), (fleet.Nodes[0].Counters.Starts, fleet.Nodes[0].Counters.Stops));
        Assert.False(fleet.Nodes[0].IsListening);
    }

    [Fact]
    public async Task A_plain_node_speaks_http_2_without_tls()
    {
        await using var fleet = await SimulatedFleet.StartAsync(OneNode.Of(Behaviour.Fast.AtOnce()) with { Tls = false }, _cancellation);
        using var client = new RawClient(fleet.Nodes[0]);
        var info = await client.DiscoverAsync(_cancellation);

        Assert.StartsWith("http://127.0.0.1:", info.Transcoder, StringComparison.Ordinal);
        Assert.Equal(4, (await client.TranscodeClipAsync(info.AuthToken, 0, _cancellation)).Length);
    }

    [Fact]
    public async Task A_chosen_port_is_taken_and_a_taken_one_is_named()
    {
        int port;
        using (var held = new HeldPort(new IPEndPoint(IPAddress.Loopback, 0))) port = held.Port;
        var options = new FleetOptions { Nodes = [new NodeOptions { Name = "mine", Behaviour = Behaviour.Fast, Port = port }] };
        await using var fleet = await SimulatedFleet.StartAsync(options, _cancellation);
        Assert.Equal(port, fleet.Nodes[0].Uri.Port);

        var refusal = await Assert.ThrowsAsync<IOException>(() => SimulatedFleet.StartAsync(options, _cancellation));
        Assert.Contains($"mine cannot listen on 127.0.0.1:{port}", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_problem_of_the_options_is_named_at_once()
    {
        var options = new FleetOptions
        {
            Nodes =
            [
                new NodeOptions { Name = "a", Behaviour = Behaviour.Fast with { FaultEvery = 0 }, Port = 70_000 },
                new NodeOptions { Name = "a", Behaviour = Behaviour.Fast, MaxSessions = 0, Distance = TimeSpan.FromSeconds(-1) },
            ],
            WebhookPort = -1,
        };

        var refusal = await Assert.ThrowsAsync<ArgumentException>(() => SimulatedFleet.StartAsync(options, _cancellation));

        string[] problems = ["the name 'a' is given to 2 nodes", "port 70000", "at least one session", "distance", "webhook's port -1", "each 0th"];
        Assert.All(problems, problem => Assert.Contains(problem, refusal.Message, StringComparison.Ordinal));
    }

    private async Task AssertRefusedAsync(SimulatedNode node)
    {
        Assert.False(node.IsListening);
        using var client = new RawClient(node);
        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => client.DiscoverAsync(_cancellation));

        // A connection that was taken as the node went down breaks in its handshake.
        Assert.True(failure.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError, failure.HttpRequestError.ToString());
    }
}
