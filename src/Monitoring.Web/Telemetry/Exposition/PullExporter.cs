using System.Buffers;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Monitoring.Web;

/// <summary>Collects when it is asked and writes what it got as text. Never two collections at once.</summary>
[ExportModes(ExportModes.Pull)]
internal sealed class PullExporter : BaseExporter<Metric>, IPullMetricExporter
{
    private const int CollectMilliseconds = 5_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private ExpositionFormat _format;
    private ReadOnlyMemory<byte> _text;

    /// <inheritdoc />
    public Func<int, bool>? Collect { get; set; }

    /// <summary>Collects, and writes in a format.</summary>
    /// <returns>The text; null when others took too long collecting, or collecting failed.</returns>
    public async Task<ReadOnlyMemory<byte>?> ReadAsync(ExpositionFormat format, CancellationToken cancellationToken)
    {
        if (!await _oneAtATime.WaitAsync(Patience, cancellationToken)) return null;
        try
        {
            _format = format;
            return Collect is { } collect && collect(CollectMilliseconds) ? _text : null;
        }
        finally
        {
            _text = default;
            _oneAtATime.Release();
        }
    }

    /// <inheritdoc />
    public override ExportResult Export(in Batch<Metric> batch)
    {
        var buffer = new ArrayBufferWriter<byte>(64 * 1024);
        ExpositionWriter.Write(buffer, batch, ParentProvider?.GetResource().Attributes ?? [], _format);
        _text = buffer.WrittenMemory;
        return ExportResult.Success;
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (disposing) _oneAtATime.Dispose();
        base.Dispose(disposing);
    }
}
