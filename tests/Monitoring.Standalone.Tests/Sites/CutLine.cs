namespace Monitoring.Standalone.Tests.Sites;

/// <summary>
/// The line from a region to its hub, at the place of the transport: while it is cut nothing passes and nobody says so, as where packets vanish; where
/// there is no hub, it is refused at once. What is on its way as the line is cut is lost with its answer, and of the reports that pass every third answer
/// is lost all the same.
/// </summary>
internal sealed class CutLine() : DelegatingHandler(new SocketsHttpHandler())
{
    private const string Lease = "/hub/v1/lease";
    private const string Report = "/hub/v1/report";
    private readonly Lock _lock = new();
    private CancellationTokenSource _cut = new();
    private int _short;
    private int _reports;
    private int _failed;
    private int _lost;

    /// <summary>Where the hub listens now; null while there is none.</summary>
    public Uri? Hub { get; set; }

    /// <summary>True when the region waits for nothing of the hub, but perhaps for work.</summary>
    public bool IsQuiet => Volatile.Read(ref _short) == 0;

    /// <summary>Answers to reports that were lost though the hub had said them.</summary>
    public int AnswersLost => Volatile.Read(ref _lost);

    /// <summary>Requests that nothing became of.</summary>
    public int Failed => Volatile.Read(ref _failed);

    public void Cut() => _cut.Cancel();

    public void Mend()
    {
        lock (_lock)
        {
            _cut.Dispose();
            _cut = new CancellationTokenSource();
        }
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.AbsolutePath;
        CancellationToken cut;
        lock (_lock) cut = _cut.Token;
        if (!cut.IsCancellationRequested)
        {
            if (Hub is not { } hub)
            {
                Interlocked.Increment(ref _failed);
                throw new HttpRequestException("connection refused");
            }

            request.RequestUri = new Uri(hub, path);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cut, cancellationToken);
            Count(path, 1);
            try
            {
                var answer = await base.SendAsync(request, either.Token);
                if (path != Report || !answer.IsSuccessStatusCode || Interlocked.Increment(ref _reports) % 3 != 0) return answer;
                answer.Dispose();
                Interlocked.Increment(ref _lost);
                throw new HttpRequestException("the answer was lost");
            }
            catch (OperationCanceledException) when (cut.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
            }
            finally
            {
                Count(path, -1);
            }
        }

        Interlocked.Increment(ref _failed);
        await Task.Delay(Timeout.Infinite, cancellationToken);
        throw new InvalidOperationException("Nothing comes back over a line that is cut.");
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _cut.Dispose();
        base.Dispose(disposing);
    }

    private void Count(string path, int by)
    {
        if (path != Lease) Interlocked.Add(ref _short, by);
    }
}
