using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Monitoring.Benchmarks;

/// <summary>What the numbers were measured on.</summary>
internal static class Machine
{
    /// <summary>Above this load nothing is measured.</summary>
    public const double MostLoad = 1.5;

    private const string LoadFile = "/proc/loadavg";

    /// <summary>The load of the last minute; null where it cannot be told.</summary>
    public static double? Load() =>
        LoadText().Split(' ') is [var first, ..] && double.TryParse(first, System.Globalization.CultureInfo.InvariantCulture, out var load) ? load : null;

    /// <summary>The whole line; empty where there is none.</summary>
    public static string LoadText() => File.Exists(LoadFile) ? File.ReadAllText(LoadFile).Trim() : "";

    /// <summary>Versions and hardware.</summary>
    public static IReadOnlyDictionary<string, string> Describe() => new Dictionary<string, string>
    {
        ["commit"] = Commit(),
        ["runtime"] = RuntimeInformation.FrameworkDescription,
        ["system"] = $"{RuntimeInformation.OSDescription} {RuntimeInformation.ProcessArchitecture}",
        ["processor"] = Processor(),
        ["cores"] = string.Join(" ", Cores.Usable),
        ["pinned"] = Cores.CanPin ? Invariant($"client on core {Cores.Client}, server on core {Cores.Server}") : "no: this system does not let a thread choose its core",
        ["load"] = LoadText(),
    };

    /// <summary>The folder of the repository.</summary>
    public static string Repository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Monitoring.sln"))) return folder.FullName;
        }

        throw new BenchmarkException("No folder above this program holds Monitoring.sln: run it from the repository it was built in.");
    }

    private static string Commit()
    {
        try
        {
            using var git = Process.Start(new ProcessStartInfo("git", ["-C", Repository(), "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"])
            {
                RedirectStandardOutput = true, RedirectStandardError = true,
            })!;
            var answer = git.StandardOutput.ReadToEnd().Trim();
            git.WaitForExit();
            return git.ExitCode == 0 ? answer : "unknown";
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or BenchmarkException)
        {
            return "unknown";
        }
    }

    private static string Processor()
    {
        const string file = "/proc/cpuinfo";
        var model = File.Exists(file) ? File.ReadLines(file).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) : null;
        return model?[(model.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() ?? "unknown";
    }
}
