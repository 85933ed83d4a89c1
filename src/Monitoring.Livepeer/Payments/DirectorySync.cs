using System.Runtime.InteropServices;
using System.Text;

namespace Monitoring.Livepeer;

/// <summary>
/// Makes a name in a directory durable: a file that was renamed and synced is still under its old name after a loss of power until its directory
/// is synced too. The class library opens no directories, so this asks the C library; Windows journals names itself.
/// </summary>
internal static class DirectorySync
{
    // EINVAL and ENOTSUP: a file system that cannot sync directories (some network mounts). There is no more to be had of it.
    private static readonly int[] Unsupported = [22, 45, 95];

    /// <summary>Returns when the names in the directory are on disk.</summary>
    /// <exception cref="IOException">The disk refused.</exception>
    public static void Run(string directory)
    {
        if (OperatingSystem.IsWindows()) return;
        var descriptor = NativeMethods.Open(Encoding.UTF8.GetBytes(directory + '\0'), 0);
        if (descriptor < 0) throw Failure(directory);
        try
        {
            if (NativeMethods.Sync(descriptor) < 0 && !Unsupported.Contains(Marshal.GetLastPInvokeError())) throw Failure(directory);
        }
        finally
        {
            _ = NativeMethods.Close(descriptor);
        }
    }

    private static IOException Failure(string directory) =>
        new($"The directory '{directory}' could not be synced: {Marshal.GetLastPInvokeErrorMessage()}. Nothing may be signed until what was signed is safe on disk.");

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
