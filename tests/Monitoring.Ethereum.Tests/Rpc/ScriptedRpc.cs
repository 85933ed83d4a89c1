using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Monitoring.Ethereum.Tests.Rpc;

/// <summary>A JSON-RPC endpoint on loopback that answers as a test wants: well by <see cref="Answer"/>, or anything at all by <see cref="Script"/>.</summary>
internal sealed class ScriptedRpc : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly CancellationTokenSource _stopping = new();
    private int _requests;

    private ScriptedRpc(WebApplication app) => _app = app;

    /// <summary>The endpoint's address, whose path is a secret as providers have it.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>HTTP requests so far.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Every call, in order of arrival.</summary>
    public ConcurrentQueue<(string Method, JsonArray Parameters)> Calls { get; } = new();

    /// <summary>The authorization header of the last request.</summary>
    public string? Authorization { get; private set; }

    /// <summary>Answers one call; <see cref="RpcError"/> makes an error object.</summary>
    public Func<string, JsonArray, JsonNode?> Answer { get; set; } = (method, _) => method == "eth_chainId" ? "0xa4b1" : "0x1";

    /// <summary>Takes a request over where it returns true. The token ends with the server.</summary>
    public Func<HttpContext, JsonNode, CancellationToken, Task<bool>>? Script { get; set; }

    public static async Task<ScriptedRpc> StartAsync(int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, port));
        var app = builder.Build();
        var server = new ScriptedRpc(app);
        app.Run(server.ServeAsync);
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        server.Address = new Uri(address + "/v2/secret-key");
        return server;
    }

    /// <summary>Answers the next requests other than eth_chainId with these bytes; ID stands for the id of the first call.</summary>
    public void AnswerWith(string body, int status = 200) => Script = async (context, request, cancellation) =>
    {
        if (request is JsonObject single && single["method"]!.GetValue<string>() == "eth_chainId") return false;
        var id = (request is JsonArray batch ? batch[0]! : request)["id"]!.GetValue<long>();
        context.Response.StatusCode = status;
        await context.Response.WriteAsync(body.Replace("ID2", (id + 1).ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("ID", id.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal), cancellation);
        return true;
    };

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _app.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task ServeAsync(HttpContext context)
    {
        Interlocked.Increment(ref _requests);
        Authorization = context.Request.Headers.Authorization;
        var request = (await JsonNode.ParseAsync(context.Request.Body))!;
        foreach (var call in request is JsonArray all ? all.Select(c => c!) : [request]) Calls.Enqueue((call["method"]!.GetValue<string>(), call["params"]!.AsArray()));
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token, context.RequestAborted);
        try
        {
            if (Script is { } script && await script(context, request, either.Token)) return;
            var answer = request is JsonArray batch ? new JsonArray([.. batch.Select(c => (JsonNode)One(c!))]) : (JsonNode)One(request);
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(answer.ToJsonString(), either.Token);
        }
        catch (OperationCanceledException)
        {
            context.Abort();
        }
    }

    private JsonObject One(JsonNode call)
    {
        var answer = new JsonObject { ["jsonrpc"] = "2.0", ["id"] = call["id"]!.DeepClone() };
        try
        {
            answer["result"] = Answer(call["method"]!.GetValue<string>(), call["params"]!.AsArray());
        }
        catch (RpcError e)
        {
            answer["error"] = new JsonObject { ["code"] = e.Code, ["message"] = e.Message };
        }

        return answer;
    }
}

/// <summary>Becomes an error object.</summary>
internal sealed class RpcError(int code, string message) : Exception(message)
{
    public int Code => code;
}
