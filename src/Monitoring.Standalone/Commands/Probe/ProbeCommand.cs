using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json;
using Monitoring.Core;
using Monitoring.Livepeer;
using Monitoring.Net;
using Monitoring.Standalone.Sources;
using Monitoring.Web;

namespace Monitoring.Standalone.Commands.Probe;

/// <summary><c>monitor probe URI</c>: one test now, and everything that was seen.</summary>
internal static class ProbeCommand
{
    private static readonly JsonSerializerOptions Readable = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static Command Create(Surroundings around)
    {
        var uri = new Argument<string>("URI") { Description = "The orchestrator's service URI, such as https://host:8935. Without http it is https." };
        var segments = new Option<int>("--segments") { HelpName = "N", Description = "Segments of 2 s to send, 1 to 15.", DefaultValueFactory = _ => Clip.Embedded.Segments.Length };
        var streams = new Option<int>("--streams") { HelpName = "N", Description = "Streams at the same time, 1 to 8.", DefaultValueFactory = _ => 1 };
        var json = new Option<bool>("--json") { Description = "Prints the result as JSON on stdout, and nothing else there." };
        var loopback = new Option<bool>("--allow-loopback") { Description = "Also dials addresses of this machine, for simulated orchestrators." };
        var orchestrator = new Option<string?>("--orchestrator") { HelpName = "0x...", Description = "The orchestrator's address, to be named in the result." };
        var region = new Option<string>("--region") { HelpName = "CODE", Description = "The region to be named in the result.", DefaultValueFactory = _ => "LOCAL" };
        var leastScore = new Option<double?>("--min-score") { HelpName = "X", Description = "The orchestrator passes with this score or more, 0 to 1, instead of with every rendition." };

        uri.Refuse(value => ServiceUris.TryParse(ListEntry.Complete(value), out _, out var why) ? "" : why);
        segments.Within(1, Clip.Embedded.Segments.Length);
        streams.Within(1, StreamTestOptions.MaximumStreams);
        orchestrator.Refuse(value => OrchestratorId.TryParse(value, out _) ? "" : $"--orchestrator is '{value}'; 0x and 40 hex digits are expected.");
        region.Refuse(value => RegionId.TryParse(value, out _) ? "" : $"--region is '{value}'; 2 to 16 letters and digits are expected.");
        leastScore.Refuse(value => value is null or (>= 0 and <= 1) ? "" : $"--min-score is {value}; 0 to 1 is expected.");

        var command = new Command(
            "probe",
            "Tests one orchestrator now and reports every segment. Exit code 0: every rendition came back and was valid (with --min-score: the score was reached); 1: not so; 130: interrupted.")
        {
            uri, segments, streams, json, loopback, orchestrator, region, leastScore,
        };
        command.SetAction(async (parsed, _) =>
        {
            var serviceUri = ListEntry.Complete(parsed.GetValue(uri)!);
            var id = parsed.GetValue(orchestrator) is { } named ? OrchestratorId.Parse(named) : ListEntry.Unverified(serviceUri).Id;
            var options = new StreamTestOptions { Streams = parsed.GetValue(streams), Dial = new DialPolicy { AllowLoopback = parsed.GetValue(loopback) } };
            var test = StreamTest.Create(Clip.Embedded.Take(parsed.GetValue(segments)), options, OffChainPaymaster.Instance, around.Time);
            var now = around.Time.GetUtcNow();
            var job = new TestJob
            {
                Id = TestId.OnDemand(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))),
                Orchestrator = id,
                Region = RegionId.Parse(parsed.GetValue(region)!),
                ServiceUri = serviceUri,
                NotBefore = now,
                NotAfter = now + test.LongestRun,
                Deadline = now + test.LongestRun,
            };
            using var interruption = new Interruption();
            var asJson = parsed.GetValue(json);
            var result = await test.RunAsync(job, new ProbeProgress(asJson ? around.Error : around.Output, options.Streams), interruption.Token);
            if (asJson) await around.Output.WriteLineAsync(JsonSerializer.Serialize(result, Readable));
            else
            {
                await around.Output.WriteLineAsync();
                ProbeReport.Write(result, around.Output);
            }

            return interruption.Token.IsCancellationRequested ? ExitCode.Interrupted : CodeOf(result, parsed.GetValue(leastScore));
        });
        return command;
    }

    /// <summary>Whether the orchestrator passed.</summary>
    public static int CodeOf(TestResult result, double? leastScore)
    {
        var passed = leastScore is { } least
            ? result.Outcome.Counts && ScoreFormula.Of(result.Summary.Sums).Total >= least
            : result.Outcome.Code == OutcomeCode.Completed;
        return passed ? ExitCode.Ok : ExitCode.Failure;
    }
}
