namespace Monitoring.Livepeer;

/// <summary>
/// Measures the H.264 video of an MPEG transport stream (ISO/IEC 13818-1): size, duration, pictures. It is made for bytes that a stranger
/// chose: one pass, a few kilobytes of memory, no recursion, and every outcome is a value. It decodes nothing.
/// </summary>
public static class TransportStreamReader
{
    /// <summary>Bytes of a packet.</summary>
    public const int PacketLength = 188;

    private const byte Sync = 0x47;

    /// <summary>Measures a whole segment.</summary>
    /// <param name="bytes">The segment: whole packets, the first at offset 0.</param>
    /// <returns>The video track, or what is missing or broken.</returns>
    public static VideoReading Measure(ReadOnlySpan<byte> bytes) => Measure(bytes, out _);

    internal static VideoReading Measure(ReadOnlySpan<byte> bytes, out long work)
    {
        work = 0;
        if (bytes.Length == 0) return No("it is empty");
        if (bytes[0] != Sync) return No("it is not an MPEG transport stream: no sync byte at offset 0");
        if (bytes.Length % PacketLength != 0) return No($"its {bytes.Length} bytes are not whole packets of {PacketLength}");

        var tables = new ProgramTables();
        var video = new ElementaryVideo();
        for (var offset = 0; offset < bytes.Length; offset += PacketLength)
        {
            var packet = bytes.Slice(offset, PacketLength);
            if (packet[0] != Sync) return No($"no sync byte at offset {offset}");
            work += PacketLength;
            if (!TryReadPayload(packet, out var pid, out var starts, out var payload)) continue;
            if (pid == tables.VideoPid) video.Add(payload, starts);
            else tables.Read(pid, payload, starts);
        }

        video.End();
        work += video.Work;
        if (!tables.MapSeen) return No("it has no program map table");
        if (tables.VideoPid < 0) return No("its program has no H.264 video");
        if (video.Width == 0) return No("its video has no readable sequence parameter set");
        if (video.SizeChanged) return No("the picture size changes within it");
        if (video.Pictures == 0) return No("its video has no picture");
        return new VideoReading(new VideoTrack(video.Width, video.Height, video.Duration, video.Pictures), "");
    }

    /// <summary>Reads a packet's header (2.4.3.2). Damaged, scrambled and empty packets are passed over, as a player does.</summary>
    private static bool TryReadPayload(ReadOnlySpan<byte> packet, out int pid, out bool starts, out ReadOnlySpan<byte> payload)
    {
        pid = ((packet[1] & 0x1f) << 8) | packet[2];
        starts = (packet[1] & 0x40) != 0;
        payload = default;
        var damaged = (packet[1] & 0x80) != 0;
        var scrambled = (packet[3] & 0xc0) != 0;
        var hasPayload = (packet[3] & 0x10) != 0;
        if (damaged || scrambled || !hasPayload) return false;
        var start = 4 + ((packet[3] & 0x20) != 0 ? 1 + packet[4] : 0);
        if (start >= PacketLength) return false;
        payload = packet[start..];
        return true;
    }

    private static VideoReading No(string reason) => new(null, reason);
}
