using System.Diagnostics;

namespace Monitoring.Testing.Prometheus;

/// <summary>Prometheus' own checker.</summary>
public static class Promtool
{
    /// <summary>Runs it.</summary>
    /// <returns>The exit code, 0 where all is well, and what it said.</returns>
    public static async Task<(int Code, string Said)> RunAsync(string folder, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("promtool", arguments)
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await errors);
    }
}
