namespace Monitoring.Livepeer.Tests;

/// <summary>Changes to real transport streams, made packet by packet.</summary>
internal static class Streams
{
    private const int Packet = 188;

    /// <summary>Adds a number of 90 kHz ticks to every presentation time of the video, modulo 2^33.</summary>
    public static void ShiftTimes(byte[] bytes, long ticks) => EachTime(bytes, (span, time) => WriteTime(span, (time + ticks) & ((1L << 33) - 1)));

    /// <summary>Multiplies the distance of every presentation time from the first.</summary>
    public static void StretchTimes(byte[] bytes, double factor)
    {
        var first = FirstTime(bytes);
        EachTime(bytes, (span, time) => WriteTime(span, first + (long)((time - first) * factor)));
    }

    public static long FirstTime(byte[] bytes)
    {
        long first = -1;
        EachTime(bytes, (_, time) => first = first < 0 ? time : Math.Min(first, time));
        return first;
    }

    /// <summary>Gives the video another stream type in the program map table.</summary>
    public static void RenameVideoType(byte[] bytes, byte type)
    {
        for (var packet = 0; packet < bytes.Length; packet += Packet)
        {
            if (Pid(bytes, packet) != 0x1000) continue;
            var at = bytes.AsSpan(packet, Packet).IndexOf((byte)0x1b);
            bytes[packet + at] = type;
        }
    }

    /// <summary>Replaces the first program map packet by two that hold the same section in halves.</summary>
    public static byte[] SplitProgramMap(byte[] bytes)
    {
        var at = 0;
        while (Pid(bytes, at) != 0x1000) at += Packet;
        var section = bytes.AsSpan(at + 5, Packet - 5);
        var first = new byte[Packet];
        var second = new byte[Packet];
        bytes.AsSpan(at, 4).CopyTo(first);
        bytes.AsSpan(at, 4).CopyTo(second);
        const int Kept = 10;
        const int Padding = Packet - 4 - 1 - 1 - Kept; // header, length of the adaptation field, pointer, the head of the section
        first[3] = 0x30;
        first[4] = Padding;
        first.AsSpan(5, Padding).Fill(0xff);
        first[5] = 0;
        section[..Kept].CopyTo(first.AsSpan(Packet - Kept));
        second[1] &= 0xbf;
        section[Kept..].CopyTo(second.AsSpan(4));
        return [.. bytes[..at], .. first, .. second, .. bytes[(at + Packet)..]];
    }

    /// <summary>Fills every payload of the video but the first packet's with a repeated pattern.</summary>
    public static byte[] FillVideo(byte[] bytes, byte[] pattern)
    {
        var filled = bytes.ToArray();
        for (var packet = 0; packet < filled.Length; packet += Packet)
        {
            if (Pid(filled, packet) != 0x100) continue;
            filled[packet + 1] &= 0xbf;
            filled[packet + 3] = 0x10;
            if (packet == FirstOf(filled, 0x100)) filled[packet + 1] |= 0x40;
            for (var i = packet == FirstOf(filled, 0x100) ? 40 : 4; i < Packet; i++) filled[packet + i] = pattern[i % pattern.Length];
        }

        return filled;
    }

    private static int FirstOf(byte[] bytes, int pid)
    {
        var at = 0;
        while (Pid(bytes, at) != pid) at += Packet;
        return at;
    }

    private static int Pid(byte[] bytes, int packet) => ((bytes[packet + 1] & 0x1f) << 8) | bytes[packet + 2];

    private static void EachTime(byte[] bytes, Action<Memory<byte>, long> change)
    {
        for (var packet = 0; packet < bytes.Length; packet += Packet)
        {
            if (Pid(bytes, packet) != 0x100 || (bytes[packet + 1] & 0x40) == 0) continue;
            var start = packet + 4 + ((bytes[packet + 3] & 0x20) != 0 ? 1 + bytes[packet + 4] : 0);
            if ((bytes[start + 7] & 0x80) == 0) continue;
            var span = bytes.AsMemory(start + 9, 5);
            var t = span.Span;
            change(span, ((long)(t[0] & 0x0e) << 29) | ((long)t[1] << 22) | ((long)(t[2] & 0xfe) << 14) | ((long)t[3] << 7) | (long)(t[4] >> 1));
        }
    }

    private static void WriteTime(Memory<byte> span, long time)
    {
        var t = span.Span;
        t[0] = (byte)((t[0] & 0xf1) | (int)((time >> 29) & 0x0e));
        t[1] = (byte)(time >> 22);
        t[2] = (byte)((int)((time >> 14) & 0xfe) | 1);
        t[3] = (byte)(time >> 7);
        t[4] = (byte)((int)((time << 1) & 0xfe) | 1);
    }
}
