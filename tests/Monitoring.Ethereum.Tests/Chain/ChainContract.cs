using System.Numerics;
using Monitoring.Ethereum.Tests.Rpc;

namespace Monitoring.Ethereum.Tests.Chain;

/// <summary>What every adapter of <see cref="IChain"/> does; the tests of a project run it on their adapters.</summary>
public abstract partial class ChainContract : IAsyncDisposable
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    private static readonly Address Sender = Address.Parse("0x2c7536E3605D9C16a7a3D7b1898e529396a65c23");

    private readonly FakeProtocol _protocol = new();
    private readonly List<IDisposable> _open = [];
    private readonly List<IAsyncDisposable> _servers = [];

    /// <summary>Connects the adapter that is tested.</summary>
    protected abstract Task<IChain> OpenAsync(ChainOptions options, TimeProvider time, CancellationToken cancellationToken);

    [Fact]
    public async Task Another_contract_than_the_known_one_is_a_loud_refusal()
    {
        _protocol.Contracts = _protocol.Contracts with { TicketBroker = Sender };
        await using var server = await ServeAsync();
        var e = await Assert.ThrowsAsync<ChainException>(() => ConnectAsync(server));
        Assert.Equal(ChainFault.WrongContracts, e.Fault);
        Assert.Contains($"TicketBroker is {Sender}, expected {ProtocolContracts.ArbitrumOne.TicketBroker}", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_Controller_on_Arbitrum_One_is_refused_before_anything_is_asked()
    {
        await using var server = await ServeAsync();
        var e = await Assert.ThrowsAsync<ChainException>(() => ConnectAsync(server, o => o with { Controller = Sender }));
        Assert.Equal(ChainFault.WrongContracts, e.Fault);
        Assert.Equal(0, server.Requests);
    }

    [Fact]
    public async Task A_Controller_that_knows_nothing_is_refused()
    {
        _protocol.ChainId = 31337;
        _protocol.Contracts = new ProtocolContracts(Sender, Number(1), Number(2), Address.Zero, Number(4));
        await using var server = await ServeAsync();
        var e = await Assert.ThrowsAsync<ChainException>(() => ConnectAsync(server, o => o with { ChainId = 31337, Controller = Sender }));
        Assert.Equal(ChainFault.WrongContracts, e.Fault);

        // An account without code answers nothing at all.
        var nothing = await Assert.ThrowsAsync<ChainException>(() => ConnectAsync(server, o => o with { ChainId = 31337, Controller = Number(9) }));
        Assert.Contains("no contract", nothing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tickets_expire_by_the_L1_block_that_Arbitrum_adds()
    {
        await using var server = await ServeAsync();
        var chain = await ConnectAsync(server);
        var head = await chain.GetHeadAsync(Cancel);
        Assert.Equal((400_000_000, 23_800_000), (head.Number, head.L1BlockNumber));
        Assert.Equal(_protocol.BlockHash(400_000_000), head.Hash.ToByteArray());
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(0x691f0680), head.Time);
    }

    [Fact]
    public async Task Arbitrum_One_without_that_member_is_refused_rather_than_misread()
    {
        await using var server = await ServeAsync();
        var chain = await ConnectAsync(server);
        _protocol.L1BlockNumber = null;
        Assert.Contains("l1BlockNumber", (await Assert.ThrowsAsync<ChainException>(() => chain.GetHeadAsync(Cancel))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Elsewhere_the_blocks_own_number_stands_in()
    {
        _protocol.ChainId = 1337;
        _protocol.L1BlockNumber = null;
        await using var server = await ServeAsync();
        var chain = await ConnectAsync(server, o => o with { ChainId = 1337, Controller = _protocol.Contracts.Controller });
        Assert.Equal(400_000_000, (await chain.GetHeadAsync(Cancel)).L1BlockNumber);
    }

    [Fact]
    public async Task A_senders_funds_are_read()
    {
        var info = new SenderInfo(BigInteger.Pow(10, 18), 4002, BigInteger.Pow(10, 19) + 1, 7);
        _protocol.Senders[Sender] = info;
        await using var server = await ServeAsync();
        var chain = await ConnectAsync(server);
        Assert.Equal(info, await chain.GetSenderInfoAsync(Sender, Cancel));
        Assert.Equal(new SenderInfo(0, 0, 0, 0), await chain.GetSenderInfoAsync(Number(5), Cancel));
    }

    [Theory]
    [InlineData(4000, true)]
    [InlineData(4001, false)]
    public async Task The_round_and_the_hash_of_the_last_initialized_one_are_read_at_one_block(long current, bool initialized)
    {
        _protocol.Round = current;
        await using var server = await ServeAsync();
        var chain = await ConnectAsync(server);
        Assert.Equal(new RoundInfo(current, 4000, initialized, _protocol.RoundHash), await chain.GetRoundAsync(Cancel));
        Assert.Equal(["0x17d78400"], server.Calls.Where(c => c.Method == "eth_call").Skip(4).Select(c => c.Parameters[1]!.GetValue<string>()).Distinct());
    }

    [Fact]
    public async Task The_price_of_gas_is_read()
    {
        await using var server = await ServeAsync();
        Assert.Equal(10_000_000, await (await ConnectAsync(server)).GetGasPriceAsync(Cancel));
    }

    [Fact]
    public async Task A_chain_without_a_configured_Controller_is_refused_unless_it_is_Arbitrum_One()
    {
        await using var server = await ServeAsync();
        await Assert.ThrowsAsync<ArgumentException>(() => ConnectAsync(server, o => o with { ChainId = 31337 }));
        await Assert.ThrowsAsync<ArgumentException>(() => ConnectAsync(server, o => o with { Endpoints = [] }));
    }

    [Fact]
    public async Task An_endpoint_of_another_chain_is_refused()
    {
        _protocol.ChainId = 1;
        await using var server = await ServeAsync();
        var e = await Assert.ThrowsAsync<ChainException>(() => ConnectAsync(server));
        Assert.Equal(ChainFault.WrongChain, e.Fault);
        Assert.DoesNotContain("secret-key", e.ToString(), StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var chain in _open) chain.Dispose();
        foreach (var server in _servers) await server.DisposeAsync();
        if (_local is not null) await _local.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private static Address Number(byte number)
    {
        var bytes = new byte[20];
        bytes[19] = number;
        return Address.FromBytes(bytes);
    }

    private Task<IChain> ConnectAsync(ScriptedRpc server, Func<ChainOptions, ChainOptions>? change = null) => ConnectAsync([server], change);

    private async Task<IChain> ConnectAsync(ScriptedRpc[] servers, Func<ChainOptions, ChainOptions>? change = null)
    {
        var options = new ChainOptions { Endpoints = [.. servers.Select(s => s.Address)], Retries = 0, RequestTimeout = TimeSpan.FromSeconds(60) };
        return Keep(await OpenAsync(change?.Invoke(options) ?? options, TimeProvider.System, Cancel));
    }

    private IChain Keep(IChain chain)
    {
        if (chain is IDisposable disposable) _open.Add(disposable);
        return chain;
    }

    private async Task<ScriptedRpc> ServeAsync()
    {
        var server = await ScriptedRpc.StartAsync();
        _protocol.Serve(server);
        return server;
    }
}
