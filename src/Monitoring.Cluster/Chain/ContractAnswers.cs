using System.Buffers;
using System.Globalization;
using System.Numerics;
using Monitoring.Ethereum;
using Nethereum.ABI.FunctionEncoding.Attributes;
using Nethereum.Contracts;
using Newtonsoft.Json.Linq;

namespace Monitoring.Cluster.Chain;

/// <summary>
/// What the answers of a chain mean. Nethereum decodes what it is given and is lenient about what it is not: that an answer is whole, and in
/// its range, is looked at here. Every method throws a <see cref="FormatException"/> where it is not.
/// </summary>
internal static class ContractAnswers
{
    private const int Word = 64;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    // More than any block can store in one string.
    private const int MostUriDigits = 2 << 20;

    public static BigInteger Number(string? answer) => Decode<NumberOutput>(answer, 1).Value;

    public static long Round(string? answer, string what) => Within(Number(answer), long.MaxValue, what);

    public static bool Truth(string? answer) => Number(answer) is var value && value <= 1 ? value.IsOne : throw new FormatException("the answer is neither true nor false");

    public static Hash32 Hash(string? answer) => Hash32.FromBytes(Decode<WordOutput>(answer, 1).Value);

    public static Address Address(string? answer)
    {
        var word = Decode<WordOutput>(answer, 1).Value;
        if (word.AsSpan(0, 12).ContainsAnyExcept((byte)0)) throw new FormatException("the answer is not an address: its first 12 bytes are not zero");
        return Ethereum.Address.FromBytes(word.AsSpan(12));
    }

    public static SenderInfo Sender(string? answer)
    {
        var read = Decode<SenderInfoOutput>(answer, 4);
        return new SenderInfo(read.Deposit, Within(read.WithdrawRound, long.MaxValue, "the withdraw round"), read.FundsRemaining, read.ClaimedInCurrentRound);
    }

    /// <summary>The record without stake, URI and pools.</summary>
    public static PoolMember Transcoder(Address address, string? answer)
    {
        var read = Decode<TranscoderOutput>(answer, 10);
        return new PoolMember
        {
            Address = address,
            ServiceUri = "",
            Stake = BigInteger.Zero,
            RewardCut = (int)Within(read.RewardCut, PoolMember.Parts, "The reward cut"),
            FeeShare = (int)Within(read.FeeShare, PoolMember.Parts, "The fee share"),
            ActivationRound = Within(read.ActivationRound, long.MaxValue, "The activation round"),
            DeactivationRound = read.DeactivationRound > long.MaxValue ? null : (long)read.DeactivationRound,
            LastRewardRound = Within(read.LastRewardRound, long.MaxValue, "The last reward round"),
            LastFeeRound = Within(read.LastFeeRound, long.MaxValue, "The last fee round"),
        };
    }

    public static EarningsPool Pool(long round, string? answer)
    {
        var read = Decode<EarningsPoolOutput>(answer, 5);
        return new EarningsPool(
            round,
            read.TotalStake,
            (int)Within(read.RewardCut, PoolMember.Parts, "The reward cut"),
            (int)Within(read.FeeShare, PoolMember.Parts, "The fee share"),
            read.CumulativeRewardFactor,
            read.CumulativeFeeFactor);
    }

    public static string ServiceUri(string? answer)
    {
        // Offset and length are looked at first: the decoder takes them for granted.
        var digits = Digits(answer, 2);
        var offset = Part(digits, 0);
        if (offset > digits.Length / 2 - 32) throw new FormatException("the text begins past the end of the answer");
        var length = Part(digits, (int)offset / 32);
        if (offset % 32 != 0 || length > (digits.Length / 2) - (int)offset - 32 || length > MostUriDigits / 2) throw new FormatException("the text ends past the end of the answer");
        return PoolMember.TextOf(new BytesOutput().DecodeOutput(answer).Value);
    }

    /// <summary>A quantity as JSON-RPC writes it ("Hex encoding"): no leading zeros, at most 256 bits.</summary>
    public static BigInteger Quantity(JToken? value)
    {
        var text = Text(value);
        if (text.Length is < 3 or > 66 || !IsHex(text) || (text[2] == '0' && text.Length > 3)) throw new FormatException("a quantity is expected");
        return BigInteger.Parse("0" + text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }

    /// <summary>A quantity from 0 to 2^63 - 1.</summary>
    public static long Int64(JToken? value) => Within(Quantity(value), long.MaxValue, "the quantity");

    /// <summary>32 bytes of data.</summary>
    public static Hash32 BlockHash(JToken? value) =>
        Text(value) is { Length: 2 + Word } text && IsHex(text) ? Hash32.FromBytes(Convert.FromHexString(text.AsSpan(2))) : throw new FormatException("a hash is expected");

    private static T Decode<T>(string? answer, int words)
        where T : IFunctionOutputDTO, new()
    {
        Digits(answer, words);
        return new T().DecodeOutput(answer);
    }

    private static string Digits(string? answer, int words)
    {
        if (answer is null || !IsHex(answer)) throw new FormatException("data is expected");
        var digits = answer[2..];
        if (digits.Length == 0) throw new FormatException("the answer is empty: there is no contract at that address, or it has no such function");
        if (digits.Length % Word != 0 || digits.Length < words * Word) throw new FormatException($"the answer has {digits.Length / 2} bytes, and {words * Word / 2} are expected");
        return digits;
    }

    private static BigInteger Part(string digits, int word) =>
        new(Convert.FromHexString(digits.AsSpan(word * Word, Word)), isUnsigned: true, isBigEndian: true);

    private static long Within(BigInteger value, long most, string what) =>
        value <= most ? (long)value : throw new FormatException($"{what} is {RpcText.Clean(value.ToString(CultureInfo.InvariantCulture), 30)}, and at most {most} makes sense");

    private static string Text(JToken? value) => value is JValue { Type: JTokenType.String, Value: string text } ? text : throw new FormatException("a hex string is expected");

    private static bool IsHex(string text) => text.StartsWith("0x", StringComparison.Ordinal) && !text.AsSpan(2).ContainsAnyExcept(HexDigits);
}
