using System.Text.Json;
using Monitoring.Core;
using Monitoring.Simulator;
using Monitoring.Standalone.Commands;
using Monitoring.Testing;
using Monitoring.Testing.Processes;
using Monitoring.Web;
using TestResult = Monitoring.Core.TestResult;

namespace Monitoring.Standalone.Tests.Commands;

[Collection(EndToEnd.OneAtATime.Name)]
public sealed class One_orchestrator_is_probed : IAsyncLifetime
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();
    private SimulatedFleet _fleet = null!;

    public async ValueTask InitializeAsync() => _fleet = await SimulatedFleet.StartAsync(
        new FleetOptions
        {
            Nodes =
            [
                new NodeOptions { Name = "fast", Behaviour = Behaviour.Fast },
                new NodeOptions { Name = "empty", Behaviour = Behaviour.Empty },
                new NodeOptions { Name = "capped", Behaviour = Behaviour.Capped },
            ],
        },
        TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => _fleet.DisposeAsync();

    [LimitedFact]
    public async Task A_good_one_passes_and_the_report_has_every_segment()
    {
        Assert.Equal(0, await ProbeAsync("fast", "--segments", "2"));
        var report = _output.ToString();
        Assert.Contains("segment 0: complete in", report, StringComparison.Ordinal);
        Assert.Contains("segment 1: complete in", report, StringComparison.Ordinal);
        Assert.Equal(2, report.Split('\n').Count(l => l.Contains(" complete ", StringComparison.Ordinal) && l.Contains(" 4/4", StringComparison.Ordinal) && l.Contains(" kB ", StringComparison.Ordinal)));
        Assert.Contains("Outcome: success: all 8 renditions came back and were valid.", report, StringComparison.Ordinal);
        Assert.Matches(@"Score: (0\.\d{3}|1\.000) = success rate 1\.000", report);
        Assert.Contains("A stock gateway would have kept this orchestrator", report, StringComparison.Ordinal);
        Assert.Equal("", _error.ToString());
    }

    [LimitedFact]
    public async Task A_bad_one_does_not_pass_and_it_is_said_why()
    {
        Assert.Equal(1, await ProbeAsync("empty", "--segments", "1"));
        Assert.Contains("Outcome: the orchestrator failed:", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("A stock gateway would have left this orchestrator for another one at segment 0", _output.ToString(), StringComparison.Ordinal);
    }

    [LimitedFact]
    public async Task One_that_is_full_neither_passes_nor_fails_the_network()
    {
        Assert.Equal(1, await ProbeAsync("capped", "--segments", "1"));
        Assert.Contains("Outcome: not counted: Capped", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("No segment was sent.", _output.ToString(), StringComparison.Ordinal);
    }

    [LimitedFact]
    public async Task As_JSON_the_result_alone_is_on_stdout()
    {
        var id = _fleet["fast"].Id;
        Assert.Equal(0, await ProbeAsync("fast", "--segments", "1", "--streams", "2", "--json", "--orchestrator", id.Text, "--region", "fra"));
        var result = JsonSerializer.Deserialize<TestResult>(_output.ToString(), JsonSerializerOptions.Web)!;
        Assert.Equal((id, "FRA", OutcomeCode.Completed), (result.Orchestrator, result.Region.Code, result.Outcome.Code));
        Assert.Equal(2, result.Evidence.Segments.Length);
        Assert.Contains("stream 1, segment 0", _error.ToString(), StringComparison.Ordinal);
    }

    [LimitedTheory]
    [InlineData("0.5", 0)]
    [InlineData("1", 1)]
    public async Task With_a_least_score_the_score_decides(string least, int code) => Assert.Equal(code, await ProbeAsync("fast", "--segments", "1", "--min-score", least));

    [LimitedFact]
    public async Task Without_leave_no_address_of_this_machine_is_dialled()
    {
        var around = new Surroundings(_output, _error, [], Directory.GetCurrentDirectory(), TimeProvider.System);
        Assert.Equal(1, await CommandLine.RunAsync(["probe", Uri("fast"), "--segments", "1"], around));
        Assert.Contains("BlockedAddress", _output.ToString(), StringComparison.Ordinal);
    }

    [LimitedFact]
    public async Task Ctrl_C_ends_it_with_130()
    {
        using var scratch = new Scratch();
        using var probe = new MonitorProcess(scratch.Path, ["probe", Uri("fast"), "--allow-loopback", "--json"]);
        await probe.LineAsync("segment 0");
        await probe.SignalAsync("INT");
        var (code, output, _) = await probe.EndAsync();
        Assert.Equal(130, code);
        Assert.Equal("OurShutdown", JsonDocument.Parse(output).RootElement.GetProperty("outcome").GetProperty("code").GetString());
    }

    private string Uri(string node) => _fleet[node].Uri.GetLeftPart(UriPartial.Authority);

    private Task<int> ProbeAsync(string node, params string[] arguments)
    {
        var around = new Surroundings(_output, _error, [], Directory.GetCurrentDirectory(), TimeProvider.System);
        return CommandLine.RunAsync(["probe", Uri(node), "--allow-loopback", .. arguments], around);
    }
}
