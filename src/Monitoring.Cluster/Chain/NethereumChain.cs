using System.Numerics;
using Monitoring.Ethereum;
using Nethereum.Contracts;
using Nethereum.Hex.HexTypes;
using Nethereum.RPC.Eth.DTOs;
using Newtonsoft.Json.Linq;

namespace Monitoring.Cluster.Chain;

/// <summary>
/// The chain through Nethereum: its messages, its ABI and its JSON-RPC, over our own bounded HTTP and by our own rules of failover. Safe for
/// concurrent use.
/// </summary>
public sealed class NethereumChain : IChain, IDisposable
{
    private readonly ChainOptions _options;
    private readonly NethereumReads _chain;
    private readonly ProtocolContracts _contracts;
    private readonly ActiveSetWalk _walk;
    private readonly SemaphoreSlim _walking = new(1, 1);

    private NethereumChain(ChainOptions options, NethereumReads chain, ProtocolContracts contracts)
    {
        (_options, _chain, _contracts) = (options, chain, contracts);
        _walk = new ActiveSetWalk(new NethereumPoolReads(chain, contracts), options.EarningsRounds);
    }

    /// <summary>How the endpoints are doing.</summary>
    public ImmutableArray<RpcEndpointHealth> Endpoints => _chain.Endpoints.Health;

    /// <summary>
    /// Asks every endpoint for its chain, resolves the contracts through the Controller, and on Arbitrum One compares them with the built-in
    /// table.
    /// </summary>
    /// <exception cref="ArgumentException">The options make no sense.</exception>
    /// <exception cref="ChainException">
    /// An endpoint serves another chain, the contracts are not the expected ones, or no endpoint answers. The first two are refusals to start:
    /// money would go to the wrong place.
    /// </exception>
    public static async Task<NethereumChain> ConnectAsync(ChainOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        var controller = ProtocolContracts.ControllerOf(options);
        var chain = new NethereumReads(options, time);
        try
        {
            await chain.Endpoints.VerifyChainAsync(cancellationToken);
            var found = await ResolveAsync(chain, controller, cancellationToken);
            return new NethereumChain(options, chain, found.Verified(options.ChainId));
        }
        catch
        {
            chain.Dispose();
            throw;
        }
    }

    /// <inheritdoc />
    public Task<ChainHead> GetHeadAsync(CancellationToken cancellationToken) => _chain.AskAsync("eth_getBlockByNumber", ReadHead, cancellationToken, "latest", false);

    /// <inheritdoc />
    public Task<SenderInfo> GetSenderInfoAsync(Address sender, CancellationToken cancellationToken) => _chain.CallAsync(
        new GetSenderInfo { Sender = sender.ToChecksumString() }.CreateCallInput(_contracts.TicketBroker.ToChecksumString()),
        BlockParameter.CreateLatest(),
        ContractAnswers.Sender,
        cancellationToken);

    /// <inheritdoc />
    public async Task<RoundInfo> GetRoundAsync(CancellationToken cancellationToken)
    {
        var head = await GetHeadAsync(cancellationToken);
        var block = new BlockParameter(new HexBigInteger(head.Number));
        var rounds = _contracts.RoundsManager.ToChecksumString();
        var (current, last, initialized) = await _chain.CallAsync(
            [new CurrentRound().CreateCallInput(rounds), new LastInitializedRound().CreateCallInput(rounds), new CurrentRoundInitialized().CreateCallInput(rounds)],
            block,
            a => (ContractAnswers.Round(a[0], "The current round"), ContractAnswers.Round(a[1], "The last initialized round"), ContractAnswers.Truth(a[2])),
            cancellationToken);
        var hash = await _chain.CallAsync(new BlockHashForRound { Round = last }.CreateCallInput(rounds), block, ContractAnswers.Hash, cancellationToken);
        return new RoundInfo(current, last, initialized, hash);
    }

    /// <inheritdoc />
    public async Task<ActiveSet> WalkActiveSetAsync(CancellationToken cancellationToken)
    {
        await _walking.WaitAsync(cancellationToken);
        try
        {
            return await _walk.RunAsync(await GetHeadAsync(cancellationToken), cancellationToken);
        }
        finally
        {
            _walking.Release();
        }
    }

    /// <inheritdoc />
    public Task<BigInteger> GetGasPriceAsync(CancellationToken cancellationToken) => _chain.AskAsync("eth_gasPrice", ContractAnswers.Quantity, cancellationToken);

    /// <summary>Closes the connections.</summary>
    public void Dispose()
    {
        _chain.Dispose();
        _walking.Dispose();
    }

    private static Task<ProtocolContracts> ResolveAsync(NethereumReads chain, Address controller, CancellationToken cancellationToken)
    {
        CallInput Resolve(string name) =>
            new GetContract { Id = Nethereum.Util.Sha3Keccack.Current.CalculateHashAsBytes(name) }.CreateCallInput(controller.ToChecksumString());
        return chain.CallAsync(
            [Resolve("BondingManager"), Resolve("RoundsManager"), Resolve("ServiceRegistry"), Resolve("TicketBroker")],
            BlockParameter.CreateLatest(),
            a => new ProtocolContracts(
                controller, ContractAnswers.Address(a[0]), ContractAnswers.Address(a[1]), ContractAnswers.Address(a[2]), ContractAnswers.Address(a[3])),
            cancellationToken);
    }

    private ChainHead ReadHead(JToken answer)
    {
        if (answer is not JObject block) throw new FormatException("a block is expected");
        var number = ContractAnswers.Int64(block["number"]);
        var l1 = number;
        if (block.TryGetValue("l1BlockNumber", StringComparison.Ordinal, out var member)) l1 = ContractAnswers.Int64(member);
        else if (_options.ChainId == ProtocolContracts.ArbitrumOneChainId) throw new FormatException("the block has no l1BlockNumber, by which tickets expire");
        var seconds = ContractAnswers.Int64(block["timestamp"]);
        if (seconds > DateTimeOffset.MaxValue.ToUnixTimeSeconds()) throw new FormatException("the block's time is beyond all dates");
        return new ChainHead(number, ContractAnswers.BlockHash(block["hash"]), l1, DateTimeOffset.FromUnixTimeSeconds(seconds));
    }
}
