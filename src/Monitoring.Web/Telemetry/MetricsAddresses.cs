using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Monitoring.Web;

/// <summary>
/// Keeps <c>/metrics</c> on addresses of its own: it tells what is in the wallet, which is nobody's business outside. By which address a
/// request came is written on its connection as it is accepted; nothing that the client sends (a host name, a forwarded header) is believed.
/// </summary>
public static class MetricsAddresses
{
    /// <summary>Where metrics are asked for.</summary>
    public const string Path = MetricsRoute.Path;

    private static readonly byte[] NotHere = "there is nothing here\n"u8.ToArray();

    /// <summary>Marks an address as one for metrics: nothing but these and the runbooks of their alerts is answered there.</summary>
    /// <param name="listen">The address, while the server is configured.</param>
    public static void Mark(IConnectionBuilder listen)
    {
        ArgumentNullException.ThrowIfNull(listen);
        listen.Use(next => connection =>
        {
            connection.Items[MetricsMark.Here] = true;
            return next(connection);
        });
    }

    /// <summary>Answers 404 where metrics are asked for on another address, or anything else on one of theirs. After routing.</summary>
    public static IApplicationBuilder UseMetricsAddresses(this IApplicationBuilder app) => app.Use(next => context =>
    {
        var mark = context.GetEndpoint()?.Metadata.GetMetadata<MetricsMark>();
        var isMarked = context.Features.Get<IConnectionItemsFeature>()?.Items.ContainsKey(MetricsMark.Here) == true;
        if (isMarked ? mark is not null : mark != MetricsMark.Here) return next(context);
        context.Response.Headers.CacheControl = Headers.NoStore;
        return Headers.SendTextAsync(context, StatusCodes.Status404NotFound, NotHere);
    });
}

/// <summary>Marks routes by whether they belong to the addresses for metrics, and the connections to these.</summary>
internal sealed class MetricsMark
{
    /// <summary>Answered there alone.</summary>
    public static MetricsMark Here { get; } = new();

    /// <summary>Answered there too: alerts by Prometheus lead to the address that it asks.</summary>
    public static MetricsMark HereToo { get; } = new();
}
