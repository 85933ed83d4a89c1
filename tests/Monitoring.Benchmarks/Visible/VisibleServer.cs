using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Monitoring.Alerting;
using Monitoring.Core;
using Monitoring.Livepeer;
using Monitoring.Standalone.Configuration;
using Monitoring.Standalone.Hub;
using Monitoring.Standalone.Run;
using Monitoring.Web;

namespace Monitoring.Benchmarks;

/// <summary>
/// The server of <see cref="VisibleBenchmark"/>: the monitor's hub and web server. Each request to <see cref="Sample"/> reports one more result
/// and is answered when the board shows it.
/// </summary>
internal static class VisibleServer
{
    public const string Sample = "/sample";

    public static async Task<int> RunAsync(int orchestrators, string directory, CancellationToken stop)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var logs = LoggerFactory.Create(logging => ConsoleLog.Configure(logging, LogLevel.Warning, withColour: false));
        await using var disk = await HubOnDisk.StartAsync(directory, orchestrators, logs, over.Token);
        await using var app = WebHost.Build(Options(directory), disk.Board, disk.Hub, disk.Schedule, disk.Store, new WebParts(), TimeProvider.System, logs);
        var next = 0;
        app.Map(Sample, context => SampleAsync(context, disk, disk.Unreported[Interlocked.Increment(ref next) - 1]));
        await app.StartAsync(stop);
        await Child.ServeAsync(new Uri(app.Urls.Single()).Port, stop);
        await over.CancelAsync();
        return ExitCode.Ok;
    }

    private static async Task SampleAsync(HttpContext context, HubOnDisk disk, TestResult result)
    {
        var time = TimeProvider.System;
        var before = SuccessRate(disk.Board, result);
        if (before is not 1) throw new BenchmarkException($"{result.Orchestrator} in {result.Region} has a success rate of {before} before its report.");
        var start = time.GetTimestamp();
        var durable = disk.Hub.ReportAsync(result, context.RequestAborted).ContinueWith(
            answered => answered.Result.Accepted ? time.GetElapsedTime(start) : throw new BenchmarkException($"The hub refused a result: {answered.Result.Reason}"),
            context.RequestAborted, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        while (SuccessRate(disk.Board, result) is 1 or null) await Task.Delay(1, context.RequestAborted);
        var visible = time.GetElapsedTime(start);
        var body = Invariant($"{result.Orchestrator} {result.Region} {(await durable).TotalMilliseconds} {visible.TotalMilliseconds} {GC.GetTotalPauseDuration().TotalMilliseconds}");
        context.Response.ContentLength = body.Length;
        await context.Response.WriteAsync(body, context.RequestAborted);
    }

    private static double? SuccessRate(Board board, TestResult result)
    {
        var rows = board.Current.Rows;
        int low = 0, high = rows.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (rows[middle].Orchestrator < result.Orchestrator) low = middle + 1;
            else high = middle;
        }

        return low < rows.Length && rows[low].Orchestrator == result.Orchestrator ? rows[low].Cells.FirstOrDefault(c => c.Region == result.Region)?.Cell.SuccessRate : null;
    }

    private static MonitorOptions Options(string directory) => new()
    {
        Source = new SourceOptions(SourceKind.List, [], null, TimeSpan.FromMinutes(1), false, ImmutableDictionary<OrchestratorId, ImmutableArray<MaintenanceWindow>>.Empty),
        Schedule = Network.Policy.Schedule,
        Tests = new TestOptions(Streams: 1, Segments: 15, PriceCeiling: 50_000),
        Region = new RegionOptions(Network.Regions, Workers: 16, []),
        Post = new PostOptions(null, ImmutableDictionary<RegionId, Secret>.Empty),
        Urls = [new Uri("http://127.0.0.1:0")],
        Data = directory,
        Simulate = new SimulateOptions(null, null, null, WithFfmpeg: false),
        Alerts = AlertOptions.None,
        Spend = new SpendCaps { PerTest = 0, PerOrchestratorDay = 0, PerRegionDay = 0, PerDay = 0 },
    };
}
