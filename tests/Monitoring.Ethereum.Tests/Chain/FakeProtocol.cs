using System.Numerics;
using System.Text.Json.Nodes;
using Monitoring.Ethereum.Tests.Rpc;

namespace Monitoring.Ethereum.Tests.Chain;

/// <summary>The protocol's contracts behind a scripted endpoint: as much of them as is read.</summary>
internal sealed class FakeProtocol
{
    public long ChainId { get; set; } = ProtocolContracts.ArbitrumOneChainId;

    public long BlockNumber { get; set; } = 400_000_000;

    public long? L1BlockNumber { get; set; } = 23_800_000;

    /// <summary>The hash of a block by its number; a test may let it change under a walk.</summary>
    public Func<long, byte[]> BlockHash { get; set; } = number => Keccak256.Hash(BitConverter.GetBytes(number));

    public ProtocolContracts Contracts { get; set; } = ProtocolContracts.ArbitrumOne;

    public List<Member> Pool { get; } = [];

    public int? PoolSize { get; set; }

    public int PoolMaxSize { get; set; } = 100;

    /// <summary>Overrides the successor of a member.</summary>
    public Dictionary<Address, Address> Successors { get; } = [];

    public long Round { get; set; } = 4000;

    public long LastInitializedRound { get; set; } = 4000;

    public Hash32 RoundHash { get; set; } = Hash32.FromBytes(Keccak256.Hash("round"u8));

    public Dictionary<Address, SenderInfo> Senders { get; } = [];

    public Func<byte[], byte[]>? GetTicketHash { get; set; }

    public void Serve(ScriptedRpc server) => server.Answer = Answer;

    public JsonNode? Answer(string method, JsonArray parameters) => method switch
    {
        "eth_chainId" => RpcHex.Write(ChainId),
        "eth_getBlockByNumber" => Block(parameters[0]!.GetValue<string>() is "latest" ? BlockNumber : Convert.ToInt64(parameters[0]!.GetValue<string>()[2..], 16)),
        "eth_gasPrice" => "0x989680",
        "eth_getBalance" => "0xde0b6b3a7640000",
        "eth_call" => RpcHex.Write(Call(
            Address.Parse(parameters[0]!["to"]!.GetValue<string>()), Convert.FromHexString(parameters[0]!["data"]!.GetValue<string>()[2..]))),
        _ => throw new RpcError(-32601, $"the method {method} does not exist"),
    };

    private JsonObject Block(long number)
    {
        var block = new JsonObject
        {
            ["number"] = RpcHex.Write(number), ["hash"] = RpcHex.Write(BlockHash(number)), ["timestamp"] = "0x691f0680", ["baseFeePerGas"] = "0x989680",
        };
        if (L1BlockNumber is { } l1) block["l1BlockNumber"] = RpcHex.Write(l1);
        return block;
    }

    private byte[] Call(Address to, byte[] data)
    {
        var function = ProtocolAbi.All.SingleOrDefault(f => data.AsSpan().StartsWith(f.Selector)) ?? throw new RpcError(3, "execution reverted");
        var arguments = data[4..];
        var answer = new AbiWriter();
        if (to == Contracts.Controller)
        {
            if (function == ProtocolAbi.Paused) return answer.Bool(false).ToArray();
            var id = new AbiReader(arguments, 1).Bytes32();
            var known = new Dictionary<Hash32, Address>
            {
                [ProtocolAbi.ContractId("BondingManager")] = Contracts.BondingManager, [ProtocolAbi.ContractId("RoundsManager")] = Contracts.RoundsManager,
                [ProtocolAbi.ContractId("ServiceRegistry")] = Contracts.ServiceRegistry, [ProtocolAbi.ContractId("TicketBroker")] = Contracts.TicketBroker,
            };
            return answer.Address(known.GetValueOrDefault(id)).ToArray();
        }

        if (to == Contracts.BondingManager) return Bonding(function, arguments, answer).ToArray();
        if (to == Contracts.RoundsManager) return Rounds(function, arguments, answer).ToArray();
        if (to == Contracts.ServiceRegistry) return answer.Bytes(Pool.SingleOrDefault(m => m.Address == new AbiReader(arguments, 1).Address())?.Uri ?? []).ToArray();
        return to == Contracts.TicketBroker ? Broker(function, arguments, answer) : [];
    }

    private AbiWriter Bonding(AbiFunction function, byte[] arguments, AbiWriter answer)
    {
        if (function == ProtocolAbi.GetTranscoderPoolSize) return answer.Uint256(PoolSize ?? Pool.Count);
        if (function == ProtocolAbi.GetTranscoderPoolMaxSize) return answer.Uint256(PoolMaxSize);
        if (function == ProtocolAbi.GetFirstTranscoderInPool) return answer.Address(Pool.FirstOrDefault()?.Address ?? Address.Zero);
        var address = new AbiReader(arguments, 1).Address();
        var at = Pool.FindIndex(m => m.Address == address);
        if (function == ProtocolAbi.GetNextTranscoderInPool)
            return answer.Address(Successors.TryGetValue(address, out var next) ? next : at >= 0 && at + 1 < Pool.Count ? Pool[at + 1].Address : Address.Zero);
        var member = at >= 0 ? Pool[at] : new Member(address);
        if (function == ProtocolAbi.TranscoderTotalStake) return answer.Uint256(member.Stake);
        if (function == ProtocolAbi.GetTranscoderEarningsPoolForRound)
        {
            var reader = new AbiReader(arguments, 2);
            reader.Address();
            var round = reader.Uint256();
            return answer.Uint256(member.Stake - 1).Uint256(member.RewardCut).Uint256(member.FeeShare).Uint256((BigInteger.Pow(10, 27) * round) + at).Uint256(round * 7);
        }

        return answer.Uint256(member.LastRewardRound).Uint256(member.RewardCut).Uint256(member.FeeShare).Uint256(1).Uint256(member.ActivationRound)
            .Uint256(member.DeactivationRound).Uint256(2).Uint256(3).Uint256(4).Uint256(member.LastFeeRound);
    }

    private AbiWriter Rounds(AbiFunction function, byte[] arguments, AbiWriter answer)
    {
        if (function == ProtocolAbi.CurrentRound) return answer.Uint256(Round);
        if (function == ProtocolAbi.LastInitializedRound) return answer.Uint256(LastInitializedRound);
        if (function == ProtocolAbi.CurrentRoundInitialized) return answer.Bool(Round == LastInitializedRound);
        if (function == ProtocolAbi.CurrentRoundStartBlock) return answer.Uint256(23_799_000);
        if (function == ProtocolAbi.RoundLength) return answer.Uint256(5760);
        return answer.Bytes32(new AbiReader(arguments, 1).Uint256() == LastInitializedRound ? RoundHash : default);
    }

    private byte[] Broker(AbiFunction function, byte[] arguments, AbiWriter answer)
    {
        if (function == ProtocolAbi.UnlockPeriod) return answer.Uint256(2).ToArray();
        if (function == ProtocolAbi.TicketValidityPeriod) return answer.Uint256(3).ToArray();
        if (function == ProtocolAbi.UsedTickets) return answer.Bool(new AbiReader(arguments, 1).Bytes32() == RoundHash).ToArray();
        if (function == ProtocolAbi.GetTicketHash) return GetTicketHash!(arguments);
        var info = Senders.GetValueOrDefault(new AbiReader(arguments, 1).Address()) ?? new SenderInfo(0, 0, 0, 0);
        return answer.Uint256(info.Deposit).Uint256(info.WithdrawRound).Uint256(info.ReserveFundsRemaining).Uint256(info.ClaimedInCurrentRound).ToArray();
    }

    /// <summary>One orchestrator.</summary>
    internal sealed record Member(Address Address)
    {
        public byte[] Uri { get; init; } = "https://orchestrator.example:8935"u8.ToArray();

        public BigInteger Stake { get; init; } = BigInteger.Pow(10, 22);

        public int RewardCut { get; init; } = 100_000;

        public int FeeShare { get; init; } = 500_000;

        public long ActivationRound { get; init; } = 1;

        public BigInteger DeactivationRound { get; init; } = AbiWriter.MaxUint256;

        public long LastRewardRound { get; init; } = 4000;

        public long LastFeeRound { get; init; } = 3999;
    }
}
