using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Monitoring.Probing.Tests.Telemetry;

/// <summary>Everything that the monitor's meter and source of spans say of one test while this is listening.</summary>
internal sealed class Heard : IDisposable
{
    private readonly MeterListener _meter = new();
    private readonly ActivityListener _spans;
    private readonly string _test;

    public Heard(string test)
    {
        _test = test;
        _meter.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == MonitoringMeter.Name) listener.EnableMeasurementEvents(instrument);
        };
        _meter.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        _meter.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
        _meter.Start();
        _spans = new ActivityListener
        {
            ShouldListenTo = source => source.Name == MonitoringMeter.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                if ((string?)span.GetTagItem(TelemetryTags.TestId) == test) Spans.Enqueue(span);
            },
        };
        ActivitySource.AddActivityListener(_spans);
    }

    public ConcurrentQueue<Measured> Measurements { get; } = new();

    public ConcurrentQueue<Activity> Spans { get; } = new();

    public IEnumerable<Measured> Of(string instrument) => Measurements.Where(m => m.Instrument == instrument);

    public void Dispose()
    {
        _meter.Dispose();
        _spans.Dispose();
    }

    private void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var all = tags.ToArray().ToDictionary(t => t.Key, t => t.Value?.ToString());
        if (all.GetValueOrDefault(TelemetryTags.TestId) == _test) Measurements.Enqueue(new Measured(instrument.Name, value, all, Activity.Current?.TraceId));
    }
}

/// <summary>One measurement.</summary>
internal sealed record Measured(string Instrument, double Value, Dictionary<string, string?> Tags, ActivityTraceId? Trace);
