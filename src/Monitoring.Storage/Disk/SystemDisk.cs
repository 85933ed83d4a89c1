using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Monitoring.Storage.Disk;

/// <summary>The machine's own disk.</summary>
internal sealed class SystemDisk : IDisk
{
    public static SystemDisk Instance { get; } = new();

    public IDiskFile Open(string path)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = 0,
        };
        // Secrets of days to come may lie in these files: nobody but the owner reads them.
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new SystemFile(new FileStream(path, options));
    }

    public void Move(string from, string to) => File.Move(from, to, overwrite: true);

    public void Delete(string path) => File.Delete(path);

    /// <remarks>
    /// The class library opens no directories, so this asks the C library. Windows has no such call: its file system journals names itself.
    /// </remarks>
    public void SyncDirectory(string directory)
    {
        if (OperatingSystem.IsWindows()) return;
        var descriptor = NativeMethods.Open(Encoding.UTF8.GetBytes(directory + '\0'), 0);
        if (descriptor < 0) throw Failure(directory);
        try
        {
            // EINVAL and ENOTSUP: a file system that cannot sync directories (some network mounts). There is no more to be had of it.
            if (NativeMethods.Sync(descriptor) < 0 && Marshal.GetLastPInvokeError() is not (22 or 45 or 95)) throw Failure(directory);
        }
        finally
        {
            _ = NativeMethods.Close(descriptor);
        }
    }

    private static IOException Failure(string directory) =>
        new($"The directory '{directory}' could not be synced: {Marshal.GetLastPInvokeErrorMessage()}.");

    private sealed class SystemFile(FileStream stream) : IDiskFile
    {
        private readonly SafeFileHandle _handle = stream.SafeFileHandle;

        public long Length => RandomAccess.GetLength(_handle);

        public void Write(ReadOnlySpan<byte> bytes, long offset) => RandomAccess.Write(_handle, bytes, offset);

        public void Flush() => RandomAccess.FlushToDisk(_handle);

        public void SetLength(long length) => RandomAccess.SetLength(_handle, length);

        public void Dispose() => stream.Dispose();
    }

    private static class NativeMethods
    {
        [DllImport("libc", EntryPoint = "open", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static extern int Open(byte[] path, int flags);

        [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static extern int Sync(int descriptor);

        [DllImport("libc", EntryPoint = "close", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static extern int Close(int descriptor);
    }
}
