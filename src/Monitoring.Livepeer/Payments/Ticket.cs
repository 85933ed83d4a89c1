using System.Buffers.Binary;
using System.Numerics;
using Monitoring.Core;
using Monitoring.Ethereum;

namespace Monitoring.Livepeer;

/// <summary>One probabilistic ticket: it is worth its face value to the recipient or nothing (protocol reference, 3.3).</summary>
/// <param name="Recipient">Who is paid.</param>
/// <param name="Sender">Who pays.</param>
/// <param name="FaceValue">Wei, below 2^256.</param>
/// <param name="WinProb">The chance, over <see cref="MaxWinProb"/>.</param>
/// <param name="SenderNonce">From 1 for each recipientRandHash.</param>
/// <param name="RecipientRandHash">The recipient's commitment.</param>
/// <param name="CreationRound">The round of creation.</param>
/// <param name="CreationRoundBlockHash">The hash of that round's block.</param>
public sealed record Ticket(
    Address Recipient, Address Sender, BigInteger FaceValue, BigInteger WinProb, uint SenderNonce, Hash32 RecipientRandHash, long CreationRound,
    Hash32 CreationRoundBlockHash)
{
    private const int PlainLength = 168;
    private const int AuxLength = 64;

    /// <summary>Certainty: 2^256 - 1.</summary>
    public static BigInteger MaxWinProb { get; } = BigInteger.Pow(2, 256) - 1;

    /// <summary>What a ticket is worth on average, wei, exact: <c>faceValue * winProb / (2^256 - 1)</c>.</summary>
    public static Rational ExpectedValueOf(BigInteger faceValue, BigInteger winProb) => new(faceValue * winProb, MaxWinProb);

    /// <summary>Round and block hash in 64 bytes; none when both are zero.</summary>
    public static byte[] AuxData(long creationRound, Hash32 creationRoundBlockHash)
    {
        if (creationRound == 0 && creationRoundBlockHash.IsZero) return [];
        var aux = new byte[AuxLength];
        BinaryPrimitives.WriteInt64BigEndian(aux.AsSpan(24), creationRound);
        creationRoundBlockHash.WriteTo(aux.AsSpan(32));
        return aux;
    }

    /// <summary>The fields, tightly packed: 232 bytes, or 168 without auxiliary data.</summary>
    public byte[] Pack()
    {
        var aux = AuxData(CreationRound, CreationRoundBlockHash);
        var packed = new byte[PlainLength + aux.Length];
        Recipient.WriteTo(packed);
        Sender.WriteTo(packed.AsSpan(20));
        WireNumber.Write32(FaceValue, packed.AsSpan(40));
        WireNumber.Write32(WinProb, packed.AsSpan(72));
        BinaryPrimitives.WriteUInt32BigEndian(packed.AsSpan(132), SenderNonce);
        RecipientRandHash.WriteTo(packed.AsSpan(136));
        aux.CopyTo(packed, PlainLength);
        return packed;
    }

    /// <summary>Keccak-256 of <see cref="Pack"/>: the ticket's name on the chain, and the message of its personal-sign.</summary>
    public byte[] Hash() => Keccak256.Hash(Pack());
}
