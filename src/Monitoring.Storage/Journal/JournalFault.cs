namespace Monitoring.Storage;

/// <summary>What is wrong with a line of a journal, or with a stored item.</summary>
public enum JournalFaultKind
{
    /// <summary>The file ends inside a line: the process or the machine died while writing it. Nobody was told that it was kept.</summary>
    TornLine,

    /// <summary>A line that is no record: broken JSON, a missing or impossible field, or a test of another day. Skipped.</summary>
    NotARecord,

    /// <summary>A line whose hash does not fit its content: it was changed after it was written. Skipped.</summary>
    Changed,

    /// <summary>A sound line that does not follow from the one before: lines between them are missing. The line itself is kept.</summary>
    Gap,

    /// <summary>A line of more than 4 MiB. Skipped.</summary>
    TooLong,

    /// <summary>Something that can be made again could not be written (the hourly sums of a closed day).</summary>
    NotWritten,
}

/// <summary>Damage that was found in stored data. Reading goes on behind it; nothing is repaired but a torn last line.</summary>
/// <param name="File">The file's name.</param>
/// <param name="Line">The line, from 1; 0 when the whole file is meant.</param>
/// <param name="Offset">Where the line begins, bytes from the start of the file.</param>
/// <param name="Kind">What is wrong.</param>
/// <param name="Message">What was found and what became of it, one sentence.</param>
public sealed record JournalFault(string File, long Line, long Offset, JournalFaultKind Kind, string Message)
{
    /// <inheritdoc />
    public override string ToString() => $"{File} line {Line} (byte {Offset}): {Message}";
}
