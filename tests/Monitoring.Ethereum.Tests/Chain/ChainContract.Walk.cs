using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json.Nodes;

namespace Monitoring.Ethereum.Tests.Chain;

public abstract partial class ChainContract
{
    [Fact]
    public async Task The_whole_pool_is_read_in_its_order_and_at_one_block()
    {
        Fill(30);
        _protocol.Pool[3] = _protocol.Pool[3] with
        {
            Uri = Encoding.UTF8.GetBytes("  http://zürich.example/ "), Stake = 12345, RewardCut = 1_000_000, FeeShare = 0, ActivationRound = 4001, DeactivationRound = 4100,
            LastRewardRound = 0, LastFeeRound = 17,
        };
        await using var server = await ServeAsync();
        var chain = await ConnectAsync(server);
        var before = server.Calls.Count;
        var set = await chain.WalkActiveSetAsync(Cancel);

        Assert.Equal(_protocol.Pool.Select(m => m.Address), set.Members.Select(m => m.Address));
        Assert.Equal((400_000_000, 4000), (set.Head.Number, set.Round));
        var third = set.Members[3];
        Assert.Equal(
            ("  http://zürich.example/ ", (BigInteger)12345, 1_000_000, 0, 4001L, (long?)4100, 0L, 17L),
            (third.ServiceUri, third.Stake, third.RewardCut, third.FeeShare, third.ActivationRound, third.DeactivationRound, third.LastRewardRound, third.LastFeeRound));
        Assert.Equal(
            [new EarningsPool(4000, 12344, 1_000_000, 0, (BigInteger.Pow(10, 27) * 4000) + 3, 28000), new EarningsPool(3999, 12344, 1_000_000, 0, (BigInteger.Pow(10, 27) * 3999) + 3, 27993)],
            third.Pools);
        Assert.Equal(["0x17d78400"], server.Calls.Skip(before).Where(c => c.Method == "eth_call").Select(c => c.Parameters[1]!.GetValue<string>()).Distinct());
    }

    [Fact]
    public async Task Whoever_is_not_leaving_has_no_last_round()
    {
        Fill(1);
        var vector = Fixtures.Vector("deactivation-max");
        _protocol.Pool[0] = _protocol.Pool[0] with { DeactivationRound = BigInteger.Parse(vector.GetProperty("input").GetString()!, CultureInfo.InvariantCulture), ActivationRound = 4001 };
        await using var server = await ServeAsync();
        var chain = await ConnectAsync(server);
        var member = (await chain.WalkActiveSetAsync(Cancel)).Members.Single();
        Assert.Null(member.DeactivationRound);
        Assert.Equal((false, true, true), (member.IsActiveIn(4000), member.IsActiveIn(4001), member.IsActiveIn(long.MaxValue)));
        var leaving = member with { DeactivationRound = 4003 };
        Assert.Equal((true, false), (leaving.IsActiveIn(4002), leaving.IsActiveIn(4003)));
    }

    [Fact]
    public async Task An_empty_pool_is_an_empty_set()
    {
        await using var server = await ServeAsync();
        var chain = await ConnectAsync(server);
        Assert.Empty((await chain.WalkActiveSetAsync(Cancel)).Members);
    }

    [Fact]
    public async Task A_second_walk_costs_few_requests_and_sees_what_changed()
    {
        Fill(60);
        await using var server = await ServeAsync();
        var chain = await ConnectAsync(server);
        await chain.WalkActiveSetAsync(Cancel);
        var before = server.Requests;
        await chain.WalkActiveSetAsync(Cancel);
        var quiet = server.Requests - before;
        Assert.True(quiet < 15, $"{quiet} requests");

        (_protocol.Pool[1], _protocol.Pool[40]) = (_protocol.Pool[40], _protocol.Pool[1]);
        _protocol.Pool.RemoveAt(10);
        _protocol.Pool.Insert(5, new FakeProtocol.Member(Hashed(200)));
        _protocol.Pool.Add(new FakeProtocol.Member(Hashed(201)));
        before = server.Requests;
        var set = await chain.WalkActiveSetAsync(Cancel);
        Assert.Equal(_protocol.Pool.Select(m => m.Address), set.Members.Select(m => m.Address));
        Assert.True(server.Requests - before <= quiet + 3, $"{server.Requests - before} requests");
    }

    [Fact]
    public async Task A_members_text_cannot_break_the_walk()
    {
        Fill(4);
        _protocol.Pool[0] = _protocol.Pool[0] with { Uri = [0xff, 0xc3, 0x28, (byte)'x'] };
        _protocol.Pool[1] = _protocol.Pool[1] with { Uri = [] };
        _protocol.Pool[2] = _protocol.Pool[2] with { Uri = Encoding.UTF8.GetBytes(new string('a', 2047) + string.Concat(Enumerable.Repeat("\U0001F600", 11_000))) };
        _protocol.Pool[3] = _protocol.Pool[3] with { Uri = "a\0b\n"u8.ToArray() };
        await using var server = await ServeAsync();
        var chain = await ConnectAsync(server);
        var members = (await chain.WalkActiveSetAsync(Cancel)).Members;
        Assert.EndsWith("(x", members[0].ServiceUri, StringComparison.Ordinal);
        Assert.Equal("", members[1].ServiceUri);
        Assert.Equal(new string('a', 2047), members[2].ServiceUri);
        Assert.Equal("a\0b\n", members[3].ServiceUri);
    }

    private static readonly Dictionary<string, (string Why, Action<FakeProtocol> Change)> Broken = new()
    {
        ["a cycle over all"] = ("comes twice", p => p.Successors[p.Pool[3].Address] = p.Pool[0].Address),
        ["a member that follows itself"] = ("comes twice", p => p.Successors[p.Pool[2].Address] = p.Pool[2].Address),
        ["an early end"] = ("ends after 3 of 5", p => p.Successors[p.Pool[2].Address] = Address.Zero),
        ["more than it says"] = ("goes on after its 4", p => p.PoolSize = 4),
        ["less than it says"] = ("ends after 5 of 6", p => p.PoolSize = 6),
        ["more than it takes"] = ("101 members, of 100", p => p.PoolSize = 101),
        ["more than anybody believes"] = ("2000 members", p => (p.PoolSize, p.PoolMaxSize) = (2000, 2000)),
        ["a block that is replaced"] = ("was replaced", p =>
        {
            byte reads = 0;
            p.BlockHash = _ => Keccak256.Hash([reads++]);
        }),
        ["a cut above one"] = ("The reward cut is 1000001", p => p.Pool[1] = p.Pool[1] with { RewardCut = 1_000_001 }),
    };

    public static TheoryData<string> Nonsense => [.. Broken.Keys];

    [Theory]
    [MemberData(nameof(Nonsense))]
    public async Task A_pool_that_makes_no_sense_is_not_used(string what)
    {
        var (why, change) = Broken[what];
        Fill(5);
        await using var server = await ServeAsync();
        var chain = await ConnectAsync(server);
        change(_protocol);
        var e = await Assert.ThrowsAsync<ChainException>(() => chain.WalkActiveSetAsync(Cancel));
        Assert.Equal(ChainFault.Malformed, e.Fault);
        Assert.Contains(why, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_without_end_is_left_soon()
    {
        Fill(5);
        _protocol.PoolSize = 100;
        await using var server = await ServeAsync();
        var made = 1000;
        server.Answer = (method, parameters) =>
        {
            if (method != "eth_call" || !parameters[0]!["data"]!.GetValue<string>().StartsWith(RpcHex.Write(ProtocolAbi.GetNextTranscoderInPool.Selector), StringComparison.Ordinal))
                return _protocol.Answer(method, parameters);
            return RpcHex.Write(new AbiWriter().Address(Address.FromBytes(Keccak256.Hash(BitConverter.GetBytes(made++)).AsSpan(0, 20))).ToArray());
        };
        var chain = await ConnectAsync(server);
        Assert.Contains("goes on after its 100", (await Assert.ThrowsAsync<ChainException>(() => chain.WalkActiveSetAsync(Cancel))).Message, StringComparison.Ordinal);
        Assert.InRange(made, 1100, 1101);
    }

    [Fact]
    public async Task A_walk_goes_on_with_the_next_endpoint_when_one_breaks_down_in_its_middle()
    {
        Fill(20);
        await using var first = await ServeAsync();
        await using var second = await ServeAsync();
        var left = 10;
        first.Answer = (method, parameters) => left-- > 0 ? _protocol.Answer(method, parameters) : JsonValue.Create("nonsense");
        var chain = await ConnectAsync([first, second]);
        Assert.Equal(20, (await chain.WalkActiveSetAsync(Cancel)).Members.Length);
        Assert.True(left < 0);
    }

    private static Address Hashed(int number) => Address.FromBytes(Keccak256.Hash(BitConverter.GetBytes(number)).AsSpan(0, 20));

    private void Fill(int members)
    {
        for (var i = 0; i < members; i++) _protocol.Pool.Add(new FakeProtocol.Member(Hashed(i)));
    }
}
