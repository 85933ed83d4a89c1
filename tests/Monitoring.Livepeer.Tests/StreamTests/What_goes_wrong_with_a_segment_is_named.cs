using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Monitoring.Core;

namespace Monitoring.Livepeer.Tests;

public sealed class What_goes_wrong_with_a_segment_is_named
{
    private static readonly Clip OneSegment = Clip.Embedded.Take(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(403, "ErrSegSig", OutcomeCode.SegmentRefused)]
    [InlineData(403, "invalid auth token", OutcomeCode.AuthTokenRefused)]
    [InlineData(403, "incompatible capabilities", OutcomeCode.Incompatible)]
    [InlineData(400, "Insufficient balance", OutcomeCode.TicketRefused)]
    [InlineData(500, "Internal Server Error", OutcomeCode.ServerError)]
    public Task A_refused_upload(int status, string text, OutcomeCode code) =>
        AssertAsync(code, orchestrator => orchestrator.OnSegment = (context, _) => ScriptedOrchestrator.TextAsync(context, status, text));

    [Fact]
    public Task A_refusal_with_an_endless_text_is_known_by_its_status() => AssertAsync(OutcomeCode.ServerError, orchestrator => orchestrator.OnSegment = async (context, _) =>
    {
        context.Response.StatusCode = 500;
        await EndlessAsync(context);
    });

    [Fact]
    public Task A_redirected_upload() => AssertAsync(OutcomeCode.Redirected, orchestrator => orchestrator.OnSegment = (context, _) =>
    {
        context.Response.Redirect(orchestrator.Uri + "/segment", permanent: true, preserveMethod: true);
        return Task.CompletedTask;
    });

    [Fact]
    public async Task Headers_that_never_come()
    {
        var segment = await AssertAsync(
            OutcomeCode.UploadTimedOut,
            orchestrator => orchestrator.OnSegment = (context, _) => ScriptedOrchestrator.SilenceAsync(context),
            Gateway.Patient with { Headers = TimeSpan.FromMilliseconds(500) });
        Assert.True(segment.StockGatewayWouldGiveUp);
        Assert.Equal(0, segment.Status);
    }

    [Fact]
    public async Task A_result_that_never_comes()
    {
        var segment = await AssertAsync(
            OutcomeCode.ResultTimedOut,
            orchestrator => orchestrator.OnSegment = async (context, _) =>
            {
                await context.Response.StartAsync(Token);
                await context.Response.Body.FlushAsync(Token);
                await ScriptedOrchestrator.SilenceAsync(context);
            },
            Gateway.Patient with { Result = TimeSpan.FromSeconds(1) });
        Assert.Equal(200, segment.Status);
        Assert.True(segment.UploadMicros > 0);
    }

    [Fact]
    public Task An_endless_result() => AssertAsync(OutcomeCode.AnswerTooLarge, orchestrator => orchestrator.OnSegment = (context, _) => EndlessAsync(context));

    [Fact]
    public Task A_result_of_garbage() => AssertAsync(
        OutcomeCode.ProtocolViolation, orchestrator => orchestrator.OnSegment = (context, _) => context.Response.Body.WriteAsync(new byte[] { 0xff, 0xff, 0xff }, Token).AsTask());

    [Fact]
    public Task An_answer_cut_off_in_the_middle() => AssertAsync(OutcomeCode.ServerError, orchestrator => orchestrator.OnSegment = async (context, _) =>
    {
        await context.Response.StartAsync(Token);
        await context.Response.Body.FlushAsync(Token);
        context.Abort();
    });

    [Fact]
    public Task An_error_in_the_result() => AssertAsync(OutcomeCode.OrchestratorBusy, orchestrator => orchestrator.OnSegment = (context, segment) =>
        WriteAsync(context, new Wire.TranscodeResult { Seq = segment.Seq, Error = "OrchestratorBusy", Info = orchestrator.Info() }));

    [Fact]
    public async Task A_result_with_one_rendition_too_few()
    {
        var segment = await AssertAsync(
            OutcomeCode.MissingRenditions,
            orchestrator => orchestrator.OnSegment = (context, sent) =>
            {
                var result = orchestrator.Result(sent);
                result.Data.Segments.RemoveAt(3);
                return WriteAsync(context, result);
            },
            received: 3);
        Assert.Equal(SegmentState.Partial, segment.State);
    }

    [Theory]
    [InlineData("http://169.254.169.254/latest/meta-data", OutcomeCode.BlockedAddress)]
    [InlineData("file:///etc/passwd", OutcomeCode.ProtocolViolation)]
    [InlineData("", OutcomeCode.ProtocolViolation)]
    public Task A_rendition_somewhere_it_must_not_be(string url, OutcomeCode code) => AssertAsync(
        code,
        orchestrator => orchestrator.OnSegment = (context, sent) =>
        {
            var result = orchestrator.Result(sent);
            result.Data.Segments[0].Url = url;
            return WriteAsync(context, result);
        },
        received: 3);

    [Fact]
    public Task A_rendition_that_is_not_found() => AssertRenditionAsync(OutcomeCode.DownloadFailed, context => ScriptedOrchestrator.TextAsync(context, 404, "ErrNotFound"));

    [Fact]
    public Task A_rendition_behind_a_redirect() => AssertRenditionAsync(OutcomeCode.Redirected, context =>
    {
        context.Response.Redirect("https://example.com/");
        return Task.CompletedTask;
    });

    [Fact]
    public Task An_endless_rendition() => AssertRenditionAsync(OutcomeCode.AnswerTooLarge, EndlessAsync);

    [Fact]
    public Task A_rendition_that_never_comes() => AssertRenditionAsync(
        OutcomeCode.DownloadTimedOut, ScriptedOrchestrator.SilenceAsync, Gateway.Patient with { Download = TimeSpan.FromSeconds(2) });

    [Fact]
    public Task A_rendition_that_trickles() => AssertRenditionAsync(OutcomeCode.TooSlow, async context =>
    {
        await context.Response.Body.WriteAsync(new byte[100], Token);
        await context.Response.Body.FlushAsync(Token);
        await ScriptedOrchestrator.SilenceAsync(context);
    });

    [Fact]
    public Task The_source_in_place_of_a_rendition() => AssertRenditionAsync(
        OutcomeCode.Repeated, context => context.Response.Body.WriteAsync(OneSegment.Segments[0].Bytes, Token).AsTask());

    [Fact]
    public Task A_rendition_of_another_size() => AssertRenditionAsync(
        OutcomeCode.WrongSize, context => context.Response.Body.WriteAsync(Fixture.Rendition("P360p30fps16x9", 7), Token).AsTask());

    [Fact]
    public Task A_text_in_place_of_a_rendition() => AssertRenditionAsync(OutcomeCode.NotVideo, context => ScriptedOrchestrator.TextAsync(context, 200, "soon"));

    [Fact]
    public async Task A_transcoder_that_nobody_answers_at()
    {
        var segment = await AssertAsync(OutcomeCode.Unreachable, orchestrator => orchestrator.OnDiscovery = context =>
        {
            var info = orchestrator.Info();
            info.Transcoder = "https://127.0.0.1:1";
            return ScriptedOrchestrator.GrpcAsync(context, GrpcFrame.Write(info));
        });
        Assert.Equal(SegmentState.Failed, segment.State);
    }

    [Fact]
    public async Task A_transcoder_without_http2_is_served_as_a_gateway_would()
    {
        await using var second = await ScriptedOrchestrator.StartAsync(tls: true, HttpProtocols.Http1);
        await using var orchestrator = await ScriptedOrchestrator.StartAsync();
        orchestrator.OnDiscovery = context => ScriptedOrchestrator.GrpcAsync(context, GrpcFrame.Write(second.Info()));
        var options = new StreamTestOptions { Limits = Gateway.Patient, Dial = new() { AllowLoopback = true }, LateLimit = TimeSpan.FromMinutes(1) };
        var test = StreamTest.Create(OneSegment, options, OffChainPaymaster.Instance, TimeProvider.System);
        Assert.Equal(new Outcome(OutcomeCode.Completed), (await test.RunAsync(Gateway.Job(orchestrator.Uri), null, Token)).Outcome);
        Assert.Equal("HTTP/1.1", Assert.Single(second.Segments).Protocol);
    }

    private static Task<SegmentEvidence> AssertRenditionAsync(OutcomeCode code, Func<HttpContext, Task> first, OrchestratorLimits? limits = null) => AssertAsync(
        code,
        orchestrator => orchestrator.OnRendition = (context, profile, seq) => profile == RenditionProfile.StreamTest[0].Name
            ? first(context)
            : context.Response.Body.WriteAsync(Fixture.Rendition(profile, seq), Token).AsTask(),
        limits,
        received: 3);

    private static async Task<SegmentEvidence> AssertAsync(OutcomeCode code, Action<ScriptedOrchestrator> script, OrchestratorLimits? limits = null, int received = 0)
    {
        await using var orchestrator = await ScriptedOrchestrator.StartAsync();
        script(orchestrator);
        var options = new StreamTestOptions { Limits = limits ?? Gateway.Patient, Dial = new() { AllowLoopback = true }, LateLimit = TimeSpan.FromMinutes(1) };

        var result = await StreamTest.Create(OneSegment, options, OffChainPaymaster.Instance, TimeProvider.System).RunAsync(Gateway.Job(orchestrator.Uri), null, Token);

        var segment = Assert.Single(result.Evidence.Segments);
        Assert.Equal(code, segment.Outcome.Code);
        Assert.NotEqual("", segment.Outcome.Detail);
        Assert.Equal(received > 0 ? OutcomeCode.Partial : code, result.Outcome.Code);
        Assert.Equal(new ScoreSums(received, 4, 0, 0), result.Summary.Sums);
        Assert.Equal(code.ToString(), Assert.Single(result.Summary.Errors).ErrorCode);
        return segment;
    }

    private static Task WriteAsync(HttpContext context, Wire.TranscodeResult result) => context.Response.Body.WriteAsync(result.ToByteArray(), Token).AsTask();

    private static async Task EndlessAsync(HttpContext context)
    {
        var block = new byte[64 * 1024];
        while (!context.RequestAborted.IsCancellationRequested) await context.Response.Body.WriteAsync(block, context.RequestAborted);
    }
}
