using System.Text.Json;

namespace Monitoring.Core.Tests;

public sealed class OutcomeCodeTests
{
    private const string Success = "Completed Partial";

    private const string Fault =
        "BadServiceUri NameNotFound BlockedAddress Unreachable TlsFailed DiscoveryTimedOut DiscoveryRefused ProtocolViolation AnswerTooLarge TooSlow "
        + "UploadTimedOut ResultTimedOut DownloadTimedOut DownloadFailed Dropped SegmentRefused ServerError Redirected AuthTokenRefused OrchestratorBusy "
        + "NoTranscoder TranscodeFailed BadInputClaimed MissingRenditions NotVideo WrongSize WrongDuration Repeated BadSignature TicketRefused PersistentlyCapped";

    private const string Excluded = "Capped PricedOut Incompatible Maintenance";
    private const string Void = "OurNetwork OurChain OurWallet OurClip OurOverload OurClock OurResolver OurFault OurShutdown RegionAnomaly";
    private const string NotRun = "RegionStale SpendCap QueueFull SpoolFull ShuttingDown NoWorker NoReport Missed Rescheduled";

    [Theory]
    [InlineData(OutcomeClass.Success, Success)]
    [InlineData(OutcomeClass.Fault, Fault)]
    [InlineData(OutcomeClass.Excluded, Excluded)]
    [InlineData(OutcomeClass.Void, Void)]
    [InlineData(OutcomeClass.NotRun, NotRun)]
    public void Every_code_of_a_class_is_in_it(OutcomeClass expected, string codes)
    {
        foreach (var code in codes.Split(' ')) Assert.Equal(expected, OutcomeCodes.ClassOf(Enum.Parse<OutcomeCode>(code)));
    }

    [Fact]
    public void Every_code_stands_in_exactly_one_list_of_this_table()
    {
        var listed = string.Join(' ', Success, Fault, Excluded, Void, NotRun).Split(' ');
        Assert.Equal(Enum.GetNames<OutcomeCode>().Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    [InlineData(10_000)]
    public void A_number_that_is_no_code_never_counts(int number)
    {
        var outcome = new Outcome((OutcomeCode)number);
        Assert.Equal(OutcomeClass.NotRun, outcome.Class);
        Assert.False(outcome.Counts);
        Assert.False(outcome.IsEvidence);
    }

    [Theory]
    [InlineData(OutcomeCode.Completed, true, true)]
    [InlineData(OutcomeCode.Unreachable, true, true)]
    [InlineData(OutcomeCode.Capped, false, true)]
    [InlineData(OutcomeCode.OurNetwork, false, false)]
    [InlineData(OutcomeCode.NoReport, false, false)]
    public void What_counts_and_what_is_evidence_follow_from_the_class(OutcomeCode code, bool counts, bool evidence)
    {
        Assert.Equal(counts, new Outcome(code).Counts);
        Assert.Equal(evidence, new Outcome(code).IsEvidence);
    }

    [Fact]
    public void Json_holds_the_name_of_the_code_and_the_detail()
    {
        var outcome = new Outcome(OutcomeCode.WrongSize, "426x240 asked, 320x180 found");
        var json = JsonSerializer.Serialize(outcome);
        Assert.Equal("{\"Code\":\"WrongSize\",\"Detail\":\"426x240 asked, 320x180 found\"}", json);
        Assert.Equal(outcome, JsonSerializer.Deserialize<Outcome>(json));
        Assert.Equal("WrongSize: 426x240 asked, 320x180 found", outcome.ToString());
        Assert.Equal("Completed", new Outcome(OutcomeCode.Completed).ToString());
    }
}
