using System.Diagnostics.Metrics;

namespace Monitoring.Web.Tests.Telemetry;

[Collection(OneMeter.Name)]
public sealed class MeasuredResultStoreTests
{
    [Fact]
    public async Task What_is_written_and_read_is_what_the_store_has_and_each_operation_is_timed()
    {
        var seen = new List<(string Instrument, string? Operation)>();
        using var listener = Listen(seen);
        await using var store = new MeasuredResultStore(new MemoryStore(), TimeProvider.System);
        var own = Sample.Own(1, RegionId.Parse("FRA"), Sample.Now, 60, 60);
        Assert.True(await store.AppendAsync(own, null, CancellationToken.None));
        var read = new List<OutcomeRevision>();
        await foreach (var revision in store.ReadAsync(new ResultQuery { From = Sample.Now.AddDays(-1), Until = Sample.Now.AddDays(1) }, CancellationToken.None)) read.Add(revision);
        Assert.Equal(own.Test, Assert.Single(read).Test);
        Assert.Equal(["append", "read"], seen.Where(m => m.Instrument == "monitoring.store.operation.duration").Select(m => m.Operation));
    }

    [Fact]
    public async Task A_store_that_refuses_is_counted_and_its_error_passed_on()
    {
        var seen = new List<(string Instrument, string? Operation)>();
        using var listener = Listen(seen);
        await using var store = new MeasuredResultStore(new FullStore(), TimeProvider.System);
        await Assert.ThrowsAsync<StorageFullException>(() => store.AppendAsync(Sample.Own(1, RegionId.Parse("FRA"), Sample.Now, 60, 60), null, CancellationToken.None));
        Assert.Contains(("monitoring.store.failures", "append"), seen);
    }

    private static MeterListener Listen(List<(string, string?)> seen)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (instrument.Name.StartsWith("monitoring.store.", StringComparison.Ordinal)) l.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => seen.Add((instrument.Name, (string?)tags[0].Value)));
        listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => seen.Add((instrument.Name, (string?)tags[0].Value)));
        listener.Start();
        return listener;
    }

    private sealed class FullStore : IResultStore
    {
        public Task<bool> AppendAsync(OutcomeRevision revision, TestEvidence? evidence, CancellationToken cancellationToken) => throw new StorageFullException("full");

        public IAsyncEnumerable<OutcomeRevision> ReadAsync(ResultQuery query, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<TestEvidence?> ReadEvidenceAsync(TestId test, DateTimeOffset testTime, CancellationToken cancellationToken) => throw new NotSupportedException();

        public IAsyncEnumerable<HourlySums> ReadHourlyAsync(DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
