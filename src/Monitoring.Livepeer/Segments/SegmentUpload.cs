using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using Google.Protobuf;
using Monitoring.Core;
using Monitoring.Net;

namespace Monitoring.Livepeer;

/// <summary>Uploads one segment and reads its result (protocol reference, 2.1 and 2.4).</summary>
internal sealed class SegmentUpload(OrchestratorLimits limits, TimeProvider time)
{
    private const int MaximumErrorBytes = 64 * 1024;
    private static readonly MediaTypeHeaderValue TransportStream = new("video/MP2T");

    /// <summary>Hands the segment to the HTTP client and waits for the whole result.</summary>
    /// <param name="http">The stream's own client: HTTP/2, one connection.</param>
    /// <param name="session">Where it goes.</param>
    /// <param name="credentials">The <c>Livepeer-Segment</c> message.</param>
    /// <param name="payment">Value of <c>Livepeer-Payment</c>.</param>
    /// <param name="segment">The segment.</param>
    /// <param name="profiles">How many renditions are asked for.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public async Task<UploadAnswer> SendAsync(
        HttpMessageInvoker http, OrchestratorSession session, Wire.SegData credentials, string payment, ClipSegment segment, int profiles,
        CancellationToken cancellationToken)
    {
        using var request = Request(session, credentials, payment, segment);
        using var limit = new CancellationTokenSource(limits.Headers, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var answer = new UploadAnswer { HandedOverAt = time.GetTimestamp() };
        try
        {
            using var response = await http.SendAsync(request, either.Token);
            answer = answer with { Upload = time.GetElapsedTime(answer.HandedOverAt), Status = (int)response.StatusCode };
            limit.CancelAfter(Timeout.InfiniteTimeSpan);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                var text = await ReadErrorAsync(response, answer, cancellationToken);
                return answer with { Outcome = OrchestratorErrors.OfUpload(answer.Status, text) };
            }

            var body = await ReadAsync(response, limits.ResultBytes, answer, cancellationToken);
            answer = answer with { Transcode = time.GetElapsedTime(answer.HandedOverAt) - answer.Upload };
            return Read(answer, body, segment.Seq, profiles);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            var late = FormattableString.Invariant($"no response headers within {limits.Headers.TotalSeconds:0.###} s of the hand-over");
            return answer with { Outcome = new Outcome(OutcomeCode.UploadTimedOut, late), Broken = true };
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return answer with { Outcome = TransportErrors.Of(e, OutcomeCode.ResultTimedOut, OutcomeCode.ServerError), Broken = true };
        }
    }

    /// <summary>Judges a result's bytes.</summary>
    internal static UploadAnswer Read(UploadAnswer answer, ReadOnlySpan<byte> body, int seq, int profiles)
    {
        Wire.TranscodeResult result;
        try
        {
            result = Wire.TranscodeResult.Parser.ParseFrom(body);
        }
        catch (InvalidProtocolBufferException e)
        {
            return Violates($"the result is not a TranscodeResult: {e.Message}");
        }

        answer = answer with { Info = result.Info };
        if (result.Seq != seq) return Violates($"the result is of segment {result.Seq}, not {seq}");
        if (result.ResultCase == Wire.TranscodeResult.ResultOneofCase.Error)
            return answer with { Outcome = OrchestratorErrors.OfTranscoding(result.Error) };
        if (result.ResultCase != Wire.TranscodeResult.ResultOneofCase.Data) return Violates("the result holds neither data nor an error");
        if (result.Data.Segments.Count is var count && count > profiles)
            return Violates($"the result holds {count} renditions where {profiles} were asked for");
        return answer with
        {
            Outcome = new Outcome(OutcomeCode.Completed),
            Renditions = [.. result.Data.Segments],
            Signature = result.Data.Sig.Memory,
        };

        UploadAnswer Violates(string what) => answer with { Outcome = new Outcome(OutcomeCode.ProtocolViolation, Outcome.Clean(what)) };
    }

    private static HttpRequestMessage Request(OrchestratorSession session, Wire.SegData credentials, string payment, ClipSegment segment)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, session.SegmentUrl)
        {
            // A gateway's upload falls back to HTTP/1.1 where TLS negotiates that; without TLS there is nothing to negotiate.
            Version = HttpVersion.Version20,
            VersionPolicy = session.SegmentUrl.Scheme == Uri.UriSchemeHttps
                ? HttpVersionPolicy.RequestVersionOrLower
                : HttpVersionPolicy.RequestVersionExact,
            Content = new ReadOnlyMemoryContent(segment.Bytes) { Headers = { ContentType = TransportStream } },
        };
        request.Headers.TryAddWithoutValidation("Livepeer-Segment", Convert.ToBase64String(credentials.ToByteArray()));
        request.Headers.TryAddWithoutValidation("Livepeer-Payment", payment);
        // The words of a stock gateway: a node must not be able to tell a test from a customer.
        request.Headers.TryAddWithoutValidation("User-Agent", "Go-http-client/2.0");
        return request;
    }

    private async Task<byte[]> ReadAsync(HttpResponseMessage response, int most, UploadAnswer answer, CancellationToken cancellationToken)
    {
        var left = limits.Result - time.GetElapsedTime(answer.HandedOverAt);
        if (left <= TimeSpan.Zero)
        {
            throw new BoundExceededException(
                Bound.TimedOut, FormattableString.Invariant($"No result within {limits.Result.TotalSeconds:0.###} s of the hand-over."));
        }

        var bounds = new BodyLimits { MaximumBytes = most, Timeout = left };
        return await BoundedReader.ReadAsync(await response.Content.ReadAsStreamAsync(cancellationToken), bounds, time, cancellationToken);
    }

    // The status alone is an answer: an error text that cannot be read is no second fault.
    private async Task<string> ReadErrorAsync(HttpResponseMessage response, UploadAnswer answer, CancellationToken cancellationToken)
    {
        try
        {
            return Encoding.UTF8.GetString(await ReadAsync(response, MaximumErrorBytes, answer, cancellationToken));
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            return "";
        }
    }
}

/// <summary>What an upload brought.</summary>
internal sealed record UploadAnswer
{
    /// <summary>Monotonic timestamp of the hand-over to the HTTP client.</summary>
    public required long HandedOverAt { get; init; }

    /// <summary>Completed when there are renditions to fetch, else what was wrong.</summary>
    public Outcome Outcome { get; init; } = new(OutcomeCode.Completed);

    /// <summary>HTTP status; 0 without headers.</summary>
    public int Status { get; init; }

    /// <summary>Hand-over to headers; zero without them.</summary>
    public TimeSpan Upload { get; init; }

    /// <summary>Headers to the end of the result; zero without one.</summary>
    public TimeSpan Transcode { get; init; }

    /// <summary>The renditions, in order of the profiles; the last ones may be missing.</summary>
    public ImmutableArray<Wire.TranscodedSegmentData> Renditions { get; init; } = [];

    /// <summary>Signature over the renditions; empty off-chain.</summary>
    public ReadOnlyMemory<byte> Signature { get; init; }

    /// <summary>Fresh price and ticket parameters; null when the result held none.</summary>
    public Wire.OrchestratorInfo? Info { get; init; }

    /// <summary>Nothing was sent: it was not paid for.</summary>
    public bool WasRefused { get; init; }

    /// <summary>The connection cannot be trusted with the next segment.</summary>
    public bool Broken { get; init; }
}
