using System.Security.Cryptography;
using Monitoring.Core;
using Monitoring.Net;

namespace Monitoring.Livepeer;

/// <summary>
/// The test: concurrent streams of the clip in real time to one orchestrator, shaped like a paying gateway's (design section 4, step 4). An
/// instance may run any number of tests at a time.
/// </summary>
public sealed class StreamTest
{
    private const string ManifestAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private const int ManifestLength = 12;

    private readonly Clip _clip;
    private readonly StreamTestOptions _options;
    private readonly IDiscovery _discovery;
    private readonly SafeDialer _dialer;
    private readonly IPaymaster _paymaster;
    private readonly TimeProvider _time;

    /// <summary>Makes a test from its parts.</summary>
    /// <param name="clip">What is sent.</param>
    /// <param name="options">How it is sent.</param>
    /// <param name="discovery">Opens and ends the sessions.</param>
    /// <param name="dialer">Opens the connections of uploads and downloads.</param>
    /// <param name="paymaster">Pays for the segments.</param>
    /// <param name="time">The clock of everything.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message lists all that are.</exception>
    public StreamTest(Clip clip, StreamTestOptions options, IDiscovery discovery, SafeDialer dialer, IPaymaster paymaster, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        var problems = string.Join(' ', options.Problems());
        if (problems.Length > 0) throw new ArgumentException(problems, nameof(options));
        _clip = clip;
        _options = options;
        _discovery = discovery;
        _dialer = dialer;
        _paymaster = paymaster;
        _time = time;
    }

    /// <summary>Makes a test with the machine's resolver.</summary>
    /// <param name="clip">What is sent.</param>
    /// <param name="options">How it is sent.</param>
    /// <param name="paymaster">Pays for the segments; <see cref="OffChainPaymaster"/> on an off-chain network.</param>
    /// <param name="time">The clock of everything.</param>
    /// <param name="discovery">Makes what opens and ends the sessions; null for <see cref="GrpcDiscovery"/>.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message lists all that are.</exception>
    public static StreamTest Create(Clip clip, StreamTestOptions options, IPaymaster paymaster, TimeProvider time, DiscoveryFactory? discovery = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(paymaster);
        var dialer = new SafeDialer(options.Dial with { ConnectTimeout = options.Limits.Connect }, new SystemNameResolver(), time);
        discovery ??= GrpcDiscovery.Create;
        return new StreamTest(clip, options, discovery(dialer, paymaster.Identity, options.Limits, time), dialer, paymaster, time);
    }

    /// <summary>How its results are measured: clip, segments and streams.</summary>
    public string Method => TestMethod.StreamTest(_clip.Name, _clip.Segments.Length, _options.Streams);

    /// <summary>
    /// The longest a test takes from its start: discovery, the clip, the last segment's result and downloads, and the end of the session.
    /// A job's deadline should lie no earlier than the start plus the clip's duration.
    /// </summary>
    public TimeSpan LongestRun => _options.Limits.Call + _clip.Duration + _options.Limits.Result + _options.Limits.Download + _options.Limits.Call;

    /// <summary>Runs one test to its end. Whatever goes wrong is in the result.</summary>
    /// <param name="job">What to test. Nothing is sent after its deadline.</param>
    /// <param name="observer">Watches; null for nobody.</param>
    /// <param name="cancellationToken">Asks to stop: the result is then void as our shutdown.</param>
    public async Task<TestResult> RunAsync(TestJob job, IStreamTestObserver? observer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(job);
        var startedAt = _time.GetUtcNow();
        var start = _time.GetTimestamp();
        var left = job.Deadline - startedAt;
        using var deadline = new CancellationTokenSource(TimeSpan.FromTicks(Math.Clamp(left.Ticks, 0, TimeSpan.TicksPerDay)), _time);
        using var sending = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);

        var judge = new RenditionJudge(_clip);
        var purse = _paymaster.Open(job);
        var streams = await Task.WhenAll(Enumerable.Range(0, _options.Streams).Select(stream =>
            new StreamRun(stream, _clip, _options, _discovery, _dialer, purse, judge, observer, _time)
                .RunAsync(job.ServiceUri, RandomNumberGenerator.GetString(ManifestAlphabet, ManifestLength), sending.Token, cancellationToken)));
        return TestVerdict.Of(job, Method, [.. streams], purse.Spent, startedAt, _time.GetElapsedTime(start), _options.LateLimit);
    }
}
