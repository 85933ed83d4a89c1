using Monitoring.Probing;

namespace Monitoring.Web.Tests.Hub;

/// <summary>The client of a region and the endpoints of the hub, over a real connection.</summary>
public sealed class Regions_talk_to_the_hub : IDisposable
{
    private readonly RegionKey _key = RegionKey.Create(HubSiteUnderTest.Fra);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _key.Dispose();

    [Fact]
    public async Task Jobs_arrive_as_they_were_leased()
    {
        await using var site = await HubSiteUnderTest.StartAsync();
        var jobs = ImmutableArray.Create(Said.Job(1), Said.Job(2) with { Allowance = null });
        site.Hub.OnLease = (_, _, _, _) => Task.FromResult(jobs);
        var leased = await site.Region(_key).LeaseAsync(HubSiteUnderTest.Fra, 3, TimeSpan.FromSeconds(7), Cancel);
        Assert.Equal(jobs.AsEnumerable(), leased);
        Assert.Equal(["lease FRA 3 7"], site.Hub.Asked);
    }

    [Fact]
    public async Task The_hub_hears_that_a_region_has_no_wallet()
    {
        await using var site = await HubSiteUnderTest.StartAsync();
        await site.Region(_key).LeaseAsync(HubSiteUnderTest.Fra, 3, TimeSpan.FromSeconds(7), Cancel, unpaid: true);
        Assert.Equal(["lease FRA 3 7 unpaid"], site.Hub.Asked);
    }

    [Fact]
    public async Task A_result_arrives_with_its_evidence_and_its_seal_and_the_answer_comes_back()
    {
        await using var site = await HubSiteUnderTest.StartAsync();
        site.Hub.OnReport = r => Task.FromResult(new ReportAnswer(false, $"not {r.Id}"));
        var result = Said.Result(Said.Job());
        var answer = await site.Region(_key).ReportAsync(result, Cancel);
        Assert.Equal(new ReportAnswer(false, $"not {result.Id}"), answer);
        var arrived = Assert.Single(site.Hub.Reported);
        Assert.Equal((result.Lease, result.Outcome, result.Summary.Sums, result.Evidence.DialledAddress), (arrived.Lease, arrived.Outcome, arrived.Summary.Sums, arrived.Evidence.DialledAddress));
    }

    [Fact]
    public async Task All_the_rest_arrives_too()
    {
        await using var site = await HubSiteUnderTest.StartAsync();
        var region = site.Region(_key);
        var (fra, job) = (HubSiteUnderTest.Fra, Said.Job());
        site.Hub.Orders = new LivenessOrders { Version = 5, Targets = [new LivenessTarget(job.Orchestrator, job.ServiceUri)], CheckNow = [job.Orchestrator], Every = TimeSpan.FromMinutes(6) };

        Assert.True(await region.ExtendAsync(fra, job.Id, Cancel));
        await region.ReturnAsync(fra, job.Id, OutcomeCode.ShuttingDown, Cancel);
        await region.LivenessAsync(fra, new LivenessReport { Checks = [new LivenessCheck(job.Orchestrator, job.NotBefore, true, OutcomeCode.Completed)], ControlsWell = true }, Cancel);
        var orders = await region.LivenessOrdersAsync(fra, 4, TimeSpan.FromSeconds(3), Cancel);
        var vitals = new RegionVitals { Software = "0.1.0", StartedAt = job.NotBefore, Workers = 16, Busy = 2, Spooled = 3, Fault = OutcomeCode.OurNetwork, Detail = "a control", ClockOffset = TimeSpan.FromMilliseconds(-12), Alarms = ["the deposit is low"] };
        await region.HealthAsync(fra, vitals, Cancel);

        Assert.Equal([$"extend FRA {job.Id}", $"return FRA {job.Id} ShuttingDown", "liveness FRA 1", "orders FRA 4 3", "health FRA"], site.Hub.Asked);
        Assert.Equal((5L, TimeSpan.FromMinutes(6)), (orders.Version, orders.Every));
        Assert.Equal(site.Hub.Orders.Targets!.Value.AsEnumerable(), orders.Targets!.Value);
        Assert.Equal(site.Hub.Orders.CheckNow.AsEnumerable(), orders.CheckNow);
        var told = Assert.Single(site.Hub.Vitals);
        Assert.Equal(vitals with { Alarms = default }, told with { Alarms = default });
        Assert.Equal(vitals.Alarms.AsEnumerable(), told.Alarms);
        Assert.Equal(job.NotBefore, Assert.Single(Assert.Single(site.Hub.Alive).Checks).At);
    }

    [Fact]
    public async Task Another_regions_result_is_refused_for_good_and_reported()
    {
        await using var site = await HubSiteUnderTest.StartAsync();
        site.Keys.Add(_key);
        var answer = await RawRequest.SendAsync(site, _key, HubWire.Report, SpoolFormat.TestResult.Write(Said.Result(Said.Job(1, HubSiteUnderTest.Mdw))), Cancel);
        Assert.Equal((200, """{"accepted":false,"reason":"the result is of another region"}"""), answer);
        Assert.Empty(site.Hub.Reported);
        Assert.Equal((HubSiteUnderTest.Fra, RefusalKind.Lie), Assert.Single(site.Refusals.All) is var (region, kind, _) ? (region, kind) : default);
    }

    [Fact]
    public async Task A_revoked_key_is_refused_at_once_and_a_spooled_result_waits()
    {
        await using var site = await HubSiteUnderTest.StartAsync();
        var region = site.Region(_key);
        Assert.True(await region.ExtendAsync(HubSiteUnderTest.Fra, Said.Job().Id, Cancel));
        site.Keys.Revoke(_key);
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => region.ReportAsync(Said.Result(Said.Job()), Cancel));
        Assert.Contains("revoked", refused.Message, StringComparison.Ordinal);
        Assert.Contains(site.Refusals.All, r => r.Kind == RefusalKind.UnknownKey);
        Assert.Empty(site.Hub.Reported);
    }

    [Fact]
    public async Task A_key_that_is_revoked_while_it_waits_gets_no_jobs()
    {
        await using var site = await HubSiteUnderTest.StartAsync();
        var granted = new TaskCompletionSource<ImmutableArray<TestJob>>(TaskCreationOptions.RunContinuationsAsynchronously);
        site.Hub.OnLease = (_, _, _, _) => granted.Task;
        var lease = site.Region(_key).LeaseAsync(HubSiteUnderTest.Fra, 1, TimeSpan.FromSeconds(60), Cancel);
        await site.Hub.Waiting.Task.WaitAsync(Cancel);
        site.Keys.Revoke(_key);
        granted.SetResult([Said.Job()]);
        await Assert.ThrowsAsync<HttpRequestException>(() => lease);
        Assert.Contains($"return FRA {Said.Job().Id} NoWorker", site.Hub.Asked);
    }

    [Fact]
    public async Task A_long_poll_ends_at_once_when_the_hub_stops()
    {
        await using var site = await HubSiteUnderTest.StartAsync();
        site.Hub.OnLease = async (_, _, _, token) =>
        {
            await Task.Delay(Timeout.Infinite, token);
            return [];
        };
        var lease = site.Region(_key).LeaseAsync(HubSiteUnderTest.Fra, 1, TimeSpan.FromSeconds(60), Cancel);
        await site.Hub.Waiting.Task.WaitAsync(Cancel);
        var stop = site.StopAsync();
        Assert.Empty(await lease);
        await stop;
    }

    [Fact]
    public async Task Jobs_for_a_region_that_hung_up_go_back()
    {
        await using var site = await HubSiteUnderTest.StartAsync();
        var granted = new TaskCompletionSource<ImmutableArray<TestJob>>(TaskCreationOptions.RunContinuationsAsynchronously);
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        site.Hub.OnLease = async (_, _, _, token) =>
        {
            await using var seen = token.Register(() => gone.TrySetResult());
            return await granted.Task;
        };
        using var hangUp = new CancellationTokenSource();
        var lease = site.Region(_key).LeaseAsync(HubSiteUnderTest.Fra, 1, TimeSpan.FromSeconds(60), hangUp.Token);
        await site.Hub.Waiting.Task.WaitAsync(Cancel);
        await hangUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => lease);
        await gone.Task.WaitAsync(Cancel);
        granted.SetResult([Said.Job()]);
        while (!site.Hub.Asked.Any(a => a.StartsWith("return", StringComparison.Ordinal))) await Task.Delay(5, Cancel);
        Assert.Contains($"return FRA {Said.Job().Id} NoWorker", site.Hub.Asked);
    }

    [Theory]
    [InlineData(-10)]
    [InlineData(3600)]
    [InlineData(-86_400)]
    public async Task A_region_with_a_wrong_clock_is_heard_and_learns_how_wrong_it_is(int seconds)
    {
        await using var site = await HubSiteUnderTest.StartAsync();
        site.Clock.Now = DateTimeOffset.UtcNow.AddSeconds(-seconds);
        var region = site.Region(_key);
        Assert.True(await region.ExtendAsync(HubSiteUnderTest.Fra, Said.Job().Id, Cancel));
        Assert.InRange(region.Clock.Offset!.Value.TotalSeconds, -seconds - 30, -seconds + 30);
        Assert.Equal(Math.Abs(seconds) > 60, region.Clock.IsOffBy(TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public async Task A_hub_that_is_away_or_unwell_is_an_error_that_names_it()
    {
        await using var site = await HubSiteUnderTest.StartAsync();
        var region = site.Region(_key);
        site.Hub.OnReport = _ => throw new InvalidOperationException("the set of orchestrators is not known yet");
        var unwell = await Assert.ThrowsAsync<HttpRequestException>(() => region.ReportAsync(Said.Result(Said.Job()), Cancel));
        Assert.Contains("503", unwell.Message, StringComparison.Ordinal);
        Assert.Contains("not known yet", unwell.Message, StringComparison.Ordinal);
        await site.StopAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => region.ReportAsync(Said.Result(Said.Job()), Cancel));
    }
}
