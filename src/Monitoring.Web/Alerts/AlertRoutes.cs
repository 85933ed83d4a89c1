using System.Text;
using Monitoring.Alerting;
using Monitoring.Storage;

namespace Monitoring.Web;

/// <summary>What can be seen of alerting from outside, and where the daily test alert comes back to.</summary>
public static class AlertRoutes
{
    private const int MostCanaryBytes = 64 * 1024;
    private static readonly TimeSpan CanaryLimit = TimeSpan.FromSeconds(10);

    private static readonly Reply Elsewhere = Reply.Error(StatusCodes.Status503ServiceUnavailable, "another hub tells of alerts just now; ask that one, or ask again");

    /// <summary>
    /// Maps <c>/api/v1/alerts/dead</c> (the alerts that were given up: key, channel, status and when, never what a receiver said), and
    /// <c>/api/v1/alerts/canary</c>, which takes any body of at most 64 KiB: a receiver's webhook proves with it that the daily test alert
    /// arrived. The host registers <see cref="IOutboxStore"/>, and a <see cref="Canary"/> where one flies.
    /// </summary>
    public static IEndpointRouteBuilder MapAlerts(this IEndpointRouteBuilder endpoints)
    {
        var services = endpoints.ServiceProvider;
        var outbox = services.GetRequiredService<IOutboxStore>();
        var canary = services.GetService<Canary>();
        return Map(endpoints, () => outbox, canary is null ? null : () => canary);
    }

    /// <summary>Maps the same for a host that tells of alerts only at times: while it does not it answers 503 with <c>Retry-After</c>.</summary>
    /// <param name="endpoints">Where to.</param>
    /// <param name="desk">The desk while this process tells of alerts; null otherwise.</param>
    /// <param name="withCanary">True where a canary flies.</param>
    public static IEndpointRouteBuilder MapAlerts(this IEndpointRouteBuilder endpoints, Func<AlertDesk?> desk, bool withCanary)
    {
        ArgumentNullException.ThrowIfNull(desk);
        return Map(endpoints, () => desk()?.Store, withCanary ? () => desk()?.Canary : null);
    }

    private static IEndpointRouteBuilder Map(IEndpointRouteBuilder endpoints, Func<IOutboxStore?> outbox, Func<Canary?>? canary)
    {
        var services = endpoints.ServiceProvider;
        services.GetRequiredService<ReadRoute>().Map(endpoints, "/api/v1/alerts/dead", context => DeadAsync(context, outbox()));
        if (canary is not null) endpoints.MapPost("/api/v1/alerts/canary", context => CanaryAsync(context, canary(), services.GetRequiredService<TimeProvider>()));
        return endpoints;
    }

    private static async ValueTask<Reply> DeadAsync(HttpContext context, IOutboxStore? outbox)
    {
        if (outbox is null) return Elsewhere;
        var letters = await outbox.ReadDeadAsync(context.RequestAborted);
        return Reply.Ok(JsonBytes.Of(json =>
        {
            json.WriteStartObject();
            json.WriteNumber("waiting", outbox.Waiting);
            json.WriteNumber("count", letters.Length);
            json.WriteStartArray("dead");
            foreach (var letter in letters)
            {
                json.WriteStartObject();
                json.WriteString("key", letter.Delivery.Notification.Incident.Key.Text);
                json.WriteNumber("sequence", letter.Delivery.Notification.Sequence);
                json.WriteString("kind", letter.Delivery.Notification.Kind.ToString().ToLowerInvariant());
                json.WriteString("channel", letter.Delivery.Channel);
                json.WriteString("accepted_at", letter.Delivery.AcceptedAt.UtcDateTime);
                json.WriteString("given_up_at", letter.At.UtcDateTime);
                json.WriteNumber("attempts", letter.Delivery.Attempts);
                json.WriteNumber("status", letter.Status);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }));
    }

    private static async Task CanaryAsync(HttpContext context, Canary? canary, TimeProvider time)
    {
        if (canary is null)
        {
            await Headers.SendPrivateAsync(context, Elsewhere, Headers.NoStore);
            return;
        }

        using var limit = new CancellationTokenSource(CanaryLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, context.RequestAborted);
        var status = StatusCodes.Status503ServiceUnavailable;
        try
        {
            var buffer = new byte[MostCanaryBytes];
            var length = await context.Request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, either.Token);
            status = await canary.ArrivedAsync(Encoding.UTF8.GetString(buffer, 0, length), either.Token) ? StatusCodes.Status204NoContent : StatusCodes.Status404NotFound;
        }
        catch (BadHttpRequestException e)
        {
            status = e.StatusCode;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The receiver tries again.
        }

        context.Response.Headers.CacheControl = Headers.NoStore;
        context.Response.StatusCode = status;
    }
}
