namespace Monitoring.Ethereum.Tests.Rpc;

/// <summary>Bodies and HTTP statuses that no client of an endpoint may take for an answer; ID and ID2 stand for the ids of the first two calls.</summary>
public static class BadAnswers
{
    public static TheoryData<string, int> ToOne => new()
    {
        { "", 200 },
        { "not JSON", 200 },
        { "<html>busy</html>", 200 },
        { "null", 200 },
        { "7", 200 },
        { "[]", 200 },
        { "{}", 200 },
        { "{\"jsonrpc\":\"2.0\",\"id\":ID}", 200 },
        { "{\"jsonrpc\":\"2.0\",\"id\":ID2,\"result\":\"0x5\"}", 200 },
        { "{\"jsonrpc\":\"2.0\",\"id\":\"ID\",\"result\":\"0x5\"}", 200 },
        { "{\"jsonrpc\":\"2.0\",\"id\":null,\"result\":\"0x5\"}", 200 },
        { "{\"jsonrpc\":\"2.0\",\"result\":\"0x5\"}", 200 },
        { "{\"jsonrpc\":\"2.0\",\"id\":ID.5,\"result\":\"0x5\"}", 200 },
        { "{\"jsonrpc\":\"2.0\",\"id\":99999999999999999999999999,\"result\":\"0x5\"}", 200 },
        { "[{\"jsonrpc\":\"2.0\",\"id\":ID,\"result\":\"0x5\"}]", 200 },
        { "{\"jsonrpc\":\"2.0\",\"id\":ID,\"result\":null}", 200 },
        { "{\"jsonrpc\":\"2.0\",\"id\":ID,\"result\":5}", 200 },
        { "{\"jsonrpc\":\"2.0\",\"id\":ID,\"result\":\"5\"}", 200 },
        { "{\"jsonrpc\":\"2.0\",\"id\":ID,\"result\":\"0x05\"}", 200 },
        { "{\"jsonrpc\":\"2.0\",\"id\":ID,\"result\":\"0x\"}", 200 },
        { "{\"jsonrpc\":\"2.0\",\"id\":ID,\"result\":\"0xg\"}", 200 },
        { "{\"jsonrpc\":\"2.0\",\"id\":ID,\"result\":\"0x5\"", 200 },
        { "{\"jsonrpc\":\"2.0\",\"id\":ID,\"error\":{\"code\":-32000,\"message\":\"header not found\"}}", 200 },
        { "{\"jsonrpc\":\"2.0\",\"id\":ID,\"error\":{\"code\":-32005,\"message\":\"limit exceeded\"}}", 200 },
        { "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32700,\"message\":\"parse error\"}}", 200 },
        { "{\"jsonrpc\":\"2.0\",\"id\":ID,\"error\":\"no\"}", 200 },
        { "{\"jsonrpc\":\"2.0\",\"id\":ID,\"error\":{\"code\":\"x\",\"message\":7}}", 200 },
        { "{\"jsonrpc\":\"2.0\",\"id\":ID,\"result\":\"0x5\"}", 500 },
        { "{\"jsonrpc\":\"2.0\",\"id\":ID,\"result\":\"0x5\"}", 429 },
        { "{\"jsonrpc\":\"2.0\",\"id\":ID,\"result\":\"0x5\"}", 401 },
        { "", 307 },
        { "", 204 },
    };

    public static TheoryData<string> ToTwo =>
    [
        "[{\"id\":ID,\"result\":\"0x5\"}]",
        "[{\"id\":ID,\"result\":\"0x5\"},{\"id\":ID,\"result\":\"0x6\"}]",
        "[{\"id\":ID,\"result\":\"0x5\"},{\"id\":ID2,\"result\":\"0x6\"},{\"id\":ID2,\"result\":\"0x6\"}]",
        "[{\"id\":ID,\"result\":\"0x5\"},{\"id\":0,\"result\":\"0x6\"}]",
        "[{\"id\":ID,\"result\":\"0x5\"},null]",
        "[{\"id\":ID,\"result\":\"0x5\"},{\"id\":ID2,\"error\":{\"code\":-32000,\"message\":\"missing trie node\"}}]",
        "{\"id\":ID,\"result\":\"0x5\"}",
        "{\"id\":null,\"error\":{\"code\":-32600,\"message\":\"batch too large\"}}",
        "[]",
    ];
}
