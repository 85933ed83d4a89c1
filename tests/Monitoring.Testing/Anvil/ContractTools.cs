using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Monitoring.Testing.Anvil;

/// <summary>
/// What a local chain needs and npm brings: the compiler, which turns tests/contracts into artifacts/contracts, and the node itself. Both are
/// fetched and run at most once per change of their sources, however many test processes ask.
/// </summary>
public sealed class ContractTools
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly Lazy<Task<ContractTools>> Shared = new(() => Task.Run(PrepareAsync));

    private ContractTools(string artifacts, string? missing, string anvil) => (Artifacts, Missing, AnvilProgram) = (artifacts, missing, anvil);

    /// <summary>Why there are no tools here, in a sentence for a skipped test; null where they are.</summary>
    public string? Missing { get; }

    /// <summary>The folder of the compiled contracts.</summary>
    public string Artifacts { get; }

    /// <summary>The node's program file.</summary>
    public string AnvilProgram { get; }

    /// <summary>The tools, prepared on the first call.</summary>
    /// <exception cref="InvalidOperationException">What is ours is wrong: the lock file, or contracts that the compiler refuses. The message is the tool's own.</exception>
    public static Task<ContractTools> GetAsync() => Shared.Value;

    private static async Task<ContractTools> PrepareAsync()
    {
        var root = Root();
        var sources = Path.Combine(root, "tests", "contracts");
        var artifacts = Path.Combine(root, "artifacts", "contracts");
        Directory.CreateDirectory(artifacts);
        using var patience = new CancellationTokenSource(Patience);
        await using var turn = await TakeTurnAsync(Path.Combine(artifacts, "turn.lock"), patience.Token);

        var stamp = Stamp(sources);
        var stampFile = Path.Combine(artifacts, "stamp");
        if (!File.Exists(stampFile) || await File.ReadAllTextAsync(stampFile, patience.Token) != stamp || Anvil(artifacts) is null)
        {
            var install = await RunAsync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], sources, patience.Token);
            await File.WriteAllTextAsync(Path.Combine(artifacts, "npm.log"), install?.Output ?? "npm could not be started", CancellationToken.None);
            if (install is null) return Without("npm is not installed here (it brings the Solidity compiler and the local chain)");
            if (install.Value.Output.Contains("EUSAGE", StringComparison.Ordinal)) throw new InvalidOperationException($"package.json and its lock file are at odds:\n{install.Value.Output}");
            if (install.Value.Code != 0) return Without("npm could not fetch the Solidity compiler and the local chain; artifacts/contracts/npm.log tells why");

            var compile = await RunAsync("node", ["compile.mjs", artifacts], sources, patience.Token);
            if (compile is null) return Without("node is not installed here (it runs the Solidity compiler)");
            if (compile.Value.Code != 0) throw new InvalidOperationException($"The contracts do not compile:\n{compile.Value.Output}");
            await File.WriteAllTextAsync(stampFile, stamp, patience.Token);
        }

        return Anvil(artifacts) is { } anvil ? new ContractTools(artifacts, null, anvil) : Without("the pinned packages have no anvil for this platform");

        ContractTools Without(string why) => new(artifacts, $"No local chain: {why}.", "");
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Monitoring.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("No folder above the tests holds Monitoring.sln.");
    }

    // What the artifacts were made from; the compiler's version is in the lock file.
    private static string Stamp(string sources)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(sources, "src"), "*.sol").Append(Path.Combine(sources, "compile.mjs"))
            .Append(Path.Combine(sources, "package-lock.json")).Order(StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(file));
            hash.AppendData(File.ReadAllBytes(file));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string? Anvil(string artifacts)
    {
        var file = Path.Combine(artifacts, "tools.json");
        if (!File.Exists(file)) return null;
        using var tools = JsonDocument.Parse(File.ReadAllBytes(file));
        return tools.RootElement.GetProperty("anvil").GetString() is { } program && File.Exists(program) ? program : null;
    }

    // Several test processes may start at once; the file is held by one of them.
    private static async Task<FileStream> TakeTurnAsync(string file, CancellationToken cancellationToken)
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

    private static async Task<(int Code, string Output)?> RunAsync(string program, string[] arguments, string folder, CancellationToken cancellationToken)
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
}
