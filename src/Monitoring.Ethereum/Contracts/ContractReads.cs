using System.Numerics;
using System.Text.Json;

namespace Monitoring.Ethereum;

/// <summary>What the contracts' answers mean.</summary>
internal static class ContractReads
{
    // More than any block can store in one string.
    private const int MostUriBytes = 1 << 20;

    public static BigInteger Uint256(JsonElement result) => new AbiReader(RpcHex.Data(result), 1).Uint256();

    public static long Round(JsonElement result, string what) => new AbiReader(RpcHex.Data(result), 1).Uint(long.MaxValue, what);

    public static bool Bool(JsonElement result) => new AbiReader(RpcHex.Data(result), 1).Bool();

    public static Address Address(JsonElement result) => new AbiReader(RpcHex.Data(result), 1).Address();

    public static Hash32 Bytes32(JsonElement result) => new AbiReader(RpcHex.Data(result), 1).Bytes32();

    public static SenderInfo SenderInfo(JsonElement result)
    {
        var reader = new AbiReader(RpcHex.Data(result), 4);
        return new SenderInfo(reader.Uint256(), reader.Uint(long.MaxValue, "The withdraw round"), reader.Uint256(), reader.Uint256());
    }

    public static string ServiceUri(JsonElement result) => PoolMember.TextOf(new AbiReader(RpcHex.Data(result), 2).Bytes(MostUriBytes));

    /// <summary>getTranscoder: the record without stake and URI.</summary>
    public static PoolMember Transcoder(Address address, JsonElement result)
    {
        var reader = new AbiReader(RpcHex.Data(result), 10);
        var lastRewardRound = reader.Uint(long.MaxValue, "The last reward round");
        var rewardCut = (int)reader.Uint(PoolMember.Parts, "The reward cut");
        var feeShare = (int)reader.Uint(PoolMember.Parts, "The fee share");
        reader.Uint256();
        var activationRound = reader.Uint(long.MaxValue, "The activation round");
        var deactivationRound = reader.Uint256();
        reader.Uint256();
        reader.Uint256();
        reader.Uint256();
        return new PoolMember
        {
            Address = address,
            ServiceUri = "",
            Stake = BigInteger.Zero,
            RewardCut = rewardCut,
            FeeShare = feeShare,
            ActivationRound = activationRound,
            DeactivationRound = deactivationRound > long.MaxValue ? null : (long)deactivationRound,
            LastRewardRound = lastRewardRound,
            LastFeeRound = reader.Uint(long.MaxValue, "The last fee round"),
        };
    }

    public static EarningsPool EarningsPool(long round, JsonElement result)
    {
        var reader = new AbiReader(RpcHex.Data(result), 5);
        return new EarningsPool(
            round,
            reader.Uint256(),
            (int)reader.Uint(PoolMember.Parts, "The reward cut"),
            (int)reader.Uint(PoolMember.Parts, "The fee share"),
            reader.Uint256(),
            reader.Uint256());
    }
}
