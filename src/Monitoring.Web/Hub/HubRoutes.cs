using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting;
using Monitoring.Core;
using Monitoring.Probing;
using Monitoring.Storage;

namespace Monitoring.Web;

/// <summary>The hub's side of <see cref="HttpsHub"/>: reads, authenticates, asks the hub, answers. It knows no rule.</summary>
internal sealed partial class HubRoutes(
    IHub hub, RegionAuthentication authentication, IRegionRefusals refusals, HubSession session, IHostApplicationLifetime life, TimeProvider time, ILogger<HubRoutes> log)
{
    private const int MostWorkers = 1_024;
    private const int MostBodiesAtOnce = 64;
    private const int SmallBody = 64 * 1024;
    private static readonly TimeSpan BodyLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan HubLimit = TimeSpan.FromSeconds(45);

    private int _bodies;

    /// <summary>Maps all paths.</summary>
    public void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost(HubWire.Lease, c => HandleAsync(c, SmallBody, LeaseAsync));
        endpoints.MapPost(HubWire.Extend, c => HandleAsync(c, SmallBody, ExtendAsync));
        endpoints.MapPost(HubWire.Return, c => HandleAsync(c, SmallBody, ReturnAsync));
        endpoints.MapPost(HubWire.Report, c => HandleAsync(c, HubWire.MostRequestBytes, ReportAsync));
        endpoints.MapPost(HubWire.Liveness, c => HandleAsync(c, HubWire.MostRequestBytes, LivenessAsync));
        endpoints.MapPost(HubWire.Orders, c => HandleAsync(c, SmallBody, OrdersAsync));
        endpoints.MapPost(HubWire.Health, c => HandleAsync(c, SmallBody, HealthAsync));
    }

    private async Task HandleAsync(HttpContext context, int mostBytes, Func<RegionId, ReadOnlyMemory<byte>, HttpContext, Task<Reply>> ask)
    {
        context.Response.Headers[HubWire.ReceivedHeader] = Now();
        Reply reply;
        try
        {
            var (body, region, refusal) = await AuthenticateAsync(context, mostBytes);
            if (refusal is not null)
            {
                if (refusal.Region is { } named) refusals.Refused(named, refusal.Kind, refusal.Reason);
                reply = refusal.Reply;
            }
            else
            {
                reply = await ask(region, body, context);
            }
        }
        catch (Exception e) when (e is JsonException or FormatException or ArgumentException or OverflowException)
        {
            reply = Reply.BadRequest(Outcome.Clean($"the body cannot be used: {e.Message}"));
        }
        catch (BadHttpRequestException e)
        {
            reply = Reply.Error(e.StatusCode, "the request could not be read");
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return;
        }
        catch (Exception e)
        {
            // The hub is starting, stopping, or cannot write: the region keeps what it has and asks again.
            if (e is not (OperationCanceledException or InvalidOperationException or StorageFullException)) LogFailed(context.Request.Path, e);
            reply = Reply.Error(StatusCodes.Status503ServiceUnavailable, Outcome.Clean($"the hub cannot do this now, try again later: {e.Message}"));
        }

        context.Response.Headers[HubWire.VersionHeader] = HubWire.Version.ToString(CultureInfo.InvariantCulture);
        context.Response.Headers[HubWire.SessionHeader] = session.Id;
        context.Response.Headers[HubWire.AnsweredHeader] = Now();
        await Headers.SendPrivateAsync(context, reply, Headers.NoStore);
    }

    private async Task<(ReadOnlyMemory<byte> Body, RegionId Region, HubRefusal? Refusal)> AuthenticateAsync(HttpContext context, int mostBytes)
    {
        var (claim, refusal) = authentication.Read(context);
        if (claim is null) return (default, default, refusal);
        var region = claim.Identity.Region;
        if (context.Request.ContentLength > mostBytes) return TooLarge();
        if (Interlocked.Increment(ref _bodies) > MostBodiesAtOnce)
        {
            Interlocked.Decrement(ref _bodies);
            return (default, default, new HubRefusal(Reply.Error(StatusCodes.Status503ServiceUnavailable, "too many requests at once; try again"), null, RefusalKind.TooMuch, ""));
        }

        try
        {
            using var limit = new CancellationTokenSource(BodyLimit, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, context.RequestAborted);
            if (await ReadAsync(context, mostBytes, either.Token) is not { } body) return TooLarge();
            return (body, region, authentication.Check(claim, body.Span));
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            return (default, default, new HubRefusal(Reply.Error(StatusCodes.Status408RequestTimeout, $"the body took longer than {BodyLimit.TotalSeconds} s"), null, RefusalKind.TooMuch, ""));
        }
        finally
        {
            Interlocked.Decrement(ref _bodies);
        }

        (ReadOnlyMemory<byte>, RegionId, HubRefusal?) TooLarge() =>
            (default, default, new HubRefusal(Reply.Error(StatusCodes.Status413PayloadTooLarge, $"the body is larger than {mostBytes} bytes"), region, RefusalKind.TooMuch, $"a body of more than {mostBytes} bytes"));
    }

    // Grown with what arrives: a stated length alone takes no memory.
    private static async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpContext context, int mostBytes, CancellationToken cancellationToken)
    {
        var buffer = new byte[4 * 1024];
        var length = 0;
        while (true)
        {
            var read = await context.Request.Body.ReadAsync(buffer.AsMemory(length), cancellationToken);
            if (read == 0) return buffer.AsMemory(0, length);
            length += read;
            if (length > mostBytes) return null;
            if (length == buffer.Length) Array.Resize(ref buffer, Math.Min(buffer.Length * 2, mostBytes + 1));
        }
    }

    private async Task<Reply> LeaseAsync(RegionId region, ReadOnlyMemory<byte> body, HttpContext context)
    {
        var asked = Read(body, HubJson.Default.LeaseMessage);
        if (asked.Workers is < 1 or > MostWorkers) return Reply.BadRequest($"workers is {asked.Workers}; 1 to {MostWorkers} is expected");
        using var end = Ending(context);
        ImmutableArray<TestJob> jobs = [];
        try
        {
            jobs = await hub.LeaseAsync(region, asked.Workers, Wait(asked.WaitMilliseconds), end.Token, asked.Unpaid);
        }
        catch (OperationCanceledException) when (life.ApplicationStopping.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
        {
        }

        // Who was asking may have been told meanwhile that it speaks for nobody.
        var isRevoked = !authentication.IsKnown(context);
        if (context.RequestAborted.IsCancellationRequested || isRevoked)
        {
            // Nobody is there to take them any more.
            foreach (var job in jobs) await hub.ReturnAsync(region, job.Id, OutcomeCode.NoWorker, CancellationToken.None);
            context.RequestAborted.ThrowIfCancellationRequested();
            return Reply.Error(StatusCodes.Status401Unauthorized, "the key was revoked while it waited");
        }

        return Answer(new JobsMessage { Jobs = [.. jobs.Select(JobMessage.Of)] }, HubJson.Default.JobsMessage);
    }

    private async Task<Reply> ExtendAsync(RegionId region, ReadOnlyMemory<byte> body, HttpContext context)
    {
        using var end = Limited();
        var extended = await hub.ExtendAsync(region, Read(body, HubJson.Default.ExtendMessage).Test, end.Token);
        return Answer(new ExtendedMessage { Extended = extended }, HubJson.Default.ExtendedMessage);
    }

    private async Task<Reply> ReturnAsync(RegionId region, ReadOnlyMemory<byte> body, HttpContext context)
    {
        var back = Read(body, HubJson.Default.ReturnMessage);
        if (OutcomeCodes.ClassOf(back.Reason) != OutcomeClass.NotRun || !Enum.IsDefined(back.Reason)) return Reply.BadRequest($"{back.Reason} does not say that nothing was run");
        using var end = Limited();
        await hub.ReturnAsync(region, back.Test, back.Reason, end.Token);
        return Answer(new DoneMessage(), HubJson.Default.DoneMessage);
    }

    private async Task<Reply> ReportAsync(RegionId region, ReadOnlyMemory<byte> body, HttpContext context)
    {
        TestResult result;
        try
        {
            result = SpoolFormat.TestResult.Read(body);
        }
        catch (Exception e) when (e is JsonException or FormatException or ArgumentException or OverflowException)
        {
            refusals.Refused(region, RefusalKind.Unreadable, "a result that cannot be read");
            throw;
        }

        if (result.Region != region)
        {
            refusals.Refused(region, RefusalKind.Lie, $"a result of another region, {result.Region}");
            return Answer(new ReportedMessage { Accepted = false, Reason = "the result is of another region" }, HubJson.Default.ReportedMessage);
        }

        // Whoever hangs up now still has it stored, and may report it again: it counts once.
        using var end = Limited();
        var answer = await hub.ReportAsync(result, end.Token);
        return Answer(new ReportedMessage { Accepted = answer.Accepted, Reason = answer.Reason }, HubJson.Default.ReportedMessage);
    }

    private async Task<Reply> LivenessAsync(RegionId region, ReadOnlyMemory<byte> body, HttpContext context)
    {
        var report = Read(body, HubJson.Default.LivenessReport);
        if (report.Problem(time.GetUtcNow()) is { } problem) return Reply.BadRequest(problem);
        using var end = Limited();
        await hub.LivenessAsync(region, report, end.Token);
        return Answer(new DoneMessage(), HubJson.Default.DoneMessage);
    }

    private async Task<Reply> OrdersAsync(RegionId region, ReadOnlyMemory<byte> body, HttpContext context)
    {
        var asked = Read(body, HubJson.Default.OrdersMessage);
        using var end = Ending(context);
        try
        {
            return Answer(await hub.LivenessOrdersAsync(region, asked.Known, Wait(asked.WaitMilliseconds), end.Token), HubJson.Default.LivenessOrders);
        }
        catch (OperationCanceledException) when (life.ApplicationStopping.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
        {
            return Answer(new LivenessOrders { Version = asked.Known }, HubJson.Default.LivenessOrders);
        }
    }

    private async Task<Reply> HealthAsync(RegionId region, ReadOnlyMemory<byte> body, HttpContext context)
    {
        var vitals = Read(body, HubJson.Default.RegionVitals);
        if (vitals.Problem() is { } problem) return Reply.BadRequest(problem);
        using var end = Limited();
        await hub.HealthAsync(region, vitals, end.Token);
        return Answer(new DoneMessage(), HubJson.Default.DoneMessage);
    }

    private static T Read<T>(ReadOnlyMemory<byte> body, JsonTypeInfo<T> type) =>
        JsonSerializer.Deserialize(body.Span, type) ?? throw new JsonException("an object is expected and not null");

    private static Reply Answer<T>(T answer, JsonTypeInfo<T> type) => Reply.Ok(JsonSerializer.SerializeToUtf8Bytes(answer, type));

    private static TimeSpan Wait(int milliseconds) => TimeSpan.FromMilliseconds(Math.Clamp(milliseconds, 0, HubWire.LongestWait.TotalMilliseconds));

    private string Now() => time.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);

    // A long poll ends with the caller, and at once when the hub stops.
    private CancellationTokenSource Ending(HttpContext context) => CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, life.ApplicationStopping);

    private CancellationTokenSource Limited() => new(HubLimit, time);

    [LoggerMessage(2101, LogLevel.Error, "The hub failed at {Path}")]
    private partial void LogFailed(string path, Exception e);
}
