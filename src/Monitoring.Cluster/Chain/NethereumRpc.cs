using System.Globalization;
using System.Text;
using Monitoring.Ethereum;
using Nethereum.JsonRpc.Client;
using Nethereum.JsonRpc.Client.RpcMessages;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Monitoring.Cluster.Chain;

/// <summary>
/// Nethereum's client over our own bounded HTTP, for one question to one endpoint. Nethereum's own transport reads an answer of any size,
/// takes its time-out from a static field, and does not look whether an answer has the id that was asked.
/// </summary>
internal sealed class NethereumRpc(RpcHttp http, RpcEndpoint endpoint, CancellationToken cancellationToken) : ClientBase
{
    private const int DeepestJson = 32;

    private static readonly JsonSerializerSettings Writing = DefaultJsonSerializerSettingsFactory.BuildDefaultJsonSerializerSettings();

    /// <summary>Asks one call.</summary>
    /// <exception cref="ChainException">There is no correct answer.</exception>
    public override async Task<RpcResponseMessage> SendAsync(RpcRequestMessage rpcRequestMessage, string? route = null) =>
        One(await PostAsync(rpcRequestMessage), [rpcRequestMessage], out _);

    /// <summary>Asks several calls in one request; the answers come in any order.</summary>
    /// <exception cref="ChainException">There is no correct answer to one of them.</exception>
    protected override async Task<RpcResponseMessage[]> SendAsync(RpcRequestMessage[] requests)
    {
        var answer = await PostAsync(requests);
        if (answer is JObject whole) throw ErrorOf(whole, "a batch") ?? Malformed("it answered a batch with a single object");
        if (answer is not JArray items) throw Malformed($"its answer is of kind {answer.Type}");
        if (items.Count > requests.Length) throw Malformed($"it gave {items.Count} answers to {requests.Length} calls");
        var answers = new RpcResponseMessage?[requests.Length];
        foreach (var item in items)
        {
            var one = One(item, requests, out var index);
            answers[index] = one;
        }

        // A call that was answered twice leaves another without an answer.
        RpcResponseMessage[] all = [.. answers.OfType<RpcResponseMessage>()];
        return all.Length == requests.Length ? all : throw Malformed($"it left {requests.Length - all.Length} of {requests.Length} calls without an answer");
    }

    private static long Id(RpcRequestMessage request) => Convert.ToInt64(request.Id, CultureInfo.InvariantCulture);

    private async Task<JToken> PostAsync(object request)
    {
        var body = Encoding.UTF8.GetBytes(JsonConvert.SerializeObject(request, Writing));
        var answer = await http.PostAsync(endpoint, body, cancellationToken);
        try
        {
            using var text = new StreamReader(new MemoryStream(answer.ToArray()), Encoding.UTF8);
            await using var reader = new JsonTextReader(text) { MaxDepth = DeepestJson, DateParseHandling = DateParseHandling.None };
            var token = await JToken.LoadAsync(reader, cancellationToken);
            return await reader.ReadAsync(cancellationToken) ? throw Malformed("its answer goes on after its end") : token;
        }
        catch (JsonException)
        {
            throw Malformed("its answer is not JSON");
        }
    }

    private RpcResponseMessage One(JToken token, RpcRequestMessage[] requests, out int index)
    {
        if (token is not JObject item) throw Malformed($"one of its answers is of kind {token.Type}");
        var id = item["id"] is JValue { Type: JTokenType.Integer, Value: long number } ? number : (long?)null;
        index = Array.FindIndex(requests, r => Id(r) == id);

        // An endpoint that could not even read the request answers with id null.
        if (index < 0) throw ErrorOf(item, "a request") ?? Malformed("an answer has an id that was not asked");
        if (ErrorOf(item, requests[index].Method) is { } error) throw error;
        return item.TryGetValue("result", StringComparison.Ordinal, out var result)
            ? new RpcResponseMessage(id, result)
            : throw Malformed("an answer has neither a result nor an error");
    }

    private ChainException? ErrorOf(JObject item, string what)
    {
        if (!item.TryGetValue("error", StringComparison.Ordinal, out var error) || error.Type == JTokenType.Null) return null;
        var code = error is JObject known && known["code"] is JValue { Type: JTokenType.Integer, Value: long number } && number is >= int.MinValue and <= int.MaxValue ? (int)number : 0;
        var message = error is JObject said && said["message"] is JValue { Type: JTokenType.String, Value: string text } ? text : "";
        return RpcErrors.Of(endpoint, what, code, message);
    }

    private ChainException Malformed(string what) => new(ChainFault.Malformed, $"{endpoint.Host} does not keep to JSON-RPC: {what}.");
}
