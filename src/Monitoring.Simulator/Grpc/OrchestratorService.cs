using Monitoring.Livepeer.Wire;

namespace Monitoring.Simulator;

/// <summary>The service <c>net.Orchestrator</c> (protocol sections 1.3 and 1.7). Every refusal has status 2, as plain Go errors have.</summary>
internal sealed class OrchestratorService(NodeRun run)
{
    private const string Prefix = "/net.Orchestrator/";

    public async Task AnswerAsync(string path, GrpcExchange exchange)
    {
        switch (path)
        {
            case Prefix + "GetOrchestrator":
                await GetOrchestratorAsync(exchange);
                break;
            case Prefix + "EndTranscodingSession":
                await EndTranscodingSessionAsync(exchange);
                break;
            case Prefix + "Ping":
                if (await exchange.ReadAsync(PingPong.Parser) is { } ping)
                {
                    await exchange.ReplyAsync(new PingPong { Value = await run.Settlement.SignPingAsync(ping.Value, exchange.Cancellation) });
                }

                break;
            default:
                await exchange.FailAsync(GrpcExchange.Unimplemented, path.StartsWith(Prefix, StringComparison.Ordinal)
                    ? $"unknown method {path[Prefix.Length..]} for service net.Orchestrator"
                    : $"unknown service {path.Trim('/').Split('/')[0]}");
                break;
        }
    }

    private async Task GetOrchestratorAsync(GrpcExchange exchange)
    {
        run.Counters.Discovered();
        if (await exchange.ReadAsync(OrchestratorRequest.Parser) is not { } request) return;

        if ((run.Settlement.ProblemOf(request) ?? run.CapacityProblem(sessionId: null)) is { } refusal)
        {
            await exchange.FailAsync(GrpcExchange.Unknown, "Invalid orchestrator request: " + refusal);
            return;
        }

        var (info, problem) = await run.MakeInfoAsync(run.IssueToken(), request.Address, stage: null, exchange.Cancellation);
        if (problem is not null) await exchange.FailAsync(GrpcExchange.Unknown, problem);
        else await exchange.ReplyAsync(info);
    }

    private async Task EndTranscodingSessionAsync(GrpcExchange exchange)
    {
        if (await exchange.ReadAsync(EndTranscodingSessionRequest.Parser) is not { } request) return;
        if (request.AuthToken is not { } token || !run.Tokens.IsGenuine(token))
        {
            await exchange.FailAsync(GrpcExchange.Unknown, "Invalid auth token");
            return;
        }

        run.Sessions.End(token.SessionId);
        await exchange.ReplyAsync(new EndTranscodingSessionResponse());
    }
}
