using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Monitoring.Testing.Anvil;

/// <summary>
/// A chain of one's own: anvil as a child process on a free port of loopback, which puts every transaction into a block at once. Its accounts
/// are unlocked and rich, so a test can act as anybody without a key.
/// </summary>
public sealed class AnvilNode : IAsyncDisposable
{
    private const string Ready = "Listening on 127.0.0.1:";
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(1);

    private readonly Process _process;
    private readonly HttpClient _http;
    private int _lastId;

    private AnvilNode(Process process, int port)
    {
        _process = process;
        Uri = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
        _http = new HttpClient { BaseAddress = Uri, Timeout = TimeSpan.FromMinutes(1) };
    }

    /// <summary>Where it answers JSON-RPC.</summary>
    public Uri Uri { get; }

    /// <summary>Starts a chain.</summary>
    /// <param name="tools">Where the program is; they must not be missing.</param>
    /// <param name="chainId">The id that transactions must be signed for.</param>
    public static async Task<AnvilNode> StartAsync(ContractTools tools, long chainId)
    {
        ArgumentNullException.ThrowIfNull(tools);
        if (tools.Missing is { } missing) throw new InvalidOperationException(missing);
        string[] arguments = ["--host", "127.0.0.1", "--port", "0", "--accounts", "10", "--threads", "1", "--chain-id", chainId.ToString(CultureInfo.InvariantCulture)];
        var process = Process.Start(new ProcessStartInfo(tools.AnvilProgram, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;

        // Should the test process be ended from outside, dispose never runs; the handler is the second net.
        AppDomain.CurrentDomain.ProcessExit += (_, _) => End(process);

        var port = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        process.OutputDataReceived += (_, line) =>
        {
            // Read to the end and forgotten: a full pipe would stop the chain.
            if (line.Data is null) port.TrySetException(new InvalidOperationException("anvil ended before it listened."));
            else if (line.Data.StartsWith(Ready, StringComparison.Ordinal)) port.TrySetResult(int.Parse(line.Data.AsSpan(Ready.Length), CultureInfo.InvariantCulture));
        };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            return new AnvilNode(process, await port.Task.WaitAsync(StartLimit));
        }
        catch
        {
            End(process);
            throw;
        }
    }

    /// <summary>Asks by JSON-RPC.</summary>
    /// <exception cref="InvalidOperationException">The node answers with an error; the message is its own.</exception>
    public async Task<JsonNode?> RpcAsync(string method, params JsonNode?[] parameters)
    {
        var request = new JsonObject { ["jsonrpc"] = "2.0", ["id"] = Interlocked.Increment(ref _lastId), ["method"] = method, ["params"] = new JsonArray(parameters) };
        using var answer = await _http.PostAsJsonAsync("", request, CancellationToken.None);
        var body = (await answer.Content.ReadFromJsonAsync<JsonObject>(CancellationToken.None))!;
        return body["error"] is { } error ? throw new InvalidOperationException($"{method}: {error["message"]}") : body["result"];
    }

    /// <summary>One of its rich accounts, 0 to 9.</summary>
    public async Task<string> AccountAsync(int index) => (string)(await RpcAsync("eth_accounts"))![index]!;

    /// <summary>Adds empty blocks.</summary>
    public Task MineAsync(long blocks) => RpcAsync("anvil_mine", Hex(blocks));

    /// <summary>Gives an account exactly this much ether.</summary>
    public Task SetBalanceAsync(string address, BigInteger wei) => RpcAsync("anvil_setBalance", address, Hex(wei));

    /// <summary>The balance of an account in wei.</summary>
    public async Task<BigInteger> BalanceAsync(string address) => Number((string)(await RpcAsync("eth_getBalance", address, "latest"))!);

    /// <summary>Sends a transaction as an account that this node plays (one of its own, or any after this call), and returns the receipt.</summary>
    /// <exception cref="InvalidOperationException">It reverted; the message holds the contract's reason.</exception>
    public async Task<JsonObject> SendAsync(string from, string? to, string data, BigInteger wei = default)
    {
        await RpcAsync("anvil_impersonateAccount", from);
        var transaction = new JsonObject { ["from"] = from, ["data"] = data, ["value"] = Hex(wei), ["gas"] = "0x989680" };
        if (to is not null) transaction["to"] = to;
        var receipt = (JsonObject)(await RpcAsync("eth_sendTransactionSync", transaction))!;
        if ((string)receipt["status"]! == "0x1") return receipt;

        // The receipt only says that it failed; asked again as a call, the contract says why.
        await CallAsync(to!, data, from, wei);
        throw new InvalidOperationException("The transaction failed for want of gas.");
    }

    /// <summary>Calls without a transaction and returns what comes back as hex digits with 0x.</summary>
    /// <exception cref="InvalidOperationException">It reverted; the message holds the contract's reason.</exception>
    public async Task<string> CallAsync(string to, string data, string? from = null, BigInteger wei = default)
    {
        var call = new JsonObject { ["to"] = to, ["data"] = data, ["value"] = Hex(wei) };
        if (from is not null) call["from"] = from;
        return (string)(await RpcAsync("eth_call", call, "latest"))!;
    }

    /// <summary>A quantity as JSON-RPC writes it.</summary>
    public static string Hex(BigInteger value) => value.IsZero ? "0x0" : "0x" + value.ToString("x", CultureInfo.InvariantCulture).TrimStart('0');

    /// <summary>A quantity as JSON-RPC writes it.</summary>
    public static BigInteger Number(string hex)
    {
        ArgumentNullException.ThrowIfNull(hex);
        return BigInteger.Parse("0" + hex.AsSpan(2).ToString(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        End(_process);
        _process.Dispose();
        return ValueTask.CompletedTask;
    }

    private static void End(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit(TimeSpan.FromSeconds(10));
        }
        catch (InvalidOperationException)
        {
            // It is gone already.
        }
    }
}
