using System.Numerics;
using Monitoring.Ethereum.Tests.Abi;
using Monitoring.Ethereum.Tests.Rpc;

namespace Monitoring.Ethereum.Tests.Chain;

public sealed class EthereumChainContractTests : ChainContract
{
    protected override async Task<IChain> OpenAsync(ChainOptions options, TimeProvider time, CancellationToken cancellationToken) =>
        await EthereumChain.ConnectAsync(options, time, cancellationToken);
}

/// <summary>What our own client reads beside what every adapter does.</summary>
public sealed class EthereumChainTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    private static readonly Address Sender = Address.Parse("0x2c7536E3605D9C16a7a3D7b1898e529396a65c23");

    private readonly FakeProtocol _protocol = new();

    [Fact]
    public async Task The_contracts_on_Arbitrum_One_are_found_through_the_Controller()
    {
        await using var server = await ServeAsync();
        using var chain = await ConnectAsync(server);
        Assert.Equal(ProtocolContracts.ArbitrumOne, chain.Contracts);
        Assert.Equal(42161, chain.ChainId);
        Assert.Equal(0, chain.Endpoints.Single().Failures);
    }

    [Fact]
    public async Task On_another_chain_the_configured_Controller_is_taken_as_it_is()
    {
        _protocol.ChainId = 31337;
        _protocol.L1BlockNumber = null;
        _protocol.Contracts = new ProtocolContracts(Sender, Number(1), Number(2), Number(3), Number(4));
        await using var server = await ServeAsync();
        using var chain = await ConnectAsync(server, o => o with { ChainId = 31337, Controller = Sender });
        Assert.Equal(_protocol.Contracts, chain.Contracts);
        await Assert.ThrowsAsync<ArgumentException>(() => ConnectAsync(server, o => o with { ChainId = 31337 }));
    }

    [Fact]
    public async Task Gas_balance_and_parameters_are_read()
    {
        _protocol.PoolSize = 97;
        await using var server = await ServeAsync();
        using var chain = await ConnectAsync(server);
        Assert.Equal(10_000_000, await chain.GetGasPriceAsync(Cancel));
        Assert.Equal(BigInteger.Pow(10, 18), await chain.GetBalanceAsync(Sender, Cancel));
        Assert.Equal(new ProtocolParameters(97, 100, 23_799_000, 5760, 2, 3, false), await chain.GetParametersAsync(Cancel));
    }

    [Fact]
    public async Task A_ticket_is_handed_to_the_contract_in_its_own_layout()
    {
        var input = Fixtures.Vector("calldata-redeem").GetProperty("input");
        byte[] sent = [];
        _protocol.GetTicketHash = arguments =>
        {
            sent = arguments;
            return _protocol.RoundHash.ToByteArray();
        };
        await using var server = await ServeAsync();
        using var chain = await ConnectAsync(server);
        Assert.Equal(_protocol.RoundHash, await chain.GetTicketHashAsync(AbiVectorTests.Ticket(input.GetProperty("ticket")), Cancel));

        // The recorded call holds the same tuple after three words of heads.
        var recorded = Fixtures.Hex(Fixtures.Vector("calldata-redeem").GetProperty("expect").GetProperty("calldata"));
        Assert.Equal(recorded[(4 + 96)..(4 + 96 + sent.Length - 32)], sent[32..]);
        Assert.True(await chain.IsTicketUsedAsync(_protocol.RoundHash, Cancel));
        Assert.False(await chain.IsTicketUsedAsync(default, Cancel));
    }

    private static Address Number(byte number)
    {
        var bytes = new byte[20];
        bytes[19] = number;
        return Address.FromBytes(bytes);
    }

    private static Task<EthereumChain> ConnectAsync(ScriptedRpc server, Func<ChainOptions, ChainOptions>? change = null)
    {
        var options = new ChainOptions { Endpoints = [server.Address], Retries = 0, RequestTimeout = TimeSpan.FromSeconds(60) };
        return EthereumChain.ConnectAsync(change?.Invoke(options) ?? options, TimeProvider.System, Cancel);
    }

    private async Task<ScriptedRpc> ServeAsync()
    {
        var server = await ScriptedRpc.StartAsync();
        _protocol.Serve(server);
        return server;
    }
}
