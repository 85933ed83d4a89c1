using System.Numerics;
using Monitoring.Core;
using Monitoring.Ethereum;

namespace Monitoring.Simulator;

/// <summary>A ticket as a payment brought it, with the fields the contract hashes (protocol section 3.3).</summary>
public sealed record ReceivedTicket
{
    /// <summary>2^256 - 1: the probability of certainty.</summary>
    internal static readonly BigInteger MaxWinProb = BigInteger.Pow(2, 256) - 1;

    /// <summary>Who is paid if it wins.</summary>
    public required Address Recipient { get; init; }

    /// <summary>Who pays.</summary>
    public required Address Sender { get; init; }

    /// <summary>Wei paid if it wins.</summary>
    public required BigInteger FaceValue { get; init; }

    /// <summary>The probability to win, times 2^256 - 1.</summary>
    public required BigInteger WinProb { get; init; }

    /// <summary>The number of the ticket among those with the same parameters.</summary>
    public required uint SenderNonce { get; init; }

    /// <summary>Keccak-256 of the recipient's number.</summary>
    public required Hash32 RecipientRandHash { get; init; }

    /// <summary>The round in which the parameters were made.</summary>
    public required long CreationRound { get; init; }

    /// <summary>The L1 block hash stored for that round.</summary>
    public required Hash32 CreationRoundBlockHash { get; init; }

    /// <summary>What the ticket is worth on average, wei, exactly.</summary>
    public Rational ExpectedValue => new(FaceValue * WinProb, MaxWinProb);

    /// <summary>The bytes the contract calls <c>auxData</c>: round and block hash, or nothing where both are zero.</summary>
    public ImmutableArray<byte> AuxData => [.. AuxDataOf(CreationRound, CreationRoundBlockHash)];

    /// <summary>The hash that is signed and that the contract computes.</summary>
    public Hash32 Hash() =>
        Hash32.FromBytes(Keccak256.Hash(
        [
            .. Recipient.ToByteArray(), .. Sender.ToByteArray(), .. BigEndian.Word(FaceValue), .. BigEndian.Word(WinProb),
            .. BigEndian.Word(SenderNonce), .. RecipientRandHash.ToByteArray(), .. AuxData,
        ]));

    internal static byte[] AuxDataOf(long creationRound, Hash32 blockHash) =>
        creationRound == 0 && blockHash.IsZero ? [] : [.. BigEndian.Word(creationRound), .. blockHash.ToByteArray()];

    /// <summary>Whether it wins: keccak-256 of signature and recipient's number, as an integer, is less than the probability.</summary>
    internal static bool Wins(ReadOnlySpan<byte> signature, BigInteger recipientRand, BigInteger winProb) =>
        BigEndian.Read(Keccak256.Hash([.. signature, .. BigEndian.Word(recipientRand)])) < winProb;
}
