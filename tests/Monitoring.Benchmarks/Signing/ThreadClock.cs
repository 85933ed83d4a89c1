using System.Runtime.InteropServices;

namespace Monitoring.Benchmarks;

/// <summary>
/// The processor time of the thread that asks. What else the machine does costs a thread its turn but not its time, so this is fit for short
/// pieces of work that never wait.
/// </summary>
internal static class ThreadClock
{
    private const int ThreadCpuTime = 3;

    /// <summary>Nanoseconds used so far by this thread.</summary>
    /// <exception cref="BenchmarkException">This system does not tell.</exception>
    public static long Nanoseconds()
    {
        if (!OperatingSystem.IsLinux()) throw new BenchmarkException("The processor time of a thread is known on Linux alone.");
        if (GetTime(ThreadCpuTime, out var time) != 0) throw new BenchmarkException("The system does not tell the processor time of a thread.");
        return (time.Seconds * 1_000_000_000L) + time.Nanoseconds;
    }

    [DllImport("libc", EntryPoint = "clock_gettime")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetTime(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
