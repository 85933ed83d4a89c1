using System.Net;

namespace Monitoring.Alerting;

/// <summary>
/// Asks an address again and again, only while the instrument is well. Whoever answers there (a dead-man's switch outside) raises the alarm
/// when it stops: that way even a machine that is gone is noticed.
/// </summary>
public sealed partial class Heartbeat
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly Uri _url;
    private readonly HttpMethod _method;
    private readonly Func<string?> _trouble;
    private readonly ChannelHttp _http;
    private readonly TimeSpan _every;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private string? _last = "";

    /// <summary>Makes a heartbeat.</summary>
    /// <param name="url">The address, which is a secret.</param>
    /// <param name="method">GET or POST.</param>
    /// <param name="trouble">Why the instrument is not well; null while it is. It never blocks.</param>
    /// <param name="http">Asks.</param>
    /// <param name="every">How often.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Gets a line when it stops or begins again.</param>
    public Heartbeat(Uri url, HttpMethod method, Func<string?> trouble, ChannelHttp http, TimeSpan every, TimeProvider time, ILogger<Heartbeat> log) =>
        (_url, _method, _trouble, _http, _every, _time, _log) = (url, method, trouble, http, every, time, log);

    /// <summary>Beats until asked to stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                await BeatAsync(stop);
                await Task.Delay(_every, _time, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
    }

    private async Task BeatAsync(CancellationToken stop)
    {
        var trouble = _trouble();
        if (trouble is null)
        {
            var attempt = await AskAsync(stop);
            trouble = attempt.Verdict == Verdict.Taken ? null : $"it was not taken ({attempt.Status}: {attempt.Answer})";
        }

        if (trouble == _last) return;
        if (trouble is null) LogBeats();
        else LogSilent(trouble);
        _last = trouble;
    }

    private async Task<Attempt> AskAsync(CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(Limit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        using var request = new HttpRequestMessage(_method, _url) { Version = HttpVersion.Version11 };
        try
        {
            return (await _http.SendAsync(request, [_url.PathAndQuery], either.Token)).Attempt;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return new Attempt(Verdict.Failed, 0, "no answer in time");
        }
    }

    [LoggerMessage(7040, LogLevel.Information, "The heartbeat to the outside beats")]
    private partial void LogBeats();

    [LoggerMessage(7041, LogLevel.Warning, "The heartbeat to the outside is silent: {Why}")]
    private partial void LogSilent(string why);
}
