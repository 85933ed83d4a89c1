namespace Monitoring.Benchmarks;
internal static class VisibleServer { public static Task<int> RunAsync(int n, string d, CancellationToken c) => Task.FromResult(0); }
internal static class VisibleBenchmark { public static Task RunAsync(Bench b) => Task.CompletedTask; }
internal static class StartBenchmark { public static Task RunAsync(Bench b) => Task.CompletedTask; }
