namespace Monitoring.Livepeer;

/// <summary>One source segment of a clip.</summary>
/// <param name="Seq">Its number in the clip, from 0.</param>
/// <param name="Bytes">The MPEG transport stream.</param>
/// <param name="Video">Its video, measured by <see cref="TransportStreamReader"/>.</param>
/// <param name="Sha256">SHA-256 of the bytes: nothing that comes back may equal it.</param>
/// <param name="Keccak">Keccak-256 of the bytes: <c>SegData.hash</c>.</param>
public sealed record ClipSegment(int Seq, ReadOnlyMemory<byte> Bytes, VideoTrack Video, ImmutableArray<byte> Sha256, ImmutableArray<byte> Keccak)
{
    /// <summary>Its duration.</summary>
    public TimeSpan Duration => Video.Duration;
}
