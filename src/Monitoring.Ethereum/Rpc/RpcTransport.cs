using System.Text.Json;
using System.Text.Json.Nodes;

namespace Monitoring.Ethereum;

/// <summary>
/// One exchange with one endpoint (JSON-RPC 2.0 over HTTP POST): a single call as an object, several as an array. The answer must hold
/// exactly one result for every id that was asked, in any order; it is bounded in size and time.
/// </summary>
internal sealed class RpcTransport(RpcHttp http, TimeProvider time)
{
    private static readonly JsonDocumentOptions Parsing = new() { MaxDepth = 32 };
    private long _lastId;

    /// <summary>Asks, and hands the results, in the order of the calls, to <paramref name="read"/>.</summary>
    /// <exception cref="ChainException">There is no correct answer; the message names the host and what was wrong.</exception>
    public Task<T> ExchangeAsync<T>(
        RpcEndpoint endpoint, IReadOnlyList<RpcCall> calls, Func<IReadOnlyList<JsonElement>, T> read, CancellationToken cancellationToken) =>
        RpcMetrics.MeasureAsync(endpoint, () => AskAsync(endpoint, calls, read, cancellationToken), time);

    private async Task<T> AskAsync<T>(
        RpcEndpoint endpoint, IReadOnlyList<RpcCall> calls, Func<IReadOnlyList<JsonElement>, T> read, CancellationToken cancellationToken)
    {
        var first = Interlocked.Add(ref _lastId, calls.Count) - calls.Count + 1;
        var bytes = await http.PostAsync(endpoint, JsonSerializer.SerializeToUtf8Bytes(Body(calls, first)), cancellationToken).ConfigureAwait(false);
        using var document = Parse(endpoint, bytes);
        var results = Match(endpoint, document.RootElement, calls, first);
        try
        {
            return read(results);
        }
        catch (Exception e) when (e is AbiException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            throw new ChainException(ChainFault.Malformed, $"{endpoint.Host} answered {Named(calls)} with something else than was asked: {e.Message}", e);
        }
    }

    private static JsonNode Body(IReadOnlyList<RpcCall> calls, long first)
    {
        if (calls.Count == 1) return Body(calls[0], first);
        var batch = new JsonArray();
        for (var i = 0; i < calls.Count; i++) batch.Add((JsonNode)Body(calls[i], first + i));
        return batch;
    }

    private static JsonObject Body(RpcCall call, long id) =>
        new() { ["jsonrpc"] = "2.0", ["id"] = id, ["method"] = call.Method, ["params"] = call.Parameters.DeepClone() };

    private static JsonElement[] Match(RpcEndpoint endpoint, JsonElement root, IReadOnlyList<RpcCall> calls, long first)
    {
        var results = new JsonElement?[calls.Count];
        if (root.ValueKind == JsonValueKind.Object)
        {
            // A whole batch may be refused with one error object.
            if (calls.Count > 1)
            {
                ThrowIfError(endpoint, root, "a batch");
                throw Malformed(endpoint, "it answered a batch with a single object");
            }

            results[0] = One(endpoint, root, calls, first, out _);
        }
        else if (root.ValueKind == JsonValueKind.Array && calls.Count > 1)
        {
            if (root.GetArrayLength() > calls.Count) throw Malformed(endpoint, $"it gave {root.GetArrayLength()} answers to {calls.Count} calls");
            foreach (var item in root.EnumerateArray())
            {
                var result = One(endpoint, item, calls, first, out var index);
                results[index] = result;
            }
        }
        else
        {
            throw Malformed(endpoint, $"its answer is of kind {root.ValueKind}");
        }

        // A call that was answered twice leaves another without an answer.
        var missing = results.Count(r => r is null);
        if (missing > 0) throw Malformed(endpoint, $"it left {missing} of {calls.Count} calls without an answer");
        return Array.ConvertAll(results, r => r!.Value);
    }

    private static JsonElement One(RpcEndpoint endpoint, JsonElement item, IReadOnlyList<RpcCall> calls, long first, out int index)
    {
        if (item.ValueKind != JsonValueKind.Object) throw Malformed(endpoint, $"one of its answers is of kind {item.ValueKind}");
        var known = item.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.Number && id.TryGetInt64(out var number)
            && number >= first && number < first + calls.Count;
        if (!known)
        {
            // An endpoint that could not even read the request answers with id null.
            ThrowIfError(endpoint, item, "a request");
            throw Malformed(endpoint, "an answer has an id that was not asked");
        }

        index = (int)(id.GetInt64() - first);
        ThrowIfError(endpoint, item, calls[index].Method);
        return item.TryGetProperty("result", out var result) ? result : throw Malformed(endpoint, "an answer has neither a result nor an error");
    }

    private static void ThrowIfError(RpcEndpoint endpoint, JsonElement item, string what)
    {
        if (!item.TryGetProperty("error", out var error) || error.ValueKind == JsonValueKind.Null) return;
        var isObject = error.ValueKind == JsonValueKind.Object;
        var code = isObject && error.TryGetProperty("code", out var c) && c.ValueKind == JsonValueKind.Number && c.TryGetInt32(out var n) ? n : 0;
        var message = isObject && error.TryGetProperty("message", out var m) && m.ValueKind == JsonValueKind.String ? m.GetString()! : "";
        throw RpcErrors.Of(endpoint, what, code, message);
    }

    private static ChainException Malformed(RpcEndpoint endpoint, string what) => new(ChainFault.Malformed, $"{endpoint.Host} does not keep to JSON-RPC: {what}.");

    private static string Named(IReadOnlyList<RpcCall> calls) => calls.Count == 1 ? calls[0].Method : $"{calls[0].Method} and {calls.Count - 1} more";

    private static JsonDocument Parse(RpcEndpoint endpoint, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return JsonDocument.Parse(bytes, Parsing);
        }
        catch (JsonException)
        {
            throw Malformed(endpoint, "its answer is not JSON");
        }
    }
}
