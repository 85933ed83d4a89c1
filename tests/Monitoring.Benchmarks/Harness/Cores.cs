using System.Runtime.InteropServices;

namespace Monitoring.Benchmarks;

/// <summary>
/// Ties threads to cores. On Linux the tie is the thread's own, and whatever it starts (a thread, a process) inherits it; a process started
/// so counts one processor from its first moment on, garbage collector and thread pool included.
/// </summary>
internal static class Cores
{
    private const int MaskBytes = 128;

    /// <summary>The cores that this process may use.</summary>
    public static ImmutableArray<int> Usable { get; } = Read();

    /// <summary>True when threads can be tied.</summary>
    public static bool CanPin => OperatingSystem.IsLinux();

    /// <summary>The core of whoever asks.</summary>
    public static int Client => Usable[0];

    /// <summary>The core of what is measured: another one, where there is one.</summary>
    public static int Server => Usable[^1];

    /// <summary>Runs work on a thread of its own, tied to a core.</summary>
    public static Task<T> RunAsync<T>(int core, Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                Pin(core);
                done.SetResult(work());
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        }) { IsBackground = true, Name = $"core {core}" }.Start();
        return done.Task;
    }

    private static void Pin(int core)
    {
        if (!CanPin) return;
        var mask = new byte[MaskBytes];
        mask[core / 8] = (byte)(1 << (core % 8));
        if (SetAffinity(0, MaskBytes, mask) != 0) throw new BenchmarkException($"The system does not let a thread run on core {core}.");
    }

    private static ImmutableArray<int> Read()
    {
        var mask = new byte[MaskBytes];
        return CanPin && GetAffinity(0, MaskBytes, mask) == 0
            ? [.. Enumerable.Range(0, MaskBytes * 8).Where(core => (mask[core / 8] >> (core % 8) & 1) != 0)]
            : [.. Enumerable.Range(0, Environment.ProcessorCount)];
    }

    [DllImport("libc", EntryPoint = "sched_getaffinity")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetAffinity(int thread, nint size, byte[] mask);

    [DllImport("libc", EntryPoint = "sched_setaffinity")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetAffinity(int thread, nint size, byte[] mask);
}
