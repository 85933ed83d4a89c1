using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using Monitoring.Core;
using Monitoring.Probing;
using Monitoring.Storage;

namespace Monitoring.Web;

/// <summary>A store of results whose times and failures are measured, whichever store it is. Disposing it leaves the store open: its owner closes it.</summary>
/// <param name="inner">The store.</param>
/// <param name="time">The clock.</param>
public sealed class MeasuredResultStore(IResultStore inner, TimeProvider time) : IResultStore
{
    private static readonly Histogram<double> Duration = MonitoringMeter.Instance.CreateHistogram<double>(
        "monitoring.store.operation.duration",
        "s",
        "How long the store of results took; of a read, until its first row.",
        tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });

    private static readonly Counter<long> Failures =
        MonitoringMeter.Instance.CreateCounter<long>("monitoring.store.failures", "{operation}", "Operations that the store of results refused or that failed.");

    /// <inheritdoc />
    public async Task<bool> AppendAsync(OutcomeRevision revision, TestEvidence? evidence, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(revision);
        var span = TestTrace.Start("store", revision.Test, revision.Orchestrator, revision.Region);
        span?.SetTag("revision", revision.Revision);
        try
        {
            var appended = await MeasureAsync("append", () => inner.AppendAsync(revision, evidence, cancellationToken));
            TestTrace.End(span, revision.Outcome);
            return appended;
        }
        catch (Exception e)
        {
            TestTrace.Fail(span, e.Message);
            throw;
        }
    }

    /// <inheritdoc />
    public IAsyncEnumerable<OutcomeRevision> ReadAsync(ResultQuery query, CancellationToken cancellationToken) =>
        MeasureAsync("read", inner.ReadAsync(query, cancellationToken), cancellationToken);

    /// <inheritdoc />
    public Task<TestEvidence?> ReadEvidenceAsync(TestId test, DateTimeOffset testTime, CancellationToken cancellationToken) =>
        MeasureAsync("read_evidence", () => inner.ReadEvidenceAsync(test, testTime, cancellationToken));

    /// <inheritdoc />
    public IAsyncEnumerable<HourlySums> ReadHourlyAsync(DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken) =>
        MeasureAsync("read_hourly", inner.ReadHourlyAsync(from, until, cancellationToken), cancellationToken);

    /// <inheritdoc />
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<T> MeasureAsync<T>(string operation, Func<Task<T>> work)
    {
        var began = time.GetTimestamp();
        try
        {
            var answer = await work();

            // Counted also where nothing failed: a series that begins with its first failure has no rise to alert on.
            Failures.Add(0, TagOf(operation));
            return answer;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Failures.Add(1, TagOf(operation));
            throw;
        }
        finally
        {
            Duration.Record(time.GetElapsedTime(began).TotalSeconds, TagOf(operation));
        }
    }

    private async IAsyncEnumerable<T> MeasureAsync<T>(string operation, IAsyncEnumerable<T> rows, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var reading = rows.GetAsyncEnumerator(cancellationToken);
        var more = await MeasureAsync(operation, () => reading.MoveNextAsync().AsTask());
        while (more)
        {
            yield return reading.Current;
            try
            {
                more = await reading.MoveNextAsync();
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                Failures.Add(1, TagOf(operation));
                throw;
            }
        }
    }

    private static KeyValuePair<string, object?> TagOf(string operation) => new(TelemetryTags.Operation, operation);
}
