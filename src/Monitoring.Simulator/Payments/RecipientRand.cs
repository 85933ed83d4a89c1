using System.Numerics;
using System.Security.Cryptography;
using Monitoring.Core;
using Monitoring.Ethereum;

namespace Monitoring.Simulator;

/// <summary>
/// The number a recipient commits to for one set of ticket parameters (protocol section 3.4, step 6). It is computed anew from what a payment
/// carries, so the orchestrator keeps no table, and any changed field gives another number.
/// </summary>
internal sealed class RecipientRand(ReadOnlySpan<byte> secret)
{
    private readonly byte[] _secret = secret.ToArray();

    public BigInteger Of(
        BigInteger seed, Address sender, BigInteger faceValue, BigInteger winProb, BigInteger expirationBlock, Rational price, ReadOnlySpan<byte> auxData) =>
        BigEndian.Read(HMACSHA256.HashData(_secret, Message(seed, sender, faceValue, winProb, expirationBlock, price, auxData)));

    /// <summary>What is published of it: <c>recipientRandHash</c>.</summary>
    public static Hash32 HashOf(BigInteger rand) => Hash32.FromBytes(Keccak256.Hash(BigEndian.Word(rand)));

    public static byte[] Message(
        BigInteger seed, Address sender, BigInteger faceValue, BigInteger winProb, BigInteger expirationBlock, Rational price, ReadOnlySpan<byte> auxData) =>
    [
        .. BigEndian.Minimal(seed), .. sender.ToByteArray(), .. BigEndian.Minimal(faceValue), .. BigEndian.Minimal(winProb),
        .. BigEndian.Minimal(expirationBlock), .. BigEndian.Minimal(price.Numerator), .. BigEndian.Minimal(price.Denominator), .. auxData,
    ];
}
