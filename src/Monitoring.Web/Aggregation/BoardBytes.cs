using Monitoring.Core;

namespace Monitoring.Web;

/// <summary>
/// The bytes of the plain read for one snapshot. From one to the next few rows change, and those that did not are the same objects: what they
/// look like is copied from the bytes before, so that a large board costs little more than the copy.
/// </summary>
internal sealed class BoardBytes
{
    private readonly (int Start, int End)[] _rows;

    private BoardBytes(LeaderboardSnapshot snapshot, byte[] bytes, (int Start, int End)[] rows) => (Snapshot, Bytes, _rows) = (snapshot, bytes, rows);

    /// <summary>The snapshot that they are made of.</summary>
    public LeaderboardSnapshot Snapshot { get; }

    /// <summary>A JSON object.</summary>
    public byte[] Bytes { get; }

    /// <summary>Makes the bytes of a snapshot.</summary>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="before">Those of an earlier one, made with the same <paramref name="write"/>; null when there are none.</param>
    /// <param name="write">What one row is: an object of its own, empty where the row is not shown.</param>
    public static BoardBytes Of(LeaderboardSnapshot snapshot, BoardBytes? before, Func<LeaderboardRow, byte[]> write)
    {
        var rows = snapshot.Rows;
        var members = new ReadOnlyMemory<byte>[rows.Length];
        var known = before?.Snapshot.Rows ?? [];
        long length = 2;
        for (int i = 0, old = 0; i < rows.Length; i++)
        {
            // Both are in order of the address, and most rows are the next ones of both: addresses are compared where they are not.
            while (old < known.Length && !ReferenceEquals(known[old], rows[i]) && known[old].Orchestrator < rows[i].Orchestrator) old++;
            members[i] = old < known.Length && ReferenceEquals(known[old], rows[i]) ? before!.Of(old++) : write(rows[i]).AsMemory(1..^1);
            if (members[i].Length > 0) length += members[i].Length + 1;
        }

        var bytes = new byte[length > 2 ? length - 1 : length];
        var places = new (int Start, int End)[rows.Length];
        bytes[0] = (byte)'{';
        var end = 1;
        for (var i = 0; i < rows.Length; i++)
        {
            if (members[i].Length > 0 && end > 1) bytes[end++] = (byte)',';
            members[i].Span.CopyTo(bytes.AsSpan(end));
            places[i] = (end, end += members[i].Length);
        }

        bytes[end] = (byte)'}';
        return new BoardBytes(snapshot, bytes, places);
    }

    private ReadOnlyMemory<byte> Of(int row) => Bytes.AsMemory(_rows[row].Start.._rows[row].End);
}
