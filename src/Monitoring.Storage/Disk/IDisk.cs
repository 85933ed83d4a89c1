namespace Monitoring.Storage.Disk;

/// <summary>
/// All that this project does to change a disk. The seam exists so that a test can make a disk full, or lose a sync, at any point it likes.
/// Reading goes past it.
/// </summary>
internal interface IDisk
{
    /// <summary>Opens a file for writing, creating an empty one that only its owner may read if there is none.</summary>
    IDiskFile Open(string path);

    /// <summary>Renames a file over whatever has the other name: after a crash there is the one or the other, whole.</summary>
    void Move(string from, string to);

    /// <summary>Deletes a file; none is no error.</summary>
    void Delete(string path);

    /// <summary>Makes created, renamed and deleted names of a directory durable.</summary>
    void SyncDirectory(string directory);
}

/// <summary>A file open for writing at any offset.</summary>
internal interface IDiskFile : IDisposable
{
    /// <summary>Length in bytes.</summary>
    long Length { get; }

    /// <summary>Writes all bytes at an offset.</summary>
    void Write(ReadOnlySpan<byte> bytes, long offset);

    /// <summary>Returns when everything written is on the disk.</summary>
    void Flush();

    /// <summary>Cuts or extends the file.</summary>
    void SetLength(long length);
}
