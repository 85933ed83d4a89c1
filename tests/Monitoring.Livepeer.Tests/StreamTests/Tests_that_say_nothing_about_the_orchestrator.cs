using System.Net;
using System.Net.Sockets;
using Monitoring.Core;
using Monitoring.Net;

namespace Monitoring.Livepeer.Tests;

public sealed class Tests_that_say_nothing_about_the_orchestrator
{
    private static readonly StreamTestOptions Options = new()
    {
        Limits = Gateway.Patient,
        Dial = new() { AllowLoopback = true },
        LateLimit = TimeSpan.FromMinutes(1),
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Being_asked_to_stop_voids_the_test_and_still_ends_the_session()
    {
        await using var orchestrator = await ScriptedOrchestrator.StartAsync();
        using var stop = new CancellationTokenSource();
        orchestrator.OnSegment = async (context, _) =>
        {
            await stop.CancelAsync();
            await ScriptedOrchestrator.SilenceAsync(context);
        };
        var result = await New(Clip.Embedded.Take(3)).RunAsync(Gateway.Job(orchestrator.Uri), null, stop.Token);
        Assert.Equal(OutcomeCode.OurShutdown, result.Outcome.Code);
        Assert.Equal(OutcomeClass.Void, result.Outcome.Class);
        Assert.Equal([SegmentState.Failed, SegmentState.NotSent, SegmentState.NotSent], result.Evidence.Segments.Select(segment => segment.State));
        Assert.Single(orchestrator.Ended);
    }

    [Fact]
    public async Task Being_asked_to_stop_during_discovery_does_too()
    {
        await using var orchestrator = await ScriptedOrchestrator.StartAsync();
        using var stop = new CancellationTokenSource();
        orchestrator.OnDiscovery = async context =>
        {
            await stop.CancelAsync();
            await ScriptedOrchestrator.SilenceAsync(context);
        };
        var result = await New(Clip.Embedded.Take(2)).RunAsync(Gateway.Job(orchestrator.Uri), null, stop.Token);
        Assert.Equal(OutcomeCode.OurShutdown, result.Outcome.Code);
        Assert.Equal(new ScoreSums(0, 8, 0, 0), result.Summary.Sums);
    }

    [Fact]
    public async Task Nothing_is_sent_after_the_deadline_and_that_is_ours()
    {
        await using var orchestrator = await ScriptedOrchestrator.StartAsync();
        var result = await New(Clip.Embedded.Take(2)).RunAsync(Gateway.Job(orchestrator.Uri, TimeProvider.System.GetUtcNow().AddSeconds(-1)), null, Token);
        Assert.Equal(OutcomeCode.OurOverload, result.Outcome.Code);
        Assert.Empty(orchestrator.Segments);
    }

    [Fact]
    public async Task A_segment_handed_over_too_late_voids_even_a_good_test()
    {
        await using var orchestrator = await ScriptedOrchestrator.StartAsync();
        var result = await New(Clip.Embedded.Take(1), Options with { LateLimit = TimeSpan.FromTicks(1) }).RunAsync(Gateway.Job(orchestrator.Uri), null, Token);
        Assert.Equal(OutcomeCode.OurOverload, result.Outcome.Code);
        Assert.Equal(4, result.Summary.Sums.Received);
        Assert.True(Assert.Single(result.Evidence.Segments).LateMicros > 0);
    }

    [Theory]
    [InlineData(SocketError.NetworkDown, OutcomeCode.OurNetwork)]
    [InlineData(SocketError.TooManyOpenSockets, OutcomeCode.OurNetwork)]
    [InlineData(SocketError.ConnectionRefused, OutcomeCode.Unreachable)]
    [InlineData(SocketError.HostUnreachable, OutcomeCode.Unreachable)]
    [InlineData(SocketError.NetworkUnreachable, OutcomeCode.Unreachable)]
    [InlineData(SocketError.AddressNotAvailable, OutcomeCode.Unreachable)]
    public void Only_what_no_orchestrator_can_bring_about_is_ours(SocketError error, OutcomeCode code)
    {
        var thrown = new HttpRequestException("no connection", new DialException(DialFailure.Refused, "no connection", new SocketException((int)error)));
        Assert.Equal(code, TransportErrors.Of(thrown, OutcomeCode.ResultTimedOut, OutcomeCode.ServerError).Code);
    }

    [Fact]
    public async Task A_name_server_that_fails_is_no_excuse_for_whoever_chose_it()
    {
        var dialer = new SafeDialer(new DialPolicy(), new FailingResolver(), TimeProvider.System);
        var discovery = new GrpcDiscovery(dialer, OffChainPaymaster.Instance.Identity, Gateway.Patient, TimeProvider.System);
        var test = new StreamTest(Clip.Embedded.Take(2), Options, discovery, dialer, OffChainPaymaster.Instance, TimeProvider.System);
        var result = await test.RunAsync(Gateway.Job("https://orchestrator.example:8935"), null, Token);
        Assert.Equal(OutcomeCode.NameNotFound, result.Outcome.Code);
        Assert.Equal(new ScoreSums(0, 8, 0, 0), result.Summary.Sums);
    }

    [Fact]
    public async Task A_paymaster_that_fails_is_our_fault()
    {
        await using var orchestrator = await ScriptedOrchestrator.StartAsync();
        var dialer = Gateway.Dialer();
        var test = new StreamTest(Clip.Embedded.Take(1), Options, Gateway.Discovery(), dialer, new BrokenPaymaster(), TimeProvider.System);
        var result = await test.RunAsync(Gateway.Job(orchestrator.Uri), null, Token);
        Assert.Equal(OutcomeCode.OurFault, result.Outcome.Code);
        Assert.Empty(orchestrator.Segments);
    }

    [Theory]
    [InlineData(50_001, 1, OutcomeCode.PricedOut)]
    [InlineData(100_001, 2, OutcomeCode.PricedOut)]
    [InlineData(long.MaxValue, 1, OutcomeCode.PricedOut)]
    [InlineData(50_000, 1, OutcomeCode.Completed)]
    [InlineData(long.MaxValue, long.MaxValue, OutcomeCode.Completed)]
    public async Task Whoever_is_dearer_than_the_ceiling_is_excluded_and_sent_nothing(long wei, long pixels, OutcomeCode code)
    {
        await using var orchestrator = await ScriptedOrchestrator.StartAsync();
        orchestrator.Price = new Wire.PriceInfo { PricePerUnit = wei, PixelsPerUnit = pixels };
        var result = await New(Clip.Embedded.Take(1)).RunAsync(Gateway.Job(orchestrator.Uri), null, Token);
        Assert.Equal(code, result.Outcome.Code);
        Assert.Equal(code == OutcomeCode.Completed ? 1 : 0, orchestrator.Segments.Count);
        Assert.Single(orchestrator.Ended);
        Assert.Equal($"{wei}/{pixels}", result.Evidence.Price);
    }

    [Fact]
    public async Task A_capped_discovery_sends_nothing_and_expects_everything()
    {
        await using var orchestrator = await ScriptedOrchestrator.StartAsync();
        orchestrator.OnDiscovery = context => ScriptedOrchestrator.GrpcAsync(context, [], "2", "Invalid orchestrator request: OrchestratorCapped");
        var result = await New(Clip.Embedded).RunAsync(Gateway.Job(orchestrator.Uri), null, Token);
        Assert.Equal(OutcomeCode.Capped, result.Outcome.Code);
        Assert.Equal(new ScoreSums(0, 60, 0, 0), result.Summary.Sums);
        Assert.Equal((15, 0), (result.Summary.SourceSegments, result.Summary.SegmentsSent));
        Assert.All(result.Evidence.Segments, segment => Assert.Equal(SegmentState.NotSent, segment.State));
        Assert.Empty(orchestrator.Segments);
        Assert.Empty(orchestrator.Ended);
    }

    [Fact]
    public async Task Each_of_several_streams_has_its_own_session_and_name()
    {
        await using var orchestrator = await ScriptedOrchestrator.StartAsync();
        var test = New(Clip.Embedded.Take(1), Options with { Streams = 3 });
        var result = await test.RunAsync(Gateway.Job(orchestrator.Uri), null, Token);
        Assert.Equal(new Outcome(OutcomeCode.Completed), result.Outcome);
        Assert.Equal("stream1/clip1/1seg/3str", result.Summary.Method);
        Assert.Equal((12, 12, 3), (result.Summary.Sums.Received, result.Summary.Sums.Expected, result.Summary.SourceSegments));
        Assert.Equal(3, orchestrator.Discoveries.Count);
        Assert.Equal(3, orchestrator.Ended.Count);
        Assert.Equal(3, orchestrator.Segments.Select(sent => sent.Segment.ManifestId).Distinct().Count());
        Assert.Equal([0, 1, 2], result.Evidence.Segments.Select(segment => segment.Stream));
    }

    [Fact]
    public void Options_out_of_range_are_all_named()
    {
        var options = Options with { Streams = 9, GiveUpAfter = 0, LateLimit = TimeSpan.Zero, Limits = new() { Call = TimeSpan.Zero } };
        var message = Assert.Throws<ArgumentException>(() => New(Clip.Embedded, options)).Message;
        foreach (var name in new[] { "Streams", "GiveUpAfter", "LateLimit", "Call" }) Assert.Contains(name, message, StringComparison.Ordinal);
    }

    private static StreamTest New(Clip clip, StreamTestOptions? options = null) => StreamTest.Create(clip, options ?? Options, OffChainPaymaster.Instance, TimeProvider.System);

    private sealed class FailingResolver : INameResolver
    {
        public Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken) => throw new SocketException((int)SocketError.TryAgain);
    }

    private sealed class BrokenPaymaster : IPaymaster, IPurse
    {
        public GatewayIdentity Identity => OffChainPaymaster.Instance.Identity;

        public Spend Spent => Spend.None;

        public IPurse Open(TestJob job) => this;

        public ValueTask<Outcome> ExamineAsync(OrchestratorSession session, StreamOrder order, CancellationToken cancellationToken) =>
            ValueTask.FromResult(new Outcome(OutcomeCode.Completed));

        public ValueTask<SegmentPayment> PayAsync(
            OrchestratorSession session, ClipSegment segment, ImmutableArray<RenditionProfile> profiles, ReadOnlyMemory<byte> flattened, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("no key");

        public bool NeedsRefresh(OrchestratorSession session) => false;

        public ValueTask<Outcome> ConfirmAsync(Outcome claimed, OrchestratorSession? session, CancellationToken cancellationToken) => ValueTask.FromResult(claimed);
    }
}
