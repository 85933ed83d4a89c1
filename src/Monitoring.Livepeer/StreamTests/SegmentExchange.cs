using System.Net.Http;
using System.Numerics;
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
    private readonly IPurse _purse;
    private readonly SessionRenewal _renewal;
    private readonly OrchestratorLimits _limits;
    private readonly TimeProvider _time;
    private readonly SegmentUpload _upload;
    private readonly RenditionDownload _download;
    private readonly string _manifestId;
    private readonly HttpMessageInvoker _downloads;
    private HttpMessageInvoker? _uploads;

    public SegmentExchange(
        SafeDialer dialer, IPurse purse, SessionRenewal renewal, OrchestratorLimits limits, TimeProvider time, OrchestratorSession session, string manifestId)
    {
        _dialer = dialer;
        _purse = purse;
        _renewal = renewal;
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
    /// <param name="isLast">True when no segment follows, so that no session is renewed in vain.</param>
    /// <param name="cancellationToken">Our own wish to stop; the transfer then says so.</param>
    public async Task<SegmentTransfer> SendAsync(
        ClipSegment segment, ImmutableArray<RenditionProfile> profiles, Action handedOver, bool isLast, CancellationToken cancellationToken)
    {
        var upload = new UploadAnswer { HandedOverAt = _time.GetTimestamp() };
        var charged = false;
        try
        {
            (upload, charged, var session) = await UploadAsync(segment, profiles, handedOver, cancellationToken);
            if (IsOfExpiry(upload.Outcome) && await RenewAsync(upload.HandedOverAt, cancellationToken))
            {
                // Once, and within the time of one result: an orchestrator that calls fresh parameters of its own expired is at fault.
                var first = upload;
                (upload, charged, session) = await UploadAsync(segment, profiles, static () => { }, cancellationToken);
                if (!first.WasRefused) upload = upload with { HandedOverAt = first.HandedOverAt };
            }

            if (upload.Outcome.Code != OutcomeCode.Completed)
                return Transfer() with { Upload = upload with { Outcome = await _purse.ConfirmAsync(upload.Outcome, session, cancellationToken) } };

            var fetching = _time.GetTimestamp();
            var downloads = await Task.WhenAll(upload.Renditions.Select(
                (rendition, i) => _download.FetchAsync(_downloads, rendition.Url, profiles[i], segment.Duration, cancellationToken)));
            return Transfer() with
            {
                Downloads = [.. downloads],
                Download = _time.GetElapsedTime(fetching),
                RoundTrip = _time.GetElapsedTime(upload.HandedOverAt),
                Signature = SignatureOf(session, upload, profiles.Length, downloads),
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
        finally
        {
            if (!isLast && !cancellationToken.IsCancellationRequested && _purse.NeedsRefresh(Session)) await RenewAsync(null, cancellationToken);
        }

        SegmentTransfer Transfer() => new(upload) { Charged = charged };

        SegmentTransfer Failed(Outcome outcome) => Transfer() with { Upload = upload with { Outcome = outcome } };
    }

    public void Dispose()
    {
        _uploads?.Dispose();
        _downloads.Dispose();
    }

    /// <returns>What the upload brought, whether it was charged, and the session that paid.</returns>
    private async Task<(UploadAnswer Upload, bool Charged, OrchestratorSession Session)> UploadAsync(
        ClipSegment segment, ImmutableArray<RenditionProfile> profiles, Action handedOver, CancellationToken cancellationToken)
    {
        var session = Session;
        var flattened = SegmentCredentials.Flatten(_manifestId, segment.Seq, segment.Keccak.AsSpan(), profiles.Select(profile => profile.Name));
        var payment = await _purse.PayAsync(session, segment, profiles, flattened, cancellationToken);
        if (payment.Refusal.Code != OutcomeCode.Completed)
            return (new UploadAnswer { HandedOverAt = _time.GetTimestamp(), Outcome = payment.Refusal, WasRefused = true }, false, session);

        try
        {
            var credentials = SegmentCredentials.Build(_manifestId, segment, profiles, session.AuthToken, payment.Signature);
            _uploads ??= NewClient();
            handedOver();
            var upload = await _upload.SendAsync(_uploads, session, credentials, payment.Header, segment, profiles.Length, cancellationToken);
            if (upload.Broken) Reconnect();
            upload = Settle(payment, upload);
            Session = session.Refresh(upload.Info);
            return (upload, payment.Charged, session);
        }
        finally
        {
            // Only where nothing was said before: it was given up in the middle, and nobody knows what became of it.
            payment.NoResponse();
        }
    }

    private static UploadAnswer Settle(SegmentPayment payment, UploadAnswer upload)
    {
        if (upload.Status == 0)
        {
            payment.NoResponse();
            return upload;
        }

        if (upload.Outcome.Code != OutcomeCode.Completed)
        {
            payment.Failed();
            return upload;
        }

        var pixels = upload.Renditions.Any(rendition => rendition.Pixels < 0)
            ? BigInteger.MinusOne
            : upload.Renditions.Aggregate(BigInteger.Zero, (sum, rendition) => sum + rendition.Pixels);
        var charge = payment.Delivered(pixels);
        return charge.Code == OutcomeCode.Completed ? upload : upload with { Outcome = charge };
    }

    // Everything that was signed must have come; where something is missing the result is not whole for another reason already. What bears
    // no signature of the right form is bad in any case.
    private static Outcome SignatureOf(OrchestratorSession session, UploadAnswer upload, int profiles, DownloadAnswer[] downloads)
    {
        var isWhole = downloads.Length == profiles && downloads.All(download => download.Outcome.Code == OutcomeCode.Completed);
        var hasForm = Ethereum.Signature.TryParse(upload.Signature.Span, out _, out _);
        return isWhole || !hasForm
            ? ResultSignature.Check(session, upload.Signature.Span, downloads.Select(download => download.Bytes))
            : new Outcome(OutcomeCode.Completed);
    }

    private static bool IsOfExpiry(Outcome outcome) => outcome.Code is OutcomeCode.TicketRefused or OutcomeCode.ProtocolViolation
        && outcome.Detail.Contains(SenderChecks.Expired, StringComparison.Ordinal);

    /// <returns>True when there is a new session.</returns>
    private async Task<bool> RenewAsync(long? handedOverAt, CancellationToken cancellationToken)
    {
        if (handedOverAt is { } at && _time.GetElapsedTime(at) >= _limits.Call) return false;
        try
        {
            if (await _renewal.RenewAsync(Session, cancellationToken) is not { } renewed) return false;
            Session = renewed;
            return true;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return false;
        }
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

    /// <summary>Completed when the renditions are signed as they must be, else what is wrong: then none of them counts.</summary>
    public Outcome Signature { get; init; } = new(OutcomeCode.Completed);

    /// <summary>The orchestrator charges for the segment.</summary>
    public bool Charged { get; init; }
}
