using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Monitoring.Testing.Npm;

namespace Monitoring.Testing.Anvil;

/// <summary>
/// What a local chain needs and npm brings: the compiler, which turns tests/contracts into artifacts/contracts, and the node itself. Both are
/// fetched and run at most once per change of their sources, however many test processes ask.
/// </summary>
public sealed class ContractTools
{
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
        var sources = Path.Combine(NpmFolder.Root, "tests", "contracts");
        var artifacts = Path.Combine(NpmFolder.Root, "artifacts", "contracts");
        Directory.CreateDirectory(artifacts);
        using var patience = NpmFolder.Limit();
        await using var turn = await NpmFolder.TakeTurnAsync(Path.Combine(artifacts, "turn.lock"), patience.Token);

        var stamp = Stamp(sources);
        var stampFile = Path.Combine(artifacts, "stamp");
        if (!File.Exists(stampFile) || await File.ReadAllTextAsync(stampFile, patience.Token) != stamp || Anvil(artifacts) is null)
        {
            if (await NpmFolder.InstallAsync(sources, Path.Combine(artifacts, "npm.log"), "the Solidity compiler and the local chain", patience.Token) is { } missing) return Without(missing);
            var compile = await NpmFolder.RunAsync("node", ["compile.mjs", artifacts], sources, patience.Token);
            if (compile is null) return Without("node is not installed here (it runs the Solidity compiler)");
            if (compile.Value.Code != 0) throw new InvalidOperationException($"The contracts do not compile:\n{compile.Value.Output}");
            await File.WriteAllTextAsync(stampFile, stamp, patience.Token);
        }

        return Anvil(artifacts) is { } anvil ? new ContractTools(artifacts, null, anvil) : Without("the pinned packages have no anvil for this platform");

        ContractTools Without(string why) => new(artifacts, $"No local chain: {why}.", "");
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
}
