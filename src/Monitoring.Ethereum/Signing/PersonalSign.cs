using System.Globalization;
using System.Text;

namespace Monitoring.Ethereum;

/// <summary>
/// The personal-sign scheme (EIP-191, version 0x45): a signature over keccak-256(0x19 || "Ethereum Signed Message:\n" || decimal length ||
/// message). All five things that the protocol signs are signed so (livepeer-protocol, section 0).
/// </summary>
public static class PersonalSign
{
    private static readonly byte[] Prefix = Encoding.ASCII.GetBytes("\u0019Ethereum Signed Message:\n");

    /// <summary>The 32 bytes that are signed for a message.</summary>
    public static byte[] Digest(ReadOnlySpan<byte> message)
    {
        var keccak = new Keccak256();
        keccak.Append(Prefix);
        keccak.Append(Encoding.ASCII.GetBytes(message.Length.ToString(CultureInfo.InvariantCulture)));
        keccak.Append(message);
        return keccak.GetHashAndReset();
    }

    /// <summary>Who signed the message; null when no key could have made this signature.</summary>
    public static Address? Recover(ReadOnlySpan<byte> message, Signature signature) => Recovery.Recover(Digest(message), signature);
}
