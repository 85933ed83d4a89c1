using System.Collections.Immutable;
using System.Numerics;
using System.Text.Json;

namespace Monitoring.Ethereum;

/// <summary>The chain over JSON-RPC, through the operator's endpoints. Safe for concurrent use.</summary>
public sealed class EthereumChain : IChain, IDisposable
{
    private readonly ChainOptions _options;
    private readonly ActiveSetWalk _walk;
    private readonly SemaphoreSlim _walking = new(1, 1);

    private EthereumChain(ChainOptions options, JsonRpcClient rpc, ProtocolContracts contracts)
    {
        _options = options;
        Rpc = rpc;
        Contracts = contracts;
        _walk = new ActiveSetWalk(new RpcPoolReads(rpc, contracts), options.EarningsRounds);
    }

    /// <summary>The contracts in use, as the Controller named them at the start.</summary>
    public ProtocolContracts Contracts { get; }

    /// <summary>The chain's id.</summary>
    public long ChainId => _options.ChainId;

    /// <summary>How the endpoints are doing.</summary>
    public ImmutableArray<RpcEndpointHealth> Endpoints => Rpc.Health;

    internal JsonRpcClient Rpc { get; }

    /// <summary>
    /// Asks every endpoint for its chain, resolves the contracts through the Controller, and on Arbitrum One compares them with the built-in
    /// table.
    /// </summary>
    /// <exception cref="ArgumentException">The options make no sense.</exception>
    /// <exception cref="ChainException">
    /// An endpoint serves another chain, the contracts are not the expected ones, or no endpoint answers. The first two are refusals to start:
    /// money would go to the wrong place.
    /// </exception>
    public static async Task<EthereumChain> ConnectAsync(ChainOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        var controller = ProtocolContracts.ControllerOf(options);
        var rpc = new JsonRpcClient(options, time);
        try
        {
            await rpc.VerifyChainAsync(cancellationToken).ConfigureAwait(false);
            return new EthereumChain(options, rpc, await ResolveAsync(rpc, options.ChainId, controller, cancellationToken).ConfigureAwait(false));
        }
        catch
        {
            rpc.Dispose();
            throw;
        }
    }

    /// <inheritdoc />
    public Task<ChainHead> GetHeadAsync(CancellationToken cancellationToken) =>
        Rpc.AskAsync(RpcCall.Of("eth_getBlockByNumber", RpcCall.Latest, false), ReadHead, cancellationToken);

    /// <inheritdoc />
    public Task<SenderInfo> GetSenderInfoAsync(Address sender, CancellationToken cancellationToken) => Rpc.AskAsync(
        RpcCall.Contract(Contracts.TicketBroker, ProtocolAbi.GetSenderInfo.Call(new AbiWriter().Address(sender)), RpcCall.Latest),
        ContractReads.SenderInfo,
        cancellationToken);

    /// <inheritdoc />
    public async Task<RoundInfo> GetRoundAsync(CancellationToken cancellationToken)
    {
        var head = await GetHeadAsync(cancellationToken).ConfigureAwait(false);
        var block = RpcHex.Write(head.Number);
        var (current, last, initialized) = await Rpc.AskAsync(
            [
                Rounds(ProtocolAbi.CurrentRound.Call(), block), Rounds(ProtocolAbi.LastInitializedRound.Call(), block),
                Rounds(ProtocolAbi.CurrentRoundInitialized.Call(), block),
            ],
            r => (ContractReads.Round(r[0], "The current round"), ContractReads.Round(r[1], "The last initialized round"), ContractReads.Bool(r[2])),
            cancellationToken).ConfigureAwait(false);
        var hash = await Rpc.AskAsync(
            Rounds(ProtocolAbi.BlockHashForRound.Call(new AbiWriter().Uint256(last)), block), ContractReads.Bytes32, cancellationToken).ConfigureAwait(false);
        return new RoundInfo(current, last, initialized, hash);
    }

    /// <inheritdoc />
    public async Task<ActiveSet> WalkActiveSetAsync(CancellationToken cancellationToken)
    {
        await _walking.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await _walk.RunAsync(await GetHeadAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _walking.Release();
        }
    }

    /// <inheritdoc />
    public Task<BigInteger> GetGasPriceAsync(CancellationToken cancellationToken) => Rpc.AskAsync(RpcCall.Of("eth_gasPrice"), RpcHex.Quantity, cancellationToken);

    /// <summary>What an account holds outside of the ticket broker, in wei.</summary>
    /// <exception cref="ChainException">No endpoint gave a usable answer.</exception>
    public Task<BigInteger> GetBalanceAsync(Address account, CancellationToken cancellationToken) =>
        Rpc.AskAsync(RpcCall.Of("eth_getBalance", account.ToChecksumString(), RpcCall.Latest), RpcHex.Quantity, cancellationToken);

    /// <summary>The parameters that governance may change.</summary>
    /// <exception cref="ChainException">No endpoint gave a usable answer.</exception>
    public async Task<ProtocolParameters> GetParametersAsync(CancellationToken cancellationToken)
    {
        var block = RpcHex.Write((await GetHeadAsync(cancellationToken).ConfigureAwait(false)).Number);
        return await Rpc.AskAsync(
            [
                RpcCall.Contract(Contracts.BondingManager, ProtocolAbi.GetTranscoderPoolSize.Call(), block),
                RpcCall.Contract(Contracts.BondingManager, ProtocolAbi.GetTranscoderPoolMaxSize.Call(), block),
                Rounds(ProtocolAbi.CurrentRoundStartBlock.Call(), block),
                Rounds(ProtocolAbi.RoundLength.Call(), block),
                RpcCall.Contract(Contracts.TicketBroker, ProtocolAbi.UnlockPeriod.Call(), block),
                RpcCall.Contract(Contracts.TicketBroker, ProtocolAbi.TicketValidityPeriod.Call(), block),
                RpcCall.Contract(Contracts.Controller, ProtocolAbi.Paused.Call(), block),
            ],
            r => new ProtocolParameters(
                (int)new AbiReader(RpcHex.Data(r[0]), 1).Uint(int.MaxValue, "The pool size"),
                (int)new AbiReader(RpcHex.Data(r[1]), 1).Uint(int.MaxValue, "The pool's maximum"),
                ContractReads.Round(r[2], "The round's first block"),
                ContractReads.Round(r[3], "The round's length"),
                ContractReads.Round(r[4], "The unlock period"),
                ContractReads.Round(r[5], "The tickets' validity"),
                ContractReads.Bool(r[6])),
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The hash of a ticket as the contract makes it: a cross-check of our own.</summary>
    /// <exception cref="ChainException">No endpoint gave a usable answer.</exception>
    public Task<Hash32> GetTicketHashAsync(ContractTicket ticket, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ticket);
        var data = ProtocolAbi.GetTicketHash.Call(new AbiWriter().DynamicTuple(ticket.Members));
        return Rpc.AskAsync(RpcCall.Contract(Contracts.TicketBroker, data, RpcCall.Latest), ContractReads.Bytes32, cancellationToken);
    }

    /// <summary>Whether a winning ticket was cashed.</summary>
    /// <exception cref="ChainException">No endpoint gave a usable answer.</exception>
    public Task<bool> IsTicketUsedAsync(Hash32 ticketHash, CancellationToken cancellationToken) => Rpc.AskAsync(
        RpcCall.Contract(Contracts.TicketBroker, ProtocolAbi.UsedTickets.Call(new AbiWriter().Bytes32(ticketHash)), RpcCall.Latest),
        ContractReads.Bool,
        cancellationToken);

    /// <summary>Closes the connections.</summary>
    public void Dispose()
    {
        Rpc.Dispose();
        _walking.Dispose();
    }

    private static async Task<ProtocolContracts> ResolveAsync(JsonRpcClient rpc, long chainId, Address controller, CancellationToken cancellationToken)
    {
        RpcCall Resolve(string name) =>
            RpcCall.Contract(controller, ProtocolAbi.GetContract.Call(new AbiWriter().Bytes32(ProtocolAbi.ContractId(name))), RpcCall.Latest);
        var found = await rpc.AskAsync(
            [Resolve("BondingManager"), Resolve("RoundsManager"), Resolve("ServiceRegistry"), Resolve("TicketBroker")],
            r => new ProtocolContracts(
                controller, ContractReads.Address(r[0]), ContractReads.Address(r[1]), ContractReads.Address(r[2]), ContractReads.Address(r[3])),
            cancellationToken).ConfigureAwait(false);
        return found.Verified(chainId);
    }

    private RpcCall Rounds(byte[] data, string block) => RpcCall.Contract(Contracts.RoundsManager, data, block);

    private ChainHead ReadHead(JsonElement block)
    {
        var number = RpcHex.Int64(block.GetProperty("number"));
        var l1 = number;
        if (block.TryGetProperty("l1BlockNumber", out var member)) l1 = RpcHex.Int64(member);
        else if (ChainId == ProtocolContracts.ArbitrumOneChainId) throw new FormatException("the block has no l1BlockNumber, by which tickets expire");
        var seconds = RpcHex.Int64(block.GetProperty("timestamp"));
        if (seconds > DateTimeOffset.MaxValue.ToUnixTimeSeconds()) throw new FormatException("the block's time is beyond all dates");
        return new ChainHead(number, RpcHex.Hash(block.GetProperty("hash")), l1, DateTimeOffset.FromUnixTimeSeconds(seconds));
    }
}
