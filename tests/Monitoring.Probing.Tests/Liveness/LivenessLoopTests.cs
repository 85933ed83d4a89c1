using Microsoft.Extensions.Logging.Abstractions;
using Monitoring.Core;
using Monitoring.Testing;
using static Monitoring.Probing.Tests.Liveness.LivenessHub;

namespace Monitoring.Probing.Tests.Liveness;

public sealed class LivenessLoopTests : IAsyncDisposable
{
    private static readonly LivenessAnswer Dead = new(false, OutcomeCode.Unreachable);
    private readonly VirtualTime _time = new(new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero));
    private readonly LivenessHub _hub = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<OrchestratorId> _underTest = [];
    private readonly Task _running;

    public LivenessLoopTests()
    {
        var loop = new LivenessLoop(new LivenessOptions { Region = Fra }, _hub, _hub, _hub, _underTest.Contains, _time, NullLogger<LivenessLoop>.Instance);
        _running = loop.RunAsync(_stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    [Fact]
    public async Task Who_is_new_is_checked_and_told_at_once()
    {
        _hub.Order(new LivenessOrders { Version = 1, Targets = [Target(1)] });
        var check = Assert.Single((await _hub.NextReportAsync()).Checks);
        Assert.Equal(new LivenessCheck(Orchestrator(1), _time.GetUtcNow(), true, OutcomeCode.Completed), check);
    }

    [Fact]
    public async Task A_failure_is_told_at_once_with_all_that_is_untold()
    {
        await ListAsync(3);
        _hub.Answers[Target(2).ServiceUri] = Dead;
        var seen = new HashSet<OrchestratorId>();
        while (!seen.Contains(Orchestrator(2))) seen.UnionWith((await PassUntilReportAsync()).Checks.Select(c => c.Orchestrator));

        // Whatever was checked before it is in the same report or in an earlier one.
        while (_hub.HasAsked)
        {
            var asked = await _hub.NextAskedAsync();
            if (asked == Target(2).ServiceUri) break;
            Assert.Contains(seen, id => asked == Target(1).ServiceUri ? id == Orchestrator(1) : id == Orchestrator(3));
        }
    }

    [Fact]
    public async Task An_ordered_check_is_made_and_told_at_once_and_an_unlisted_one_is_not()
    {
        await ListAsync(2);
        _hub.Order(new LivenessOrders { Version = 1, CheckNow = [Orchestrator(9), Orchestrator(2)] });
        Assert.Equal(Orchestrator(2), Assert.Single((await _hub.NextReportAsync()).Checks).Orchestrator);
        Assert.Equal(Target(2).ServiceUri, await _hub.NextAskedAsync());
        Assert.False(_hub.HasAsked);
    }

    [Fact]
    public async Task A_failure_while_the_region_is_not_well_is_no_evidence()
    {
        await ListAsync(1);
        _hub.Answers[Target(1).ServiceUri] = Dead;
        _hub.Health = new OwnHealthReport(OutcomeCode.OurNetwork, "a control did not answer");
        _hub.Order(new LivenessOrders { Version = 1, CheckNow = [Orchestrator(1)] });
        await _hub.NextAskedAsync();
        _hub.Order(new LivenessOrders { Version = 2, Targets = [Target(1), Target(2)] });
        Assert.All((await _hub.NextReportAsync()).Checks, c => Assert.Equal(Orchestrator(2), c.Orchestrator));
        Assert.True(_hub.HealthChecks > 0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_does_not_answer_is_told_of_with_what_the_controls_said(bool hasControls)
    {
        await ListAsync(1);
        _hub.Answers[Target(1).ServiceUri] = Dead;
        _hub.Health = hasControls ? OwnHealthReport.ProvenWell : OwnHealthReport.Well;
        _hub.Order(new LivenessOrders { Version = 1, CheckNow = [Orchestrator(1)] });
        var told = await _hub.NextReportAsync();
        Assert.False(Assert.Single(told.Checks).Alive);
        Assert.Equal(hasControls ? true : null, told.ControlsWell);

        // An answer says nothing of the controls, which nobody asked.
        _hub.Answers[Target(1).ServiceUri] = new LivenessAnswer(true, OutcomeCode.Completed);
        _hub.Order(new LivenessOrders { Version = 1, CheckNow = [Orchestrator(1)] });
        Assert.Null((await _hub.NextReportAsync()).ControlsWell);
    }

    [Fact]
    public async Task An_orchestrator_under_test_is_left_alone()
    {
        _underTest.Add(Orchestrator(1));
        _hub.Order(new LivenessOrders { Version = 1, Targets = [Target(1), Target(2)] });
        Assert.Equal(Orchestrator(2), Assert.Single((await _hub.NextReportAsync()).Checks).Orchestrator);
        Assert.Equal(Target(2).ServiceUri, await _hub.NextAskedAsync());
        Assert.False(_hub.HasAsked);
    }

    [Fact]
    public async Task What_the_hub_could_not_take_is_told_when_it_can_and_each_check_once()
    {
        _hub.Down = new HttpRequestException("no route");
        _hub.Order(new LivenessOrders { Version = 1, Targets = [Target(1), Target(2), Target(3)] });
        await _hub.NextFailureAsync();
        _hub.Down = null;
        var told = new List<OrchestratorId>();
        while (told.Count < 3) told.AddRange((await PassUntilReportAsync()).Checks.Select(c => c.Orchestrator));
        Assert.Equal([Orchestrator(1), Orchestrator(2), Orchestrator(3)], told.Order());
    }

    [Fact]
    public async Task A_report_that_is_refused_is_not_told_for_ever()
    {
        _hub.Down = new ArgumentException("it lies in the future");
        _hub.Order(new LivenessOrders { Version = 1, Targets = [Target(1)] });
        await _hub.NextFailureAsync();
        _hub.Down = null;
        _hub.Order(new LivenessOrders { Version = 2, Targets = [Target(1), Target(2)] });
        Assert.Equal(Orchestrator(2), Assert.Single((await _hub.NextReportAsync()).Checks).Orchestrator);
    }

    private async Task ListAsync(int count)
    {
        _hub.Order(new LivenessOrders { Version = 1, Targets = [.. Enumerable.Range(1, count).Select(Target)] });
        var told = 0;
        while (told < count) told += (await _hub.NextReportAsync()).Checks.Length;
        for (var i = 0; i < count; i++) await _hub.NextAskedAsync();
    }

    private async Task<LivenessReport> PassUntilReportAsync()
    {
        while (!_hub.HasReport)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        return await _hub.NextReportAsync();
    }
}
