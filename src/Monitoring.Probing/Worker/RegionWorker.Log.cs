using Microsoft.Extensions.Logging;
using Monitoring.Core;

namespace Monitoring.Probing;

/// <content>What a region says of its work.</content>
public sealed partial class RegionWorker
{
    [LoggerMessage(3001, LogLevel.Information, "Tested {Test} of {Orchestrator}: {Code}, {Received} of {Expected} renditions")]
    private partial void LogTested(TestId test, OrchestratorId orchestrator, OutcomeCode code, long received, long expected);

    [LoggerMessage(3002, LogLevel.Warning, "{Region}: the hub did not answer; trying again in {Delay}: {Why}")]
    private partial void LogHubFailed(RegionId region, TimeSpan delay, string why);

    [LoggerMessage(3003, LogLevel.Error, "{Region}: the spool is full with {Count} results; no more work is leased until the hub has taken some")]
    private partial void LogSpoolFull(RegionId region, int count);

    [LoggerMessage(3004, LogLevel.Error, "The result of {Test} could not be spooled and is given up: {Why}")]
    private partial void LogNotSpooled(TestId test, string why);

    [LoggerMessage(3005, LogLevel.Error, "The worker of {Test} failed")]
    private partial void LogWorkerFailed(TestId test, Exception e);

    [LoggerMessage(3006, LogLevel.Error, "The tester failed on {Test}; the test is void")]
    private partial void LogTesterFailed(TestId test, Exception e);

    [LoggerMessage(3007, LogLevel.Information, "Gave {Test} back: {Reason}")]
    private partial void LogReturned(TestId test, OutcomeCode reason);

    [LoggerMessage(3008, LogLevel.Warning, "The hub refused the result of {Test}: {Reason}")]
    private partial void LogRefused(TestId test, string reason);

    [LoggerMessage(3010, LogLevel.Error, "The result of {Test} could not be spooled and is tried again in {Delay}: {Why}")]
    private partial void LogSpoolRefused(TestId test, TimeSpan delay, string why);

    [LoggerMessage(3011, LogLevel.Error, "{Region}: the spool cannot be used and is tried again in {Delay}: {Why}")]
    private partial void LogSpoolUnusable(RegionId region, TimeSpan delay, string why);

    [LoggerMessage(3009, LogLevel.Warning, "{Region}: {Count} results stay spooled and are reported at the next start")]
    private partial void LogLeftInSpool(RegionId region, int count);

    [LoggerMessage(3012, LogLevel.Warning, "The hub handed out {Test} twice; it is under way already")]
    private partial void LogTwice(TestId test);
}
