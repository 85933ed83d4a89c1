using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Monitoring.Ethereum;

/// <summary>How long the operator's endpoints take and how often they fail, by their hosts: their addresses may hold keys.</summary>
public static class RpcMetrics
{
    // The same name as the meter of everything else, so that whoever listens to one hears the other.
    private static readonly Meter Meter = new("Monitoring", typeof(RpcMetrics).Assembly.GetName().Version!.ToString(3));

    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>(
        "monitoring.chain.rpc.duration",
        "s",
        "How long an exchange with an endpoint of the chain took, failed ones included.",
        tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] });

    private static readonly Counter<long> Failures = Meter.CreateCounter<long>("monitoring.chain.rpc.failures", "{call}", "Exchanges with an endpoint of the chain that gave no usable answer.");

    /// <summary>Makes an exchange and records how it ended.</summary>
    /// <param name="endpoint">Whom it is with.</param>
    /// <param name="exchange">The exchange; what it throws is thrown on.</param>
    /// <param name="time">The clock.</param>
    public static async Task<T> MeasureAsync<T>(RpcEndpoint endpoint, Func<Task<T>> exchange, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentNullException.ThrowIfNull(exchange);
        ArgumentNullException.ThrowIfNull(time);
        var began = time.GetTimestamp();
        ChainFault? fault = null;
        try
        {
            return await exchange().ConfigureAwait(false);
        }
        catch (ChainException e)
        {
            fault = e.Fault;
            throw;
        }
        finally
        {
            Ended(endpoint, time.GetElapsedTime(began), fault);
        }
    }

    /// <summary>An exchange ended; without a fault it was answered. What the contract itself refused is an answer.</summary>
    private static void Ended(RpcEndpoint endpoint, TimeSpan took, ChainFault? fault)
    {
        var host = new KeyValuePair<string, object?>("endpoint", endpoint.Host);
        Duration.Record(took.TotalSeconds, host);

        // Counted also where nothing failed: a series that begins with its first failure has no rise to alert on.
        Failures.Add(fault is null or ChainFault.Reverted ? 0 : 1, host);
    }
}
