using System.Buffers.Binary;

namespace Monitoring.Livepeer;

/// <summary>Finds the video's packet id: program association table, then program map table (ISO/IEC 13818-1, 2.4.4.3 and 2.4.4.8).</summary>
internal sealed class ProgramTables
{
    private const int AssociationPid = 0;
    private const byte H264 = 0x1b;
    private const int Unknown = -1;

    private readonly SectionAssembler _association = new();
    private readonly SectionAssembler _map = new();
    private int _mapPid = Unknown;

    /// <summary>Packet id of the H.264 video; -1 until the tables named it.</summary>
    public int VideoPid { get; private set; } = Unknown;

    /// <summary>True once a program map table was read.</summary>
    public bool MapSeen { get; private set; }

    /// <summary>Looks at a packet; the first complete table of each kind counts.</summary>
    public void Read(int pid, ReadOnlySpan<byte> payload, bool starts)
    {
        if (pid == AssociationPid && _mapPid == Unknown)
        {
            if (_association.TryAdd(payload, starts, out var section)) ReadAssociation(section);
        }
        else if (pid == _mapPid && !MapSeen)
        {
            if (_map.TryAdd(payload, starts, out var section)) ReadMap(section);
        }
    }

    private void ReadAssociation(ReadOnlySpan<byte> section)
    {
        if (section[0] != 0 || section.Length < 12) return;
        for (var entries = section[8..^4]; entries.Length >= 4; entries = entries[4..])
        {
            if (BinaryPrimitives.ReadUInt16BigEndian(entries) == 0) continue; // the network table
            _mapPid = BinaryPrimitives.ReadUInt16BigEndian(entries[2..]) & 0x1fff;
            return;
        }
    }

    private void ReadMap(ReadOnlySpan<byte> section)
    {
        if (section[0] != 2 || section.Length < 16) return;
        MapSeen = true;
        var entries = section[12..^4];
        var descriptors = BinaryPrimitives.ReadUInt16BigEndian(section[10..]) & 0x0fff;
        if (descriptors > entries.Length) return;
        for (entries = entries[descriptors..]; entries.Length >= 5;)
        {
            if (entries[0] == H264)
            {
                VideoPid = BinaryPrimitives.ReadUInt16BigEndian(entries[1..]) & 0x1fff;
                return;
            }

            var next = 5 + (BinaryPrimitives.ReadUInt16BigEndian(entries[3..]) & 0x0fff);
            if (next > entries.Length) return;
            entries = entries[next..];
        }
    }
}
