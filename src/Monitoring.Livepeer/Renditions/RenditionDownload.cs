using System.Net;
using System.Net.Http;
using Monitoring.Core;
using Monitoring.Net;

namespace Monitoring.Livepeer;

/// <summary>Fetches one rendition from wherever the orchestrator says it lies, within bounds of size, time and rate.</summary>
internal sealed class RenditionDownload(OrchestratorLimits limits, TimeProvider time)
{
    /// <summary>Fetches the bytes.</summary>
    /// <param name="http">The stream's own client: HTTP/1.1, parallel connections.</param>
    /// <param name="url">The URL of the result.</param>
    /// <param name="profile">The profile asked for, which bounds the size.</param>
    /// <param name="duration">Duration of the source.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public async Task<DownloadAnswer> FetchAsync(
        HttpMessageInvoker http, string url, RenditionProfile profile, TimeSpan duration, CancellationToken cancellationToken)
    {
        if (!StrangerUrls.TryParse(url, out var address, out var problem))
            return new DownloadAnswer(new Outcome(OutcomeCode.ProtocolViolation, $"the URL of {profile.Name} cannot be used: {problem}"));

        var start = time.GetTimestamp();
        using var limit = new CancellationTokenSource(limits.Download, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address)
            {
                Version = HttpVersion.Version11,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            };
            request.Headers.TryAddWithoutValidation("User-Agent", "Go-http-client/1.1");
            using var response = await http.SendAsync(request, either.Token);
            if (response.StatusCode != HttpStatusCode.OK) return Failed(OfStatus(profile, (int)response.StatusCode));

            var left = limits.Download - time.GetElapsedTime(start);
            if (left <= TimeSpan.Zero) return Failed(TimedOut(profile));
            var bounds = new BodyLimits
            {
                MaximumBytes = OrchestratorLimits.RenditionBytes(profile, duration),
                Timeout = left,
                MinimumBytesPerSecond = limits.MinimumDownloadRate,
            };
            var bytes = await BoundedReader.ReadAsync(await response.Content.ReadAsStreamAsync(either.Token), bounds, time, either.Token);
            return new DownloadAnswer(new Outcome(OutcomeCode.Completed), bytes, time.GetElapsedTime(start));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Failed(TimedOut(profile));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            var outcome = TransportErrors.Of(e, OutcomeCode.DownloadTimedOut, OutcomeCode.DownloadFailed);
            return Failed(outcome with { Detail = Outcome.Clean($"{profile.Name}: {outcome.Detail}") });
        }

        DownloadAnswer Failed(Outcome outcome) => new(outcome) { Elapsed = time.GetElapsedTime(start) };
    }

    private static Outcome OfStatus(RenditionProfile profile, int status) => new(
        status is >= 300 and < 400 ? OutcomeCode.Redirected : OutcomeCode.DownloadFailed, $"{profile.Name}: HTTP {status} in place of the rendition");

    private Outcome TimedOut(RenditionProfile profile) =>
        new(OutcomeCode.DownloadTimedOut, FormattableString.Invariant($"{profile.Name}: no rendition within {limits.Download.TotalSeconds:0.###} s"));
}

/// <summary>What a download brought.</summary>
/// <param name="Outcome">Completed when there are bytes to judge, else what was wrong.</param>
/// <param name="Bytes">The bytes.</param>
/// <param name="Elapsed">Request to last byte, or to the failure.</param>
internal readonly record struct DownloadAnswer(Outcome Outcome, ReadOnlyMemory<byte> Bytes = default, TimeSpan Elapsed = default);
