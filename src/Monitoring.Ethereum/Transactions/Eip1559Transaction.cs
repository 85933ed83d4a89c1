using System.Numerics;

namespace Monitoring.Ethereum;

/// <summary>A transaction of type 2 (EIP-1559) before it is signed: what the operator is shown and asked about.</summary>
public sealed record Eip1559Transaction
{
    /// <summary>The chain it is good for.</summary>
    public required long ChainId { get; init; }

    /// <summary>The sender's count of transactions.</summary>
    public required long Nonce { get; init; }

    /// <summary>The tip for a unit of gas, in wei.</summary>
    public required BigInteger MaxPriorityFeePerGas { get; init; }

    /// <summary>The most that is paid for a unit of gas, in wei.</summary>
    public required BigInteger MaxFeePerGas { get; init; }

    /// <summary>The most gas that it may use.</summary>
    public required long GasLimit { get; init; }

    /// <summary>The contract that is called.</summary>
    public required Address To { get; init; }

    /// <summary>What is sent along, in wei.</summary>
    public required BigInteger Value { get; init; }

    /// <summary>The data of the call.</summary>
    public required ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>The most that it can cost, value and gas, in wei.</summary>
    public BigInteger MaxCost => Value + (MaxFeePerGas * GasLimit);

    /// <summary>What is signed: keccak-256(0x02 || rlp of nine fields).</summary>
    public byte[] SigningHash() => Keccak256.Hash([2, .. Rlp.List(Fields())]);

    /// <summary>The signed bytes, as <c>eth_sendRawTransaction</c> takes them; their keccak-256 is the transaction's hash.</summary>
    public byte[] Encode(Signature signature)
    {
        var bytes = signature.ToBytes();
        return
        [
            2,
            .. Rlp.List(
            [
                .. Fields(), Rlp.Number(signature.V - 27), Rlp.Number(Scalar.Read(bytes.AsSpan(0, 32))), Rlp.Number(Scalar.Read(bytes.AsSpan(32, 32))),
            ]),
        ];
    }

    private byte[][] Fields() =>
    [
        Rlp.Number(ChainId), Rlp.Number(Nonce), Rlp.Number(MaxPriorityFeePerGas), Rlp.Number(MaxFeePerGas), Rlp.Number(GasLimit),
        Rlp.Bytes(To.ToByteArray()), Rlp.Number(Value), Rlp.Bytes(Data.Span), Rlp.List(),
    ];
}
