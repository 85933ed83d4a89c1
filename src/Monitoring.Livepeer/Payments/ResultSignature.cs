using Monitoring.Core;
using Monitoring.Ethereum;

namespace Monitoring.Livepeer;

/// <summary>
/// Checks the signature over the renditions of a result: personal-sign of the keccak-256 of their hashes in a row, which is not hashed again
/// (protocol reference, 2.4 and section 0).
/// </summary>
internal static class ResultSignature
{
    /// <summary>The 32 bytes that are signed.</summary>
    public static byte[] Message(IEnumerable<ReadOnlyMemory<byte>> renditions)
    {
        var keccak = new Keccak256();
        foreach (var rendition in renditions) keccak.Append(Keccak256.Hash(rendition.Span));
        return keccak.GetHashAndReset();
    }

    /// <summary>Whose signature is expected: the address of discovery, or the recipient of its tickets where that is zero; null off-chain.</summary>
    public static Address? SignerOf(Wire.OrchestratorInfo info)
    {
        if (info.TicketParams is not { } parameters) return null;
        if (info.Address.Length == Address.ByteLength && Address.FromBytes(info.Address.Span) is var address && address != Address.Zero) return address;
        return parameters.Recipient.Length == Address.ByteLength ? Address.FromBytes(parameters.Recipient.Span) : null;
    }

    /// <summary>Judges a result whose renditions were all fetched.</summary>
    /// <param name="session">The session that it was asked of.</param>
    /// <param name="signature">What the result holds.</param>
    /// <param name="renditions">The bytes of each rendition, in order of the result.</param>
    /// <returns>Completed when it is good or nobody signs, else what is wrong.</returns>
    public static Outcome Check(OrchestratorSession session, ReadOnlySpan<byte> signature, IEnumerable<ReadOnlyMemory<byte>> renditions)
    {
        if (session.ResultSigner is not { } signer) return new Outcome(OutcomeCode.Completed);
        if (!Signature.TryParse(signature, out var parsed, out var why)) return Bad(why);
        var recovered = PersonalSign.Recover(Message(renditions), parsed);
        return recovered == signer
            ? new Outcome(OutcomeCode.Completed)
            : Bad(recovered is { } other ? $"the renditions are signed by {other}, not by {signer}" : "nobody can have made the signature over the renditions");
    }

    private static Outcome Bad(string why) => new(OutcomeCode.BadSignature, Outcome.Clean(why));
}
