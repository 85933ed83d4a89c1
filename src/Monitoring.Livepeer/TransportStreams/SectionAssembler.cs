namespace Monitoring.Livepeer;

/// <summary>
/// Puts together one PSI section (ISO/IEC 13818-1, 2.4.4) from packets. It holds at most 1,024 bytes and starts afresh whenever a packet
/// says that a section begins.
/// </summary>
internal sealed class SectionAssembler
{
    private readonly byte[] _buffer = new byte[1024];
    private int _filled;
    private bool _started;

    /// <summary>Adds the payload of a packet.</summary>
    /// <param name="payload">What follows the packet's header and adaptation field.</param>
    /// <param name="starts">The packet's payload_unit_start_indicator: a pointer byte leads the payload.</param>
    /// <param name="section">The whole section from its table id to its checksum, when this packet completed it.</param>
    /// <returns>True when a section is complete.</returns>
    public bool TryAdd(ReadOnlySpan<byte> payload, bool starts, out ReadOnlySpan<byte> section)
    {
        section = default;
        if (starts)
        {
            if (payload.Length == 0 || payload[0] + 1 > payload.Length) return false;
            payload = payload[(payload[0] + 1)..];
            _filled = 0;
            _started = true;
        }

        if (!_started) return false;
        var taken = Math.Min(payload.Length, _buffer.Length - _filled);
        payload[..taken].CopyTo(_buffer.AsSpan(_filled));
        _filled += taken;
        if (_filled < 3) return false;
        var length = 3 + (((_buffer[1] & 0x0f) << 8) | _buffer[2]);
        if (length > _buffer.Length)
        {
            _started = false;
            return false;
        }

        if (_filled < length) return false;
        _started = false;
        section = _buffer.AsSpan(0, length);
        return true;
    }
}
