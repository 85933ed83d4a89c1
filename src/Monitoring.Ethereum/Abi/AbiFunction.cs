using System.Text;

namespace Monitoring.Ethereum;

/// <summary>A function of a contract, known by its canonical signature such as <c>getTranscoder(address)</c>.</summary>
internal sealed class AbiFunction
{
    public const int SelectorLength = 4;

    private readonly byte[] _selector;

    public AbiFunction(string signature)
    {
        Signature = signature;
        _selector = Keccak256.Hash(Encoding.ASCII.GetBytes(signature))[..SelectorLength];
    }

    public string Signature { get; }

    /// <summary>The first four bytes of the keccak-256 of the signature (Contract ABI specification, "Function Selector").</summary>
    public ReadOnlySpan<byte> Selector => _selector;

    /// <summary>The name alone.</summary>
    public string Name => Signature[..Signature.IndexOf('(', StringComparison.Ordinal)];

    /// <summary>The bytes of a call without arguments.</summary>
    public byte[] Call() => [.. _selector];

    /// <summary>The bytes of a call.</summary>
    public byte[] Call(AbiWriter arguments) => [.. _selector, .. arguments.ToArray()];

    /// <summary>The topic of an event: the whole keccak-256 of its signature.</summary>
    public static Hash32 Topic(string signature) => Hash32.FromBytes(Keccak256.Hash(Encoding.ASCII.GetBytes(signature)));
}
