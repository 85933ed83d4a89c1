using System.Text.Json;
using Monitoring.Testing;
using Monitoring.Testing.Processes;

namespace Monitoring.Standalone.Tests.Commands;

public sealed class The_command_line_is_obeyed : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [LimitedFact]
    public async Task Version_is_on_stdout()
    {
        var (code, output, errors) = await MonitorProcess.RunAsync(_scratch.Path, ["--version"]);
        Assert.Equal((0, ""), (code, errors));
        Assert.Matches(@"^\d+\.\d+\.\d+", output);
    }

    [LimitedFact]
    public async Task Help_names_every_verb_the_exit_codes_and_examples()
    {
        var (code, output, _) = await MonitorProcess.RunAsync(_scratch.Path, ["--help"]);
        Assert.Equal(0, code);
        foreach (var word in new[] { "run", "probe", "simulate", "check", "--config", "--urls", "--data", "--post-to", "Examples:", "Exit codes:", "130" })
            Assert.Contains(word, output, StringComparison.Ordinal);
    }

    [LimitedTheory]
    [InlineData("chek", "Did you mean check?")]
    [InlineData("--daat", "Did you mean --data?")]
    [InlineData("probe", "Required argument missing")]
    [InlineData("probe https://a.example:1 --segments 16", "1 to 15 is expected")]
    [InlineData("probe https://a.example:1 --segments some", "some")]
    [InlineData("probe https://a.example", "has no port")]
    [InlineData("probe https://a.example:1 --orchestrator 0x12", "40 hex digits")]
    [InlineData("probe https://a.example:1 --min-score 1.5", "0 to 1 is expected")]
    [InlineData("simulate --nodes 0", "1 to 500 is expected")]
    [InlineData("simulate --port-base 65536", "1 to 65535 is expected")]
    [InlineData("simulate --transcode magic", "magic")]
    public async Task Wrong_usage_is_explained_on_stderr_and_ends_with_2(string arguments, string why)
    {
        var (code, output, errors) = await MonitorProcess.RunAsync(_scratch.Path, arguments.Split(' '));
        Assert.Equal((2, ""), (code, output));
        Assert.Contains(why, errors, StringComparison.Ordinal);
        Assert.Contains("--help' tells what there is", errors, StringComparison.Ordinal);
    }

    [LimitedFact]
    public async Task Ports_that_do_not_exist_are_refused()
    {
        var (code, _, errors) = await MonitorProcess.RunAsync(_scratch.Path, ["simulate", "--port-base", "65530"]);
        Assert.Equal(2, code);
        Assert.Contains("too few ports", errors, StringComparison.Ordinal);
    }

    [LimitedTheory]
    [InlineData("check")]
    [InlineData("run")]
    [InlineData("")]
    public async Task A_broken_configuration_ends_with_2_and_every_problem(string verb)
    {
        await File.WriteAllTextAsync(_scratch.At("broken.json"), """{ "Tests": { "Streams": 9, "Segmens": 5 } }""", TestContext.Current.CancellationToken);
        string[] arguments = [.. verb.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--config", "broken.json"];
        var (code, _, errors) = await MonitorProcess.RunAsync(_scratch.Path, arguments, ("MONITOR_Log__Level", "loud"));
        Assert.Equal(2, code);
        Assert.Contains("The configuration has 3 problems:", errors, StringComparison.Ordinal);
        Assert.Contains("Tests:Streams: 9 is out of range; 1 to 8 is expected.", errors, StringComparison.Ordinal);
        Assert.Contains("Tests:Segmens: There is no such key. Did you mean Tests:Segments?", errors, StringComparison.Ordinal);
        Assert.Contains("Log:Level: 'loud' is not one of", errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_scratch.At("data")));
    }

    [LimitedFact]
    public async Task Check_shows_what_is_in_force_and_no_secret()
    {
        await File.WriteAllTextAsync(_scratch.At("monitor.json"), """{ "Tests": { "Streams": 2 } }""", TestContext.Current.CancellationToken);
        var (code, output, errors) = await MonitorProcess.RunAsync(
            _scratch.Path, ["check", "--json", "--set", "Publish:Unverified=true"], ("MONITOR_Post__Secret", "hush"), ("MONITOR_DATA", "elsewhere"));
        Assert.Equal((0, ""), (code, errors));
        Assert.DoesNotContain("hush", output, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(output);
        Assert.True(json.RootElement.GetProperty("usable").GetBoolean());
        (string?, string?) Of(string key) => (
            json.RootElement.GetProperty("effective").GetProperty(key).GetProperty("value").GetString(), json.RootElement.GetProperty("effective").GetProperty(key).GetProperty("origin").GetString());
        Assert.Equal(("2", "monitor.json"), Of("Tests:Streams"));
        Assert.Equal(("elsewhere", "environment"), Of("Data"));
        Assert.Equal(("true", "command line"), Of("Publish:Unverified"));
        Assert.Equal(("********", "environment"), Of("Post:Secret"));
        Assert.Equal(("800", "default"), Of("Schedule:TestsPerDay"));
    }

    [LimitedFact]
    public async Task A_secret_on_the_command_line_is_refused_and_not_repeated()
    {
        var (code, output, errors) = await MonitorProcess.RunAsync(_scratch.Path, ["check", "--set", "Post:Secret=hush"]);
        Assert.Equal(2, code);
        Assert.DoesNotContain("hush", output + errors, StringComparison.Ordinal);
    }
}
