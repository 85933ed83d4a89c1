using System.Net.Http;
using Monitoring.Core;
using Monitoring.Net;

namespace Monitoring.Livepeer;

/// <summary>
/// Carries the segments of one stream: payment, upload, downloads. It holds the stream's own connections and the session as the last result
/// left it. One segment is in flight at a time.
/// </summary>
internal sealed class SegmentExchange : IDisposable
{
    private readonly SafeDialer _dialer;
    private readonly IPaymaster _paymaster;
    private readonly OrchestratorLimits _limits;
    private readonly TimeProvider _time;
    private readonly SegmentUpload _upload;
    private readonly RenditionDownload _download;
    private readonly string _manifestId;
    private readonly HttpMessageInvoker _downloads;
    private HttpMessageInvoker? _uploads;

    public SegmentExchange(
        SafeDialer dialer, IPaymaster paymaster, OrchestratorLimits limits, TimeProvider time, OrchestratorSession session, string manifestId)
    {
        _dialer = dialer;
        _paymaster = paymaster;
        _limits = limits;
        _time = time;
        _upload = new SegmentUpload(limits, time);
        _download = new RenditionDownload(limits, time);
        _manifestId = manifestId;
        _downloads = NewClient();
        Session = session;
    }

    /// <summary>The session with the price and ticket parameters of the last result.</summary>
    public OrchestratorSession Session { get; private set; }

    /// <summary>Pays for, sends and fetches one segment. Every failure is in the transfer.</summary>
    /// <param name="segment">The segment.</param>
    /// <param name="profiles">The renditions asked for.</param>
    /// <param name="handedOver">Called at the instant of the hand-over.</param>
    /// <param name="cancellationToken">Our own wish to stop; the transfer then says so.</param>
    public async Task<SegmentTransfer> SendAsync(
        ClipSegment segment, ImmutableArray<RenditionProfile> profiles, Action handedOver, CancellationToken cancellationToken)
    {
        var upload = new UploadAnswer { HandedOverAt = _time.GetTimestamp() };
        try
        {
            var flattened = SegmentCredentials.Flatten(_manifestId, segment.Seq, segment.Keccak.AsSpan(), profiles.Select(profile => profile.Name));
            var payment = await _paymaster.PayAsync(Session, segment, flattened, cancellationToken);
            var credentials = SegmentCredentials.Build(_manifestId, segment, profiles, Session.AuthToken, payment.Signature);
            _uploads ??= NewClient();
            handedOver();
            upload = await _upload.SendAsync(_uploads, Session, credentials, payment.Header, segment, profiles.Length, cancellationToken);
            if (upload.Broken) Reconnect();
            Session = Session.Refresh(upload.Info);
            if (upload.Outcome.Code != OutcomeCode.Completed) return new SegmentTransfer(upload);

            var fetching = _time.GetTimestamp();
            var downloads = await Task.WhenAll(upload.Renditions.Select(
                (rendition, i) => _download.FetchAsync(_downloads, rendition.Url, profiles[i], segment.Duration, cancellationToken)));
            return new SegmentTransfer(upload)
            {
                Downloads = [.. downloads],
                Download = _time.GetElapsedTime(fetching),
                RoundTrip = _time.GetElapsedTime(upload.HandedOverAt),
            };
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Failed(new Outcome(OutcomeCode.OurShutdown, "the test was stopped while the segment was in flight"));
        }
        catch (Exception e)
        {
            return Failed(new Outcome(OutcomeCode.OurFault, Outcome.Clean($"{e.GetType().Name}: {e.Message}")));
        }

        SegmentTransfer Failed(Outcome outcome) => new(upload with { Outcome = outcome });
    }

    public void Dispose()
    {
        _uploads?.Dispose();
        _downloads.Dispose();
    }

    // A connection on which something timed out or broke may be dead without knowing it; the next segment gets a new one.
    private void Reconnect()
    {
        _uploads?.Dispose();
        _uploads = null;
    }

    private HttpMessageInvoker NewClient() => SafeHttp.CreateInvoker(_dialer, new SafeHttpOptions { HandshakeTimeout = _limits.Connect });
}

/// <summary>What came of sending one segment, before anything of it is judged.</summary>
/// <param name="Upload">The upload and its result.</param>
internal sealed record SegmentTransfer(UploadAnswer Upload)
{
    /// <summary>One for each rendition of the result, in order of the profiles; none where there was nothing to fetch.</summary>
    public ImmutableArray<DownloadAnswer> Downloads { get; init; } = [];

    /// <summary>First request to the last byte.</summary>
    public TimeSpan Download { get; init; }

    /// <summary>Hand-over to the last rendition byte; zero where it never came to that.</summary>
    public TimeSpan RoundTrip { get; init; }
}
