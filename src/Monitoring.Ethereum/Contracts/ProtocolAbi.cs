using System.Text;

namespace Monitoring.Ethereum;

/// <summary>The functions of the protocol's contracts that are called (livepeer-protocol, section 4).</summary>
internal static class ProtocolAbi
{
    /// <summary>A ticket as the broker takes it.</summary>
    public const string Ticket = "(address,address,uint256,uint256,uint256,bytes32,bytes)";

    // Controller
    public static readonly AbiFunction GetContract = new("getContract(bytes32)");
    public static readonly AbiFunction Paused = new("paused()");

    // BondingManager
    public static readonly AbiFunction GetFirstTranscoderInPool = new("getFirstTranscoderInPool()");
    public static readonly AbiFunction GetNextTranscoderInPool = new("getNextTranscoderInPool(address)");
    public static readonly AbiFunction GetTranscoderPoolSize = new("getTranscoderPoolSize()");
    public static readonly AbiFunction GetTranscoderPoolMaxSize = new("getTranscoderPoolMaxSize()");
    public static readonly AbiFunction GetTranscoder = new("getTranscoder(address)");
    public static readonly AbiFunction TranscoderTotalStake = new("transcoderTotalStake(address)");
    public static readonly AbiFunction GetTranscoderEarningsPoolForRound = new("getTranscoderEarningsPoolForRound(address,uint256)");

    // ServiceRegistry
    public static readonly AbiFunction GetServiceUri = new("getServiceURI(address)");

    // RoundsManager
    public static readonly AbiFunction CurrentRound = new("currentRound()");
    public static readonly AbiFunction CurrentRoundInitialized = new("currentRoundInitialized()");
    public static readonly AbiFunction LastInitializedRound = new("lastInitializedRound()");
    public static readonly AbiFunction BlockHashForRound = new("blockHashForRound(uint256)");
    public static readonly AbiFunction CurrentRoundStartBlock = new("currentRoundStartBlock()");
    public static readonly AbiFunction RoundLength = new("roundLength()");

    // TicketBroker
    public static readonly AbiFunction GetSenderInfo = new("getSenderInfo(address)");
    public static readonly AbiFunction UnlockPeriod = new("unlockPeriod()");
    public static readonly AbiFunction TicketValidityPeriod = new("ticketValidityPeriod()");
    public static readonly AbiFunction UsedTickets = new("usedTickets(bytes32)");
    public static readonly AbiFunction GetTicketHash = new($"getTicketHash({Ticket})");
    public static readonly AbiFunction FundDepositAndReserve = new("fundDepositAndReserve(uint256,uint256)");
    public static readonly AbiFunction FundDepositAndReserveFor = new("fundDepositAndReserveFor(address,uint256,uint256)");
    public static readonly AbiFunction RedeemWinningTicket = new($"redeemWinningTicket({Ticket},bytes,uint256)");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<AbiFunction> All { get; } =
    [
        GetContract, Paused, GetFirstTranscoderInPool, GetNextTranscoderInPool, GetTranscoderPoolSize, GetTranscoderPoolMaxSize, GetTranscoder,
        TranscoderTotalStake, GetTranscoderEarningsPoolForRound, GetServiceUri, CurrentRound, CurrentRoundInitialized, LastInitializedRound,
        BlockHashForRound, CurrentRoundStartBlock, RoundLength, GetSenderInfo, UnlockPeriod, TicketValidityPeriod, UsedTickets, GetTicketHash,
        FundDepositAndReserve, FundDepositAndReserveFor, RedeemWinningTicket,
    ];

    /// <summary>The id by which the Controller knows a contract: the keccak-256 of its name.</summary>
    public static Hash32 ContractId(string name) => Hash32.FromBytes(Keccak256.Hash(Encoding.ASCII.GetBytes(name)));
}
