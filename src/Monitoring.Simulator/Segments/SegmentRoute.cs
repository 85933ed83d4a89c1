using System.Text;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Monitoring.Ethereum;
using Monitoring.Livepeer.Wire;

namespace Monitoring.Simulator;

/// <summary><c>/segment</c> and <c>/payment</c>, with the checks of protocol section 2.3 in their order: the order decides what a mistake costs.</summary>
internal sealed class SegmentRoute(NodeRun run)
{
    private const int MaxSegmentBytes = 300_000_000;
    private const string UrlContentType = "application/vnd+livepeer.uri";

    private readonly SegmentTranscoding _transcoding = new(run);

    public async Task AnswerSegmentAsync(HttpContext http)
    {
        var cancellation = http.RequestAborted;
        var (accepted, refusal) = await CheckAsync(http.Request.Headers, segment => segment.AuthToken.SessionId, cancellation);
        if (accepted is not null && !run.Settlement.IsCovered(accepted.Credentials.Payment, accepted.Credentials.Segment.AuthToken.SessionId))
        {
            (accepted, refusal) = (null, new Refusal(400, "Insufficient balance"));
        }

        if (accepted is null)
        {
            await RefuseAsync(http, refusal!);
            return;
        }

        if (await ReadBodyAsync(http.Request, cancellation) is not { } body)
        {
            await RefuseAsync(http, Refusal.ServerError);
            return;
        }

        // A node of the simulation fetches nothing from addresses it is given.
        if (http.Request.ContentType == UrlContentType)
        {
            await RefuseAsync(http, new Refusal(400, "BadRequest"));
            return;
        }

        if (!Keccak256.Hash(body.Span).AsSpan().SequenceEqual(accepted.Credentials.Segment.Hash.Span))
        {
            await RefuseAsync(http, new Refusal(403, "Forbidden"));
            return;
        }

        run.Counters.SegmentAccepted();
        await http.Response.StartAsync(cancellation);
        await http.Response.Body.FlushAsync(cancellation);

        var result = await _transcoding.RunAsync(accepted.Credentials, accepted.Info, body, cancellation);
        await DrippedBody.SendAsync(http.Response.Body, result, run.Behaviour.ResultDrip, run.Fleet.Clock, cancellation);
        run.Counters.ResultSent();
    }

    public async Task AnswerPaymentAsync(HttpContext http)
    {
        // Here the account is the stream's (protocol section 3.8); its bytes are taken one for one, whatever they are.
        var (accepted, refusal) = await CheckAsync(http.Request.Headers, segment => Encoding.Latin1.GetString(segment.ManifestId.Span), http.RequestAborted);
        if (accepted is null)
        {
            await RefuseAsync(http, refusal!);
            return;
        }

        var body = new PaymentResult { Info = accepted.Info }.ToByteArray();
        http.Response.ContentType = "application/octet-stream";
        http.Response.ContentLength = body.Length;
        await http.Response.Body.WriteAsync(body, http.RequestAborted);
    }

    private async ValueTask<(Accepted? Accepted, Refusal? Refusal)> CheckAsync(
        IHeaderDictionary headers, Func<SegData, string> account, CancellationToken cancellation)
    {
        var (credentials, refusal) = SegmentCredentials.Read(headers);
        if (credentials is null) return (null, refusal);
        run.Settlement.Witness(credentials.Payment);
        if (run.Settlement.ProblemOf(credentials) is { } signature) return (null, new Refusal(403, signature));
        var segment = credentials.Segment;
        if (!NodeCapabilities.Allow(segment.Capabilities)) return (null, new Refusal(403, "incompatible capabilities"));
        if (run.Tokens.ProblemOf(segment.AuthToken) is { } token) return (null, new Refusal(403, token));
        if (run.CapacityProblem(segment.AuthToken.SessionId) is { } capacity) return (null, new Refusal(403, capacity));
        var stage = new SessionStage(segment.AuthToken.SessionId, run.Sessions.Find(segment.AuthToken.SessionId)?.Segments ?? 0);
        var (info, problem) = await run.MakeInfoAsync(segment.AuthToken, credentials.Payment.Sender, stage, cancellation);
        if (problem is not null) return (null, Refusal.ServerError);
        if (await run.Settlement.TakeAsync(credentials.Payment, account(segment), cancellation) is { } unpaid) return (null, new Refusal(400, unpaid));
        return (new Accepted(credentials, info), null);
    }

    private Task RefuseAsync(HttpContext http, Refusal refusal)
    {
        run.Counters.SegmentRefused();
        return refusal.WriteAsync(http.Response, http.RequestAborted);
    }

    private static async Task<ReadOnlyMemory<byte>?> ReadBodyAsync(HttpRequest request, CancellationToken cancellation)
    {
        using var body = new MemoryStream((int)Math.Clamp(request.ContentLength ?? 0, 0, 4 << 20));
        var piece = new byte[64 << 10];
        int read;
        while ((read = await request.Body.ReadAsync(piece, cancellation)) > 0)
        {
            if (body.Length + read > MaxSegmentBytes) return null;
            body.Write(piece, 0, read);
        }

        return body.ToArray();
    }

    private sealed record Accepted(SegmentCredentials Credentials, OrchestratorInfo Info);
}
