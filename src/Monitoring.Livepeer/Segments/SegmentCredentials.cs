using System.Buffers.Binary;
using System.Text;
using Google.Protobuf;
using Monitoring.Ethereum;

namespace Monitoring.Livepeer;

/// <summary>Builds what the <c>Livepeer-Segment</c> header says of a segment (protocol reference, 2.2).</summary>
public static class SegmentCredentials
{
    private static readonly ByteString LegacyProfiles = ByteString.CopyFromUtf8("invalid");

    /// <summary>
    /// The text whose keccak-256 a gateway signs, without separators: manifest id, sequence number in 32 bytes, segment hash, and for each
    /// profile the first 4 bytes of keccak-256 of its name as hex.
    /// </summary>
    /// <param name="manifestId">ASCII letters and digits; never a <c>/</c>, because orchestrators make a file name of it.</param>
    /// <param name="seq">Sequence number, from 0.</param>
    /// <param name="hash">Keccak-256 of the segment, 32 bytes.</param>
    /// <param name="profileNames">The names of the profiles, in order.</param>
    public static byte[] Flatten(string manifestId, long seq, ReadOnlySpan<byte> hash, IEnumerable<string> profileNames)
    {
        ArgumentNullException.ThrowIfNull(profileNames);
        var ids = string.Concat(profileNames.Select(ProfileId));
        var manifest = Encoding.UTF8.GetBytes(manifestId);
        var flat = new byte[manifest.Length + 32 + hash.Length + ids.Length];
        manifest.CopyTo(flat, 0);
        BinaryPrimitives.WriteInt64BigEndian(flat.AsSpan(manifest.Length + 24), seq);
        hash.CopyTo(flat.AsSpan(manifest.Length + 32));
        Encoding.ASCII.GetBytes(ids, flat.AsSpan(manifest.Length + 32 + hash.Length));
        return flat;
    }

    /// <summary>The id of a profile's name: the first 4 bytes of its keccak-256 in lower-case hex (vector <c>profile-ids</c>).</summary>
    public static string ProfileId(string name) => Convert.ToHexStringLower(Keccak256.Hash(Encoding.UTF8.GetBytes(name)).AsSpan()[..4]);

    /// <summary>The message. The auth token goes back as it came, unknown fields and all.</summary>
    internal static Wire.SegData Build(
        string manifestId, ClipSegment segment, IEnumerable<RenditionProfile> profiles, Wire.AuthToken token, ReadOnlyMemory<byte> signature)
    {
        var message = new Wire.SegData
        {
            ManifestId = ByteString.CopyFromUtf8(manifestId),
            Seq = segment.Seq,
            Hash = ByteString.CopyFrom(segment.Keccak.AsSpan()),
            Profiles = LegacyProfiles,
            Sig = ByteString.CopyFrom(signature.Span),
            Duration = (int)Math.Round(segment.Duration.TotalMilliseconds),
            Capabilities = CapabilityOffer.StreamTest.ToWire(),
            AuthToken = token,
        };
        // Plain MPEG-TS without frame rate fractions, encoder profile or GOP: where a gateway puts them too.
        message.FullProfiles.AddRange(profiles.Select(profile => profile.ToWire()));
        return message;
    }
}
