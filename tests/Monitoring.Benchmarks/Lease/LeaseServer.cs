using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Monitoring.Core;
using Monitoring.Probing;
using Monitoring.Standalone.Hub;
using Monitoring.Standalone.Regions;
using Monitoring.Storage;
using Monitoring.Web;

namespace Monitoring.Benchmarks;

/// <summary>The server of <see cref="LeaseBenchmark"/>: the monitor's hub with twenty regions behind its endpoints, and nothing stored.</summary>
internal static class LeaseServer
{
    public const string Constant = "/constant";

    /// <summary>How many orchestrators there are: each has one test in a slot.</summary>
    public const int Orchestrators = 500;

    /// <summary>How long before its planned instant a job is due; short, so that a slot's jobs are leased within it.</summary>
    public static readonly TimeSpan LeaseAhead = TimeSpan.FromMilliseconds(500);

    /// <summary>The regions.</summary>
    public static ImmutableArray<RegionId> Regions { get; } = [.. Enumerable.Range(0, 20).Select(n => RegionId.Parse(Invariant($"R{n:D2}")))];

    /// <summary>
    /// 500 orchestrators x 20 regions x 216 tests a day: slots of 20 s, in each of which every orchestrator has one test. What is leased and not
    /// reported ends as soon as what nobody leased.
    /// </summary>
    public static Policy Policy { get; } = new()
    {
        Schedule = new SchedulePolicy { Regions = Regions, TestsPerDay = 216, SurpriseOneIn = 0, Guard = TimeSpan.FromSeconds(4), TestBudget = TimeSpan.FromSeconds(2) },
        ReportGrace = TimeSpan.Zero,
    };

    public static async Task<int> RunAsync(string directory, CancellationToken stop)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var time = TimeProvider.System;
        await using var memory = await KeyedLog.OpenAsync(Path.Combine(directory, "state.jsonl"), null, stop);
        var plans = await PlanBook.OpenAsync(memory, Policy.Schedule, stop);
        var schedule = new ScheduleBook(memory, plans, Policy.Schedule, time);
        await schedule.OpenAsync(stop);
        var board = new Board();
        var hub = new MonitorHub(new HubOptions { Policy = Policy, LeaseAhead = LeaseAhead }, new Nobody(), memory, plans, schedule, board, time, NullLogger<MonitorHub>.Instance);
        await hub.ReplayAsync(stop);
        var running = hub.RunAsync(over.Token);
        await hub.EnrolAsync(EnrolmentRule.From([]).OnWalk(Enumerable.Range(0, Orchestrators).Select(Network.Entry), time.GetUtcNow()), stop);

        var keys = new RegionKeyBook(directory, time);
        foreach (var region in Regions)
        {
            using var key = RegionKey.Create(region);
            key.Save(Path.Combine(directory, region.Code + ".key"));
            await keys.AddAsync(key, null, stop);
        }

        var refused = new RefusedRegions(Regions, time, NullLogger<RefusedRegions>.Instance);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance).AddSingleton(time).AddSingleton<IRegionKeys>(keys).AddSingleton<IRegionRefusals>(refused);
        builder.Services.AddSingleton<IHub>(new RemoteHub(hub, Regions, "", await LedRegions.SealAsync(memory, stop), refused, time));
        builder.Services.AddRoutingCore().AddMonitoringHub();
        await using var app = builder.Build();
        app.UseRouting();
        app.MapHub();
        app.MapPost(Constant, async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
            await context.Response.WriteAsync("{}", context.RequestAborted);
        });
        await app.StartAsync(stop);
        await Child.ServeAsync(new Uri(app.Urls.Single()).Port, stop);
        await over.CancelAsync();
        await running;
        return ExitCode.Ok;
    }
}
