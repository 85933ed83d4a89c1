using Monitoring.Storage.Disk;

namespace Monitoring.Storage.Tests;

/// <summary>The machine's disk, except that it can be made full, or refuse what a test says.</summary>
internal sealed class FaultyDisk : IDisk
{
    public const long Unlimited = long.MaxValue / 2;

    /// <summary>Bytes that may still be written; what is over is refused after a part of it was written.</summary>
    public long Room { get; set; } = Unlimited;

    public bool RefusesToFlush { get; set; }

    public bool RefusesToCut { get; set; }

    public bool RefusesToMove { get; set; }

    public bool RefusesToSyncDirectories { get; set; }

    public int Flushes { get; private set; }

    /// <summary>Called before each sync, after everything was written.</summary>
    public Action? BeforeFlush { get; set; }

    public IDiskFile Open(string path) => new FaultyFile(this, SystemDisk.Instance.Open(path));

    public void Move(string from, string to)
    {
        Refuse(RefusesToMove);
        SystemDisk.Instance.Move(from, to);
    }

    public void Delete(string path) => SystemDisk.Instance.Delete(path);

    public void SyncDirectory(string directory)
    {
        Refuse(RefusesToSyncDirectories);
        SystemDisk.Instance.SyncDirectory(directory);
    }

    private static void Refuse(bool really)
    {
        if (really) throw new IOException("The disk is made to refuse.");
    }

    private sealed class FaultyFile(FaultyDisk disk, IDiskFile inner) : IDiskFile
    {
        public long Length => inner.Length;

        public void Write(ReadOnlySpan<byte> bytes, long offset)
        {
            var fits = (int)Math.Min(bytes.Length, disk.Room);
            inner.Write(bytes[..fits], offset);
            disk.Room -= fits;
            if (fits < bytes.Length) throw new IOException("No space left on device.");
        }

        public void Flush()
        {
            disk.BeforeFlush?.Invoke();
            Refuse(disk.RefusesToFlush);
            disk.Flushes++;
            inner.Flush();
        }

        public void SetLength(long length)
        {
            Refuse(disk.RefusesToCut);
            disk.Room += inner.Length - length;
            inner.SetLength(length);
        }

        public void Dispose() => inner.Dispose();
    }
}
