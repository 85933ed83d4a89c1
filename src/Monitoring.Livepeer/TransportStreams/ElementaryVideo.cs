namespace Monitoring.Livepeer;

/// <summary>
/// Follows one packetised H.264 stream (ISO/IEC 13818-1, 2.4.3.6; ITU-T H.264, annex B) byte by byte: presentation times from its headers,
/// the picture size from its parameter sets, and how many pictures begin. It keeps no more than one header and one parameter set.
/// </summary>
internal sealed class ElementaryVideo
{
    private const int FixedHeader = 9;
    private readonly byte[] _header = new byte[FixedHeader + byte.MaxValue];
    private readonly byte[] _set = new byte[SequenceParameterSet.MaximumLength];
    private PresentationTimes _times;
    private int _headerFilled;
    private int _headerLength;
    private bool _inStream;
    private int _zeros;
    private Unit _unit;
    private int _setFilled;

    private enum Unit
    {
        /// <summary>Between units, or inside one that nobody reads.</summary>
        Other,

        /// <summary>The next byte is a unit's header.</summary>
        Header,

        /// <summary>The next byte begins a slice.</summary>
        SliceStart,

        /// <summary>Inside a sequence parameter set.</summary>
        ParameterSet,
    }

    /// <summary>Bytes looked at, those of a parameter set once more: the work done.</summary>
    public long Work { get; private set; }

    public int Width { get; private set; }

    public int Height { get; private set; }

    /// <summary>True when two parameter sets gave two sizes.</summary>
    public bool SizeChanged { get; private set; }

    /// <summary>Pictures begun.</summary>
    public int Pictures { get; private set; }

    public TimeSpan Duration => _times.Duration;

    /// <summary>Adds the payload of one packet.</summary>
    /// <param name="payload">What follows the packet's header and adaptation field.</param>
    /// <param name="starts">A new PES packet begins with it.</param>
    public void Add(ReadOnlySpan<byte> payload, bool starts)
    {
        Work += payload.Length;
        if (starts)
        {
            _inStream = true;
            _headerFilled = 0;
            _headerLength = FixedHeader;
        }

        if (!_inStream) return;
        while (_headerFilled < _headerLength)
        {
            if (payload.Length == 0) return;
            _header[_headerFilled++] = payload[0];
            payload = payload[1..];
            if (_headerFilled == FixedHeader && !ReadFixedHeader()) return;
            if (_headerFilled == _headerLength) ReadTime();
        }

        foreach (var b in payload) Add(b);
    }

    /// <summary>Ends the last unit.</summary>
    public void End() => EndUnit();

    private bool ReadFixedHeader()
    {
        var whole = _header[0] == 0 && _header[1] == 0 && _header[2] == 1 && (_header[6] & 0xc0) == 0x80;
        _inStream = whole;
        _headerLength = FixedHeader + _header[8];
        return whole;
    }

    private void ReadTime()
    {
        if ((_header[7] & 0x80) == 0 || _header[8] < 5) return;
        var time = _header.AsSpan(FixedHeader, 5);
        var high = ((long)(time[0] & 0x0e) << 29) | ((long)time[1] << 22) | ((long)(time[2] & 0xfe) << 14);
        _times.Add(high | ((long)time[3] << 7) | (long)(time[4] >> 1));
    }

    private void Add(byte b)
    {
        if (b == 1 && _zeros >= 2)
        {
            EndUnit();
            _unit = Unit.Header;
            _zeros = 0;
            return;
        }

        _zeros = b == 0 ? _zeros + 1 : 0;
        switch (_unit)
        {
            case Unit.Header:
                _unit = (b & 0x1f) switch { 1 or 5 => Unit.SliceStart, 7 => Unit.ParameterSet, _ => Unit.Other };
                break;
            case Unit.SliceStart:
                if ((b & 0x80) != 0) Pictures++; // first_mb_in_slice is 0, written as a single 1 bit: a picture begins
                _unit = Unit.Other;
                break;
            case Unit.ParameterSet when _setFilled < _set.Length:
                _set[_setFilled++] = b;
                break;
        }
    }

    private void EndUnit()
    {
        if (_unit == Unit.ParameterSet)
        {
            Work += _setFilled;
            if (SequenceParameterSet.TryReadSize(_set.AsSpan(0, _setFilled), out var width, out var height))
            {
                SizeChanged |= Width != 0 && (Width != width || Height != height);
                (Width, Height) = (width, height);
            }
        }

        _setFilled = 0;
        _unit = Unit.Other;
    }
}
