namespace Monitoring.Livepeer;

/// <summary>
/// Reads bits and Exp-Golomb codes (ITU-T H.264, 9.1) most significant bit first. Past the end it reads zeros and says so in
/// <see cref="Overrun"/>, so that a parser need check once only.
/// </summary>
internal ref struct BitReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _position;

    /// <summary>True once something was asked for that was not there, or a code was longer than 32 bits.</summary>
    public bool Overrun { get; private set; }

    /// <summary>Bits handed out so far: the work done.</summary>
    public readonly int Position => _position;

    public bool Flag() => Bit() == 1;

    public uint Bits(int count)
    {
        uint value = 0;
        for (var i = 0; i < count; i++) value = (value << 1) | Bit();
        return value;
    }

    /// <summary>An unsigned Exp-Golomb code, <c>ue(v)</c>.</summary>
    public uint Unsigned()
    {
        var zeros = 0;
        while (!Overrun && Bit() == 0)
        {
            if (++zeros <= 31) continue;
            Overrun = true;
        }

        return Overrun ? 0 : (1u << zeros) - 1 + Bits(zeros);
    }

    /// <summary>A signed Exp-Golomb code, <c>se(v)</c>.</summary>
    public int Signed()
    {
        var code = Unsigned();
        var half = (int)(code >> 1);
        return (code & 1) == 1 ? half + 1 : -half;
    }

    private uint Bit()
    {
        var index = _position >> 3;
        if (index >= _bytes.Length)
        {
            Overrun = true;
            return 0;
        }

        var bit = (uint)(_bytes[index] >> (7 - (_position & 7))) & 1;
        _position++;
        return bit;
    }
}
