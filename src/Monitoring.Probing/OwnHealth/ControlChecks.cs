using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Monitoring.Core;

namespace Monitoring.Probing;

/// <summary>
/// Asks hosts of our own choosing (<c>Region:Controls</c>) whether we are well: each takes an upload and gives a download of clip size, and
/// tells the time. One that fails, or is slower than twice the test's bitrate, says that the fault is ours. Without controls nothing
/// can be told and all counts as well.
/// </summary>
public sealed partial class ControlChecks : IOwnHealth, IDisposable
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Valid = TimeSpan.FromSeconds(60);
    private readonly ControlOptions _options;
    private readonly HttpClient _http;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private OwnHealthReport _latest = OwnHealthReport.Well;
    private long _checkedAt;
    private bool _checked;

    /// <summary>Creates the checks.</summary>
    /// <param name="options">The controls and their limits.</param>
    /// <param name="handler">How to reach them; disposed with this object.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where a failing control is named.</param>
    public ControlChecks(ControlOptions options, HttpMessageHandler handler, TimeProvider time, ILogger<ControlChecks> log)
    {
        _options = options;
        _http = new HttpClient(handler) { Timeout = options.Timeout, MaxResponseContentBufferSize = 64 * 1024 * 1024 };
        _time = time;
        _log = log;
    }

    /// <inheritdoc />
    public async Task<OwnHealthReport> CheckAsync(bool fresh, CancellationToken cancellationToken)
    {
        if (_options.Controls.IsEmpty) return OwnHealthReport.Well;
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            if (_checked && _time.GetElapsedTime(_checkedAt) < (fresh ? Fresh : Valid)) return _latest;
            var reports = await Task.WhenAll(_options.Controls.Select(c => TryAsync(c, cancellationToken)));
            var report = Array.Find(reports, r => r.Fault is not null);
            if (report.Fault is { } fault) LogUnwell(fault, report.Detail);
            _latest = report.Fault is null ? OwnHealthReport.ProvenWell : report;
            _checkedAt = _time.GetTimestamp();
            _checked = true;
            return _latest;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _http.Dispose();
        _oneAtATime.Dispose();
    }

    private async Task<OwnHealthReport> TryAsync(Uri control, CancellationToken cancellationToken)
    {
        try
        {
            var began = _time.GetTimestamp();
            using (var content = new ByteArrayContent(new byte[_options.UploadBytes]))
            using (var answer = await _http.PostAsync(control, content, cancellationToken))
            {
                // Any answer proves that the bytes went out; hosts that take no upload say so only after reading it.
                if ((int)answer.StatusCode >= 500) return Unwell(control, $"it answered {(int)answer.StatusCode} to an upload");
                if (IsSlow(_options.UploadBytes, began)) return Slow(control, "upload");
            }

            began = _time.GetTimestamp();
            using var download = await _http.GetAsync(control, cancellationToken);
            if (!download.IsSuccessStatusCode) return Unwell(control, $"it answered {(int)download.StatusCode} to a download");
            var bytes = await download.Content.ReadAsByteArrayAsync(cancellationToken);
            if (bytes.Length < _options.UploadBytes / 2) return Unwell(control, $"its download has {bytes.Length} bytes, less than half of the {_options.UploadBytes} that a segment has");
            if (IsSlow(bytes.Length, began)) return Slow(control, "download");
            if (download.Headers.Date is { } theirs && (_time.GetUtcNow() - theirs).Duration() > _options.ClockTolerance)
            {
                return new OwnHealthReport(OutcomeCode.OurClock, $"our clock and that of {control.Host} differ by {(_time.GetUtcNow() - theirs).TotalSeconds:0} s");
            }

            return OwnHealthReport.ProvenWell;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (HttpRequestException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.TryAgain or SocketError.NoRecovery or SocketError.HostNotFound })
        {
            return new OwnHealthReport(OutcomeCode.OurResolver, $"{control.Host} does not resolve");
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            return Unwell(control, e is OperationCanceledException ? $"no answer within {_options.Timeout.TotalSeconds} s" : e.Message);
        }
    }

    private bool IsSlow(long bytes, long began) => bytes / Math.Max(1e-6, _time.GetElapsedTime(began).TotalSeconds) < _options.LeastBytesPerSecond;

    private static OwnHealthReport Unwell(Uri control, string what) => new(OutcomeCode.OurNetwork, Outcome.Clean($"control {control.Host}: {what}"));

    private OwnHealthReport Slow(Uri control, string what) =>
        new(OutcomeCode.OurOverload, $"control {control.Host}: the {what} was slower than {_options.LeastBytesPerSecond} bytes per second, twice what a test needs");

    [LoggerMessage(3101, LogLevel.Warning, "This region is not fit to measure: {Fault}: {Detail}")]
    private partial void LogUnwell(OutcomeCode fault, string detail);
}

/// <summary>The controls of a region.</summary>
public sealed record ControlOptions
{
    /// <summary>At least two outside hosts that take a POST and answer a GET with at least half a segment's bytes; empty for none.</summary>
    public ImmutableArray<Uri> Controls { get; init; } = [];

    /// <summary>Bytes uploaded in a check: those of one segment. 750,000.</summary>
    public int UploadBytes { get; init; } = 750_000;

    /// <summary>The least throughput either way, bytes per second: twice a test's bitrate. 750,000.</summary>
    public long LeastBytesPerSecond { get; init; } = 750_000;

    /// <summary>The longest that a control may take each way. 10 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How far our clock may be off. 5 s.</summary>
    public TimeSpan ClockTolerance { get; init; } = TimeSpan.FromSeconds(5);
}
