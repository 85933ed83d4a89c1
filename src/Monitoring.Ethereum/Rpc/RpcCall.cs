using System.Text.Json.Nodes;

namespace Monitoring.Ethereum;

/// <summary>One call of a JSON-RPC method.</summary>
internal sealed record RpcCall(string Method, JsonArray Parameters)
{
    public const string Latest = "latest";

    /// <summary><c>eth_call</c> of a contract at one block.</summary>
    public static RpcCall Contract(Address contract, byte[] data, string block) => new(
        "eth_call", [new JsonObject { ["to"] = contract.ToChecksumString(), ["data"] = RpcHex.Write(data) }, block]);

    public static RpcCall Of(string method, params ReadOnlySpan<JsonNode?> parameters)
    {
        var array = new JsonArray();
        foreach (var parameter in parameters) array.Add(parameter);
        return new RpcCall(method, array);
    }
}
