using Monitoring.Alerting;
using Monitoring.Storage;

namespace Monitoring.Web;

/// <summary>What can be seen of alerting from outside, and where the daily test alert comes back to.</summary>
public static class AlertRoutes
{
    private const int MostCanaryBytes = 64 * 1024;
    private static readonly TimeSpan CanaryLimit = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Maps <c>/api/v1/alerts/dead</c> (the alerts that were given up: key, channel, status and when, never what a receiver said), and
    /// <c>/api/v1/alerts/canary</c>, which takes any body of at most 64 KiB: a receiver's webhook proves with it that the daily test alert
    /// arrived. The host registers <see cref="IOutboxStore"/>, and a <see cref="Canary"/> where one flies.
    /// </summary>
    public static IEndpointRouteBuilder MapAlerts(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        return endpoints.MapAlerts(Own(endpoints.ServiceProvider), endpoints.ServiceProvider.GetService<Canary>() is not null);
    }

    /// <summary>Maps the same for a host of which another process may tell of alerts. While nobody does the answer is 503 with <c>Retry-After</c>.</summary>
    /// <param name="endpoints">Where to.</param>
    /// <param name="ask">Asks whoever tells.</param>
    /// <param name="withCanary">True where a canary flies.</param>
    public static IEndpointRouteBuilder MapAlerts(this IEndpointRouteBuilder endpoints, AskAlerts ask, bool withCanary)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(ask);
        var services = endpoints.ServiceProvider;
        services.GetRequiredService<ReadRoute>().Map(endpoints, "/api/v1/alerts/dead", async context => (await ask(new AlertQuestion(AlertSubject.DeadLetters, default), context.RequestAborted)).ToReply());
        if (withCanary) endpoints.MapPost("/api/v1/alerts/canary", context => CanaryAsync(context, ask, services.GetRequiredService<TimeProvider>()));
        return endpoints;
    }

    /// <summary>Asks what this process itself keeps.</summary>
    internal static AskAlerts Own(IServiceProvider services) => (question, cancellationToken) => AlertAnswers.OfAsync(
        question, services.GetService<IOutboxStore>(), services.GetService<Canary>(), services.GetService<SubscriptionBook>(), services.GetRequiredService<ILeaderboard>(), cancellationToken);

    private static async Task CanaryAsync(HttpContext context, AskAlerts ask, TimeProvider time)
    {
        using var limit = new CancellationTokenSource(CanaryLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, context.RequestAborted);
        var answer = AlertAnswer.Nobody;
        try
        {
            var buffer = new byte[MostCanaryBytes];
            var length = await context.Request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, either.Token);
            answer = await ask(new AlertQuestion(AlertSubject.Canary, buffer.AsMemory(0, length)), either.Token);
        }
        catch (BadHttpRequestException e)
        {
            answer = new AlertAnswer(e.StatusCode, default);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The receiver tries again.
        }

        if (!answer.Body.IsEmpty)
        {
            await Headers.SendPrivateAsync(context, answer.ToReply(), Headers.NoStore);
            return;
        }

        context.Response.Headers.CacheControl = Headers.NoStore;
        context.Response.StatusCode = answer.Status;
    }
}
