using Monitoring.Storage;
using Monitoring.Testing;
using Monitoring.Testing.Processes;

namespace Monitoring.Standalone.Tests.EndToEnd;

[Collection(OneAtATime.Name)]
public sealed class StopTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [LimitedTheory]
    [InlineData(2)]
    [InlineData(15)]
    public async Task Asked_to_stop_it_ends_with_0_and_leaves_nothing_half_done(int signal)
    {
        using var scratch = new Scratch();
        await using var monitor = MonitorProcess.Start(scratch.Path, new Dictionary<string, string>(), "run", "--urls", "http://127.0.0.1:0");
        await monitor.UrlAsync(Cancel);
        await monitor.SaysAsync("orchestrators are enrolled", Cancel);
        await monitor.SaysAsync("Tested ", Cancel);
        monitor.Signal(signal);
        Assert.Equal(0, await monitor.ExitAsync(Cancel));
        Assert.EndsWith("Stopped", monitor.Said.TrimEnd(), StringComparison.Ordinal);
        Assert.DoesNotContain("fail:", monitor.Said, StringComparison.Ordinal);
        Assert.DoesNotContain("crit:", monitor.Said, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(scratch.At("data/spool"), "*", SearchOption.AllDirectories));
        var report = await JournalVerifier.VerifyAsync(scratch.At("data/journal"), Cancel);
        Assert.True(report.IsWhole);
        Assert.All(report.Files, f => Assert.Equal(0, f.TornBytes));
    }

    [LimitedFact]
    public async Task Asked_to_stop_while_it_starts_it_ends_with_0_as_well()
    {
        using var scratch = new Scratch();
        await using var monitor = MonitorProcess.Start(scratch.Path, new Dictionary<string, string>(), "run", "--urls", "http://127.0.0.1:0");
        await monitor.SaysAsync("stored outcomes were replayed", Cancel);
        monitor.Signal(15);
        Assert.Equal(0, await monitor.ExitAsync(Cancel));
    }
}
