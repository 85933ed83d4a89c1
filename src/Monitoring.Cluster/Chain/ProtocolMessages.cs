using System.Numerics;
using Nethereum.ABI.FunctionEncoding.Attributes;
using Nethereum.Contracts;

namespace Monitoring.Cluster.Chain;

// The functions of the protocol's contracts that a chain is read by, and what they return (livepeer-protocol, section 4), as Nethereum writes
// them. Numbers are read as 256 bits and judged by us.

[Function("getContract")]
internal sealed class GetContract : FunctionMessage
{
    [Parameter("bytes32", "_id", 1)]
    public byte[] Id { get; set; } = [];
}

[Function("getFirstTranscoderInPool")]
internal sealed class GetFirstTranscoderInPool : FunctionMessage;

[Function("getNextTranscoderInPool")]
internal sealed class GetNextTranscoderInPool : FunctionMessage
{
    [Parameter("address", "_transcoder", 1)]
    public string Transcoder { get; set; } = "";
}

[Function("getTranscoderPoolSize")]
internal sealed class GetTranscoderPoolSize : FunctionMessage;

[Function("getTranscoderPoolMaxSize")]
internal sealed class GetTranscoderPoolMaxSize : FunctionMessage;

[Function("getTranscoder")]
internal sealed class GetTranscoder : FunctionMessage
{
    [Parameter("address", "_transcoder", 1)]
    public string Transcoder { get; set; } = "";
}

[Function("transcoderTotalStake")]
internal sealed class TranscoderTotalStake : FunctionMessage
{
    [Parameter("address", "_transcoder", 1)]
    public string Transcoder { get; set; } = "";
}

[Function("getTranscoderEarningsPoolForRound")]
internal sealed class GetTranscoderEarningsPoolForRound : FunctionMessage
{
    [Parameter("address", "_transcoder", 1)]
    public string Transcoder { get; set; } = "";

    [Parameter("uint256", "_round", 2)]
    public BigInteger Round { get; set; }
}

[Function("getServiceURI")]
internal sealed class GetServiceUri : FunctionMessage
{
    [Parameter("address", "_addr", 1)]
    public string Address { get; set; } = "";
}

[Function("currentRound")]
internal sealed class CurrentRound : FunctionMessage;

[Function("currentRoundInitialized")]
internal sealed class CurrentRoundInitialized : FunctionMessage;

[Function("lastInitializedRound")]
internal sealed class LastInitializedRound : FunctionMessage;

[Function("blockHashForRound")]
internal sealed class BlockHashForRound : FunctionMessage
{
    [Parameter("uint256", "_round", 1)]
    public BigInteger Round { get; set; }
}

[Function("getSenderInfo")]
internal sealed class GetSenderInfo : FunctionMessage
{
    [Parameter("address", "_sender", 1)]
    public string Sender { get; set; } = "";
}

[FunctionOutput]
internal sealed class NumberOutput : IFunctionOutputDTO
{
    [Parameter("uint256", "", 1)]
    public BigInteger Value { get; set; }
}

[FunctionOutput]
internal sealed class WordOutput : IFunctionOutputDTO
{
    [Parameter("bytes32", "", 1)]
    public byte[] Value { get; set; } = [];
}

// A service URI is a string to the contract; its bytes are the owner's choice, so they are read as bytes. Both are laid out alike.
[FunctionOutput]
internal sealed class BytesOutput : IFunctionOutputDTO
{
    [Parameter("bytes", "", 1)]
    public byte[] Value { get; set; } = [];
}

[FunctionOutput]
internal sealed class SenderInfoOutput : IFunctionOutputDTO
{
    [Parameter("uint256", "deposit", 1)]
    public BigInteger Deposit { get; set; }

    [Parameter("uint256", "withdrawRound", 2)]
    public BigInteger WithdrawRound { get; set; }

    [Parameter("uint256", "fundsRemaining", 3)]
    public BigInteger FundsRemaining { get; set; }

    [Parameter("uint256", "claimedInCurrentRound", 4)]
    public BigInteger ClaimedInCurrentRound { get; set; }
}

[FunctionOutput]
internal sealed class TranscoderOutput : IFunctionOutputDTO
{
    [Parameter("uint256", "lastRewardRound", 1)]
    public BigInteger LastRewardRound { get; set; }

    [Parameter("uint256", "rewardCut", 2)]
    public BigInteger RewardCut { get; set; }

    [Parameter("uint256", "feeShare", 3)]
    public BigInteger FeeShare { get; set; }

    [Parameter("uint256", "lastActiveStakeUpdateRound", 4)]
    public BigInteger LastActiveStakeUpdateRound { get; set; }

    [Parameter("uint256", "activationRound", 5)]
    public BigInteger ActivationRound { get; set; }

    [Parameter("uint256", "deactivationRound", 6)]
    public BigInteger DeactivationRound { get; set; }

    [Parameter("uint256", "activeCumulativeRewards", 7)]
    public BigInteger ActiveCumulativeRewards { get; set; }

    [Parameter("uint256", "cumulativeRewards", 8)]
    public BigInteger CumulativeRewards { get; set; }

    [Parameter("uint256", "cumulativeFees", 9)]
    public BigInteger CumulativeFees { get; set; }

    [Parameter("uint256", "lastFeeRound", 10)]
    public BigInteger LastFeeRound { get; set; }
}

[FunctionOutput]
internal sealed class EarningsPoolOutput : IFunctionOutputDTO
{
    [Parameter("uint256", "totalStake", 1)]
    public BigInteger TotalStake { get; set; }

    [Parameter("uint256", "transcoderRewardCut", 2)]
    public BigInteger RewardCut { get; set; }

    [Parameter("uint256", "transcoderFeeShare", 3)]
    public BigInteger FeeShare { get; set; }

    [Parameter("uint256", "cumulativeRewardFactor", 4)]
    public BigInteger CumulativeRewardFactor { get; set; }

    [Parameter("uint256", "cumulativeFeeFactor", 5)]
    public BigInteger CumulativeFeeFactor { get; set; }
}
