using System.Net;
using System.Net.Sockets;
using Monitoring.Standalone.Configuration;
using Monitoring.Standalone.Run;
using Monitoring.Storage;
using Monitoring.Testing;

namespace Monitoring.Standalone.Tests.Run;

public sealed class RememberedPortsTests
{
    private static readonly SimulateOptions Three = new(Nodes: 3, FirstPort: null, Seed: null, WithFfmpeg: false);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Simulated_nodes_keep_their_addresses_over_a_restart_and_get_others_where_one_is_taken()
    {
        using var scratch = new Scratch();
        await using var memory = await KeyedLog.OpenAsync(scratch.At("state.jsonl"), null, Cancel);
        var first = await StartAsync(memory);
        var second = await StartAsync(memory);
        Assert.Equal(first, second);

        using var squatter = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        squatter.Bind(new IPEndPoint(IPAddress.Loopback, first[1].Port));
        squatter.Listen();
        var third = await StartAsync(memory);
        Assert.DoesNotContain(first[1], third);
        Assert.Equal(third, await StartAsync(memory));
    }

    private static async Task<List<Uri>> StartAsync(KeyedLog memory)
    {
        await using var fleet = await RememberedPorts.StartAsync(Three, memory, Cancel);
        return [.. fleet.Nodes.Select(n => n.Uri)];
    }
}
