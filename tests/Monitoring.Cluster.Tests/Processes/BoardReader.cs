using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Monitoring.Cluster.Tests.Processes;

/// <summary>
/// A client of the hubs that asks for the board twenty times a second, of one hub and then of another, and asks the next one where the first does
/// not answer. An open loop: a request is due at its instant, whether or not the one before was answered, and its time counts from there.
/// </summary>
internal sealed class BoardReader : IAsyncDisposable
{
    private const int PerSecond = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly HttpClient[] _hubs;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<(string Phase, double Milliseconds, bool Retried)> _answers = [];
    private readonly ConcurrentBag<(string Phase, string Why)> _failed = [];
    private readonly Task _asking;
    private string _phase = "at first";

    public BoardReader(IEnumerable<Uri> hubs)
    {
        _hubs = [.. hubs.Select(h => new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromSeconds(20) }) { BaseAddress = h, Timeout = Patience })];
        _asking = AskAsync();
    }

    /// <summary>What is asked from now on counts under this name.</summary>
    public void Phase(string name) => Volatile.Write(ref _phase, name);

    /// <summary>Requests of a phase that neither hub answered, and why.</summary>
    public string[] Failed(string phase) => [.. _failed.Where(f => f.Phase == phase).Select(f => f.Why)];

    /// <summary>A line about a phase.</summary>
    public string Told(string phase)
    {
        var times = _answers.Where(a => a.Phase == phase).ToList();
        var sorted = times.Select(t => t.Milliseconds).Order().ToArray();
        double At(double share) => sorted.Length == 0 ? double.NaN : sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Length) - 1)];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"API {phase}: {sorted.Length} answers ({times.Count(t => t.Retried)} by the other hub), {Failed(phase).Length} failed, p50 {At(0.5):0.0} ms, p99 {At(0.99):0.0} ms, longest {At(1):0} ms");
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _asking;
        foreach (var hub in _hubs) hub.Dispose();
        _stop.Dispose();
    }

    private async Task AskAsync()
    {
        var inFlight = new List<Task>();
        var watch = Stopwatch.StartNew();
        for (var i = 0; !_stop.IsCancellationRequested; i++)
        {
            var due = TimeSpan.FromSeconds((double)i / PerSecond);
            if (due > watch.Elapsed) await Task.Delay(due - watch.Elapsed, CancellationToken.None);
            inFlight.RemoveAll(t => t.IsCompletedSuccessfully);
            inFlight.Add(OneAsync(i, due, watch));
        }

        await Task.WhenAll(inFlight);
    }

    private async Task OneAsync(int number, TimeSpan due, Stopwatch watch)
    {
        var phase = Volatile.Read(ref _phase);
        var why = "";
        for (var attempt = 0; attempt < 2; attempt++)
        {
            try
            {
                using var answer = await _hubs[(number + attempt) % _hubs.Length].GetAsync("/api/aggregated_stats", _stop.Token);

                // An empty board is no answer: a client would take everybody for unknown.
                if (answer.StatusCode == HttpStatusCode.OK && (await answer.Content.ReadAsByteArrayAsync(_stop.Token)).Length > 2)
                {
                    _answers.Add((phase, (watch.Elapsed - due).TotalMilliseconds, attempt > 0));
                    return;
                }

                why += $"{(int)answer.StatusCode} with {answer.Content.Headers.ContentLength} bytes; ";
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
                if (_stop.IsCancellationRequested) return;
                why += e.Message + "; ";
            }
        }

        _failed.Add((phase, why));
    }
}
