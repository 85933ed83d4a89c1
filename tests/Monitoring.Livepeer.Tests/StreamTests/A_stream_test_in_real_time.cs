using Google.Protobuf;
using Monitoring.Core;
using Monitoring.Ethereum;

namespace Monitoring.Livepeer.Tests;

public sealed class A_stream_test_in_real_time
{
    // The rate of a trickle is judged on the clock too, and this clock only moves when told.
    private static readonly StreamTestOptions Options = new()
    {
        Limits = Gateway.Patient with { MinimumDownloadRate = 0 },
        Dial = new() { AllowLoopback = true },
    };

    private readonly PacedTime _time = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_good_orchestrator_completes_with_exact_sums(bool tls)
    {
        await using var orchestrator = await ScriptedOrchestrator.StartAsync(tls);
        orchestrator.OnSegment = async (context, segment) =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(300));
            await context.Response.StartAsync(Token);
            await context.Response.Body.FlushAsync(Token);
            await context.Response.Body.WriteAsync(orchestrator.Result(segment).ToByteArray(), Token);
        };
        var clip = Clip.Embedded.Take(3);
        var watcher = new Watcher(_ => _time.Release());
        var test = StreamTest.Create(clip, Options, OffChainPaymaster.Instance, _time);
        var job = Gateway.Job(orchestrator.Uri, _time.GetUtcNow().AddMinutes(5));

        var result = await test.RunAsync(job, watcher, Token).WaitAsync(TimeSpan.FromMinutes(2), Token);

        Assert.Equal(new Outcome(OutcomeCode.Completed), result.Outcome);
        Assert.Equal((job.Id, job.Orchestrator, job.Region, job.NotBefore), (result.Id, result.Orchestrator, result.Region, result.PlannedAt));
        var summary = result.Summary;
        Assert.Equal(new ScoreSums(12, 12, 6_000_000, 900_000), summary.Sums);
        Assert.Equal(new LegacyAverages(1, 2, 0.3), summary.Averages);
        Assert.Equal("stream1/clip1/3seg/1str", summary.Method);
        Assert.Equal((3, 3, 3, 12), (summary.SourceSegments, summary.RealTimeSegments, summary.SegmentsSent, summary.SegmentsReceived));
        Assert.Equal([300_000, 300_000, 300_000], summary.RoundTripsMicros);
        Assert.Equal("0.9.1-176aa415", summary.Version);
        Assert.Equal(clip.Segments.Sum(segment => segment.Bytes.Length), summary.BytesUp);
        Assert.Equal(clip.Segments.Sum(s => RenditionProfile.StreamTest.Sum(p => Fixture.Rendition(p.Name, s.Seq).Length)), summary.BytesDown);
        Assert.Empty(summary.Errors);
        Assert.Equal(TimeSpan.FromSeconds(4.3), summary.Elapsed);

        var evidence = result.Evidence;
        Assert.Equal(new Uri(orchestrator.Uri).Authority, evidence.DialledAddress);
        Assert.Equal(orchestrator.Uri, evidence.Transcoder);
        Assert.Equal(tls ? ScriptedOrchestrator.CertificateSha256 : "", evidence.CertificateSha256);
        Assert.Equal([0, 2_000_000, 4_000_000], evidence.Segments.Select(segment => segment.ReadyMicros));
        Assert.All(evidence.Segments, segment => Assert.Equal((SegmentState.Complete, 200, 4, false), (segment.State, segment.Status, segment.Renditions.Length, segment.StockGatewayWouldGiveUp)));
        Assert.Equal(3, watcher.Segments.Count);
        Assert.Single(watcher.Discoveries);
    }

    [Fact]
    public async Task It_looks_like_a_gateway_on_the_wire()
    {
        await using var orchestrator = await ScriptedOrchestrator.StartAsync();
        var clip = Clip.Embedded.Take(2);
        await RunAsync(orchestrator, clip, Options, new Watcher(_ => _time.Release()));

        Assert.Equal(2, orchestrator.Segments.Count);
        var manifests = orchestrator.Segments.Select(sent => sent.Segment.ManifestId.ToStringUtf8()).Distinct().ToArray();
        Assert.Matches("^[A-Za-z0-9]{12}$", Assert.Single(manifests));
        foreach (var (segment, body, headers, protocol) in orchestrator.Segments)
        {
            var source = clip.Segments[(int)segment.Seq];
            Assert.Equal("HTTP/2", protocol);
            Assert.Equal("video/MP2T", headers["Content-Type"].ToString());
            Assert.Equal("", Assert.Single(headers["Livepeer-Payment"].ToArray()));
            Assert.Equal(source.Bytes.ToArray(), body);
            Assert.Equal(Keccak256.Hash(body), segment.Hash.ToByteArray());
            Assert.Equal(("invalid", 2000, 0), (segment.Profiles.ToStringUtf8(), segment.Duration, segment.Sig.Length));
            Assert.Equal(RenditionProfile.StreamTest.Select(profile => profile.Name), segment.FullProfiles.Select(profile => profile.Name));
            Assert.Equal(orchestrator.Info().AuthToken, segment.AuthToken);
        }

        Assert.Equal(8, orchestrator.DownloadProtocols.Count);
        Assert.All(orchestrator.DownloadProtocols, protocol => Assert.Equal("HTTP/1.1", protocol));
        Assert.Equal(orchestrator.Info().AuthToken, Assert.Single(orchestrator.Ended));
    }

    [Fact]
    public async Task A_segment_is_dropped_while_the_one_before_it_is_in_flight()
    {
        await using var orchestrator = await ScriptedOrchestrator.StartAsync();
        var dropped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        orchestrator.OnSegment = async (context, segment) =>
        {
            if (segment.Seq == 0)
            {
                _time.Release(); // segment 1 becomes ready
                await dropped.Task.WaitAsync(TimeSpan.FromMinutes(1), Token); // without the drop the upload fails and the test with it
            }

            await context.Response.Body.WriteAsync(orchestrator.Result(segment).ToByteArray(), Token);
        };
        var watcher = new Watcher(segment =>
        {
            if (segment.State == SegmentState.Dropped) dropped.SetResult();
            else _time.Release();
        });

        var result = await RunAsync(orchestrator, Clip.Embedded.Take(3), Options, watcher);

        Assert.Equal([SegmentState.Complete, SegmentState.Dropped, SegmentState.Complete], result.Evidence.Segments.Select(segment => segment.State));
        Assert.Equal(OutcomeCode.Partial, result.Outcome.Code);
        Assert.Equal((8, 12), (result.Summary.Sums.Received, result.Summary.Sums.Expected));
        Assert.Equal(4_000_000, result.Summary.Sums.DurationMicros);
        Assert.Equal(2, result.Summary.SegmentsSent);
        Assert.Equal(new ErrorCount("Dropped", "the segment before it was still in flight", 1), Assert.Single(result.Summary.Errors));
    }

    [Fact]
    public async Task A_copy_of_an_earlier_segments_renditions_does_not_count()
    {
        await using var orchestrator = await ScriptedOrchestrator.StartAsync();
        orchestrator.Renditions = (profile, _) => Fixture.Rendition(profile, 0);
        var result = await RunAsync(orchestrator, Clip.Embedded.Take(2), Options, new Watcher(_ => _time.Release()));
        Assert.Equal((4, 8), (result.Summary.Sums.Received, result.Summary.Sums.Expected));
        Assert.Equal(OutcomeCode.Repeated, result.Evidence.Segments[1].Outcome.Code);
    }

    [Fact]
    public async Task It_gives_up_on_a_dead_orchestrator_and_keeps_every_segment_expected()
    {
        await using var orchestrator = await ScriptedOrchestrator.StartAsync();
        orchestrator.OnSegment = (context, _) => ScriptedOrchestrator.TextAsync(context, 500, "Internal Server Error");
        var result = await RunAsync(orchestrator, Clip.Embedded.Take(5), Options with { GiveUpAfter = 2 }, new Watcher(_ => _time.Release()));
        Assert.Equal(2, orchestrator.Segments.Count);
        Assert.Equal(OutcomeCode.ServerError, result.Outcome.Code);
        Assert.Equal(new ScoreSums(0, 20, 0, 0), result.Summary.Sums);
        Assert.Equal(new LegacyAverages(0, 2, 0), result.Summary.Averages);
        Assert.Equal([SegmentState.Failed, SegmentState.Failed, SegmentState.NotSent, SegmentState.NotSent, SegmentState.NotSent], result.Evidence.Segments.Select(segment => segment.State));
    }

    [Theory]
    [InlineData("OrchestratorCapped", OutcomeCode.Capped)]
    [InlineData("ErrSegSig", OutcomeCode.SegmentRefused)]
    public async Task Capped_excuses_only_where_every_segment_said_so(string second, OutcomeCode code)
    {
        await using var orchestrator = await ScriptedOrchestrator.StartAsync();
        orchestrator.OnSegment = (context, segment) => ScriptedOrchestrator.TextAsync(context, 403, segment.Seq == 0 ? "OrchestratorCapped" : second);
        var result = await RunAsync(orchestrator, Clip.Embedded.Take(2), Options, new Watcher(_ => _time.Release()));
        Assert.Equal(code, result.Outcome.Code);
        Assert.Equal(new ScoreSums(0, 8, 0, 0), result.Summary.Sums);
    }

    private Task<Core.TestResult> RunAsync(ScriptedOrchestrator orchestrator, Clip clip, StreamTestOptions options, Watcher watcher) =>
        StreamTest.Create(clip, options, OffChainPaymaster.Instance, _time)
            .RunAsync(Gateway.Job(orchestrator.Uri, _time.GetUtcNow().AddMinutes(5)), watcher, Token)
            .WaitAsync(TimeSpan.FromMinutes(2), Token); // a wait that nobody releases fails and does not hang
}
