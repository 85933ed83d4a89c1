using System.Diagnostics.Metrics;
using System.Text;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Monitoring.Web.Tests.Telemetry;

/// <summary>A meter of a test's own, and what the exposition makes of it.</summary>
internal sealed class Expositions : IDisposable
{
    private readonly PullExporter _pull = new();
    private readonly MeterProvider _provider;

    public Expositions(params string[] kept)
    {
        Meter = new Meter("exposition-" + Guid.NewGuid());
        var builder = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(ResourceBuilder.CreateEmpty().AddAttributes([new("service.name", "a \"b\""), new("n", 3L)]))
            .AddMeter(Meter.Name)
            .SetExemplarFilter(ExemplarFilterType.AlwaysOn)
            .AddReader(new BaseExportingMetricReader(_pull));
        if (kept.Length > 0) builder.AddView(_ => new MetricStreamConfiguration { TagKeys = kept });
        _provider = builder.Build();
    }

    public Meter Meter { get; }

    public PullExporter Pull => _pull;

    public async Task<string> ReadAsync(ExpositionFormat format)
    {
        var text = await _pull.ReadAsync(format, CancellationToken.None);
        Assert.NotNull(text);
        return Encoding.UTF8.GetString(text.Value.Span);
    }

    public void Dispose()
    {
        _provider.Dispose();
        Meter.Dispose();
    }
}
