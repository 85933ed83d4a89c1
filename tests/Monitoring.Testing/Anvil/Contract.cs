using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Monitoring.Testing.Anvil;

/// <summary>A contract of tests/contracts on a local chain, called by the text of its functions. It shares no code with the product.</summary>
public sealed class Contract
{
    private readonly AnvilNode _node;
    private readonly Dictionary<string, string> _selectors;
    private readonly string _sender;

    private Contract(AnvilNode node, string sender, string address, Dictionary<string, string> selectors) =>
        (_node, _sender, Address, _selectors) = (node, sender, address, selectors);

    /// <summary>Where it is, in lower-case hex digits with 0x.</summary>
    public string Address { get; }

    /// <summary>Deploys a compiled contract.</summary>
    /// <param name="tools">Where the compiled contracts are.</param>
    /// <param name="node">The chain.</param>
    /// <param name="sender">Who deploys it and sends transactions by default.</param>
    /// <param name="name">The contract's name.</param>
    /// <param name="arguments">The constructor's arguments: see <see cref="Data"/>.</param>
    public static async Task<Contract> DeployAsync(ContractTools tools, AnvilNode node, string sender, string name, params object[] arguments)
    {
        ArgumentNullException.ThrowIfNull(tools);
        ArgumentNullException.ThrowIfNull(node);
        using var artifact = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(tools.Artifacts, name + ".json")));
        var selectors = artifact.RootElement.GetProperty("selectors").EnumerateObject().ToDictionary(s => s.Name, s => s.Value.GetString()!);
        var code = artifact.RootElement.GetProperty("bytecode").GetString()!;
        var receipt = await node.SendAsync(sender, null, "0x" + code + Encode(arguments));
        return new Contract(node, sender, (string)receipt["contractAddress"]!, selectors);
    }

    /// <summary>Sends a transaction from whoever deployed it.</summary>
    /// <exception cref="InvalidOperationException">It reverted; the message holds the contract's reason.</exception>
    public Task<JsonObject> SendAsync(string function, params object[] arguments) => _node.SendAsync(_sender, Address, Data(function, arguments));

    /// <summary>Sends a transaction, with ether, from anybody.</summary>
    /// <exception cref="InvalidOperationException">It reverted; the message holds the contract's reason.</exception>
    public Task<JsonObject> SendFromAsync(string sender, BigInteger wei, string function, params object[] arguments) =>
        _node.SendAsync(sender, Address, Data(function, arguments), wei);

    /// <summary>Calls a function; the answer is its words as numbers.</summary>
    public async Task<BigInteger[]> CallAsync(string function, params object[] arguments)
    {
        var answer = await _node.CallAsync(Address, Data(function, arguments));
        return [.. answer[2..].Chunk(64).Select(word => AnvilNode.Number("0x" + new string(word)))];
    }

    /// <summary>The input of a call.</summary>
    /// <param name="function">Name and types, as in <c>setServiceURI(string)</c>; a function that the contract has not is an error of the test.</param>
    /// <param name="arguments">
    /// Numbers (long, int, BigInteger), addresses and other single words (hex digits with 0x: an address is padded on the left, anything else
    /// on the right), byte arrays (<c>bytes</c>), any other text (<c>string</c>), and an array of such for a tuple with a dynamic member.
    /// </param>
    public string Data(string function, params object[] arguments) => "0x" + _selectors[function] + Encode(arguments);

    private static string Encode(object[] arguments)
    {
        var head = new StringBuilder();
        var tail = new StringBuilder();
        foreach (var argument in arguments)
        {
            if (Dynamic(argument) is not { } dynamic)
            {
                head.Append(Word(argument));
                continue;
            }

            head.Append(Word(32 * arguments.Length + tail.Length / 2));
            tail.Append(dynamic);
        }

        return head.Append(tail).ToString();
    }

    private static string? Dynamic(object argument) => argument switch
    {
        object[] tuple => Encode(tuple),
        byte[] bytes => Word(bytes.Length) + Padded(Convert.ToHexStringLower(bytes)),
        string text when !IsWord(text) => Dynamic(Encoding.UTF8.GetBytes(text)),
        _ => null,
    };

    private static bool IsWord(string text) => text.StartsWith("0x", StringComparison.Ordinal) && text.Length is 42 or 66 && text.Skip(2).All(char.IsAsciiHexDigit);

    private static string Padded(string digits) => digits.PadRight((digits.Length + 63) / 64 * 64, '0');

    private static string Word(object argument)
    {
        if (argument is string text) return text.Length == 42 ? text[2..].PadLeft(64, '0') : text[2..];
        var number = argument switch { BigInteger big => big, long wide => wide, int narrow => narrow, _ => throw new ArgumentException($"No word is made of {argument}.") };
        return AnvilNode.Hex(number)[2..].PadLeft(64, '0');
    }
}
