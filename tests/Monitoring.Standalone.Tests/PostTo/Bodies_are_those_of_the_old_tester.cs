using System.Text.Json;
using Monitoring.Core;
using Monitoring.Standalone.PostTo;

namespace Monitoring.Standalone.Tests.PostTo;

public sealed class Bodies_are_those_of_the_old_tester
{
    [Fact]
    public void A_result_is_written_with_the_old_names() => Assert.Equal(
        """{"region":"FRA","orchestrator":"0x0000000000000000000000000000000000000007","success_rate":0.75,"seg_duration":2.0000001,"round_trip_time":0.607,"segments_sent":15,"segments_received":45,"upload_time":0.1,"download_time":0.2,"transcode_time":0.3,"errors":[{"error_code":"DownloadFailed","count":3}],"timestamp":1795176007}""",
        PostedBody.Of(Measured.Result(7))!.Json);

    [Fact]
    public void The_same_result_always_gives_the_same_bytes() => Assert.Equal(PostedBody.Of(Measured.Result(7)), PostedBody.Of(Measured.Result(7)));

    [Theory]
    [InlineData(OutcomeCode.Completed, true)]
    [InlineData(OutcomeCode.Partial, true)]
    [InlineData(OutcomeCode.Unreachable, true)]
    [InlineData(OutcomeCode.PersistentlyCapped, true)]
    [InlineData(OutcomeCode.Capped, false)]
    [InlineData(OutcomeCode.Maintenance, false)]
    [InlineData(OutcomeCode.OurNetwork, false)]
    [InlineData(OutcomeCode.RegionAnomaly, false)]
    [InlineData(OutcomeCode.RegionStale, false)]
    public void Only_what_counts_is_posted(OutcomeCode code, bool posted) => Assert.Equal(posted, PostedBody.Of(Measured.Result(1, code)) is not null);

    [Fact]
    public void Neither_what_was_judged_again_nor_what_others_posted_here_is_posted_on()
    {
        var result = Measured.Result(1);
        Assert.Null(PostedBody.Of(result with { Revision = 2 }));
        Assert.Null(PostedBody.Of(result with { Revision = OutcomeRevision.NotRun, Summary = null }));
        Assert.Null(PostedBody.Of(result with { Summary = result.Summary! with { Posted = new PostedDetail() } }));
    }

    [Fact]
    public void No_number_is_NaN_or_infinite()
    {
        var result = Measured.Result(1);
        result = result with { Summary = result.Summary! with { Averages = new LegacyAverages(double.NaN, double.PositiveInfinity, double.NegativeInfinity), UploadTime = double.NaN } };
        using var body = JsonDocument.Parse(PostedBody.Of(result)!.Json);
        foreach (var name in new[] { "success_rate", "seg_duration", "round_trip_time", "upload_time" }) Assert.Equal(0, body.RootElement.GetProperty(name).GetDouble());
    }
}
