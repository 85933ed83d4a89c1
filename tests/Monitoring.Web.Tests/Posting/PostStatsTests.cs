using System.Text;
using System.Text.Json.Nodes;

namespace Monitoring.Web.Tests;

public sealed class PostStatsTests
{
    private static readonly WebOptions Options = new() { Secret = Sample.Secret, OwnRegions = [RegionId.Parse("SIN"), Sample.Mdw] };

    [Fact]
    public async Task A_signed_result_is_taken_with_ok_and_nothing_else()
    {
        await using var site = await Site.StartAsync(Options);
        var answered = await site.PostAsync(Sample.Body());
        Assert.Equal(200, answered.Status);
        Assert.Equal("ok", answered.Body);
        Assert.Equal("text/plain; charset=utf-8", answered.Header("Content-Type"));
        Assert.Null(answered.Header("Access-Control-Allow-Origin"));
        Assert.Null(answered.Header("Cache-Control"));
        Assert.Equal(1, site.Store.Count);
    }

    [Fact]
    public async Task The_stored_outcome_says_what_was_posted()
    {
        await using var site = await Site.StartAsync(Options);
        await site.PostAsync(Sample.Body(
            ("orchestrator", "0X00000000000000000000000000000000000000Ab"), ("success_rate", 0.75), ("segments_sent", 15), ("segments_received", 45),
            ("upload_time", 0.1), ("download_time", 0.2), ("transcode_time", 0.3)));
        var stored = Assert.Single(site.Store.All);
        Assert.StartsWith("posted-", stored.Test.Text, StringComparison.Ordinal);
        Assert.Equal(OutcomeRevision.Measured, stored.Revision);
        Assert.Equal("0x00000000000000000000000000000000000000ab", stored.Orchestrator.Text);
        Assert.Equal(Sample.Now.AddHours(-1), stored.TestTime);
        Assert.Equal(Sample.Now, stored.RecordedAt);
        Assert.Equal(OutcomeCode.Partial, stored.Outcome.Code);
        Assert.Equal(TestMethod.Posted, stored.Summary!.Method);
        Assert.Equal(new ScoreSums(750_000_000, 1_000_000_000, 2_000_000, 500_000), stored.Summary.Sums);
        Assert.Equal(new LegacyAverages(0.75, 2, 0.5), stored.Summary.Averages);
        Assert.Equal((15, 45, 0.1, 0.2, 0.3), (stored.Summary.SegmentsSent, stored.Summary.SegmentsReceived, stored.Summary.UploadTime, stored.Summary.DownloadTime, stored.Summary.TranscodeTime));
        Assert.False(stored.Summary.Posted!.ErrorsNull);
    }

    [Theory]
    [InlineData(1, 0.5, 2, OutcomeCode.Completed, true)]
    [InlineData(1, 0, 2, OutcomeCode.Completed, false)]
    [InlineData(1, 0.5, 0, OutcomeCode.Completed, false)]
    [InlineData(0, 9.5, 2, OutcomeCode.TranscodeFailed, false)]
    [InlineData(1e-12, 0.5, 2, OutcomeCode.Partial, true)]
    public async Task A_test_that_failed_or_has_no_times_never_moves_the_latency(double success, double roundTrip, double duration, OutcomeCode code, bool timed)
    {
        await using var site = await Site.StartAsync(Options);
        Assert.Equal("ok", (await site.PostAsync(Sample.Body(("success_rate", success), ("round_trip_time", roundTrip), ("seg_duration", duration)))).Body);
        var stored = Assert.Single(site.Store.All);
        Assert.Equal(code, stored.Outcome.Code);
        Assert.True(stored.Outcome.Counts);
        Assert.Equal(timed, stored.Summary!.Sums.RoundTripMicros > 0);
        Assert.Equal(timed, stored.Summary.Sums.DurationMicros > 0);
        Assert.True(stored.Summary.Sums.IsPossible);
        Assert.Equal(roundTrip, stored.Summary.Posted!.RoundTripTime);
    }

    [Fact]
    public async Task The_same_body_counts_once()
    {
        await using var site = await Site.StartAsync(Options);
        var body = Sample.Body();
        Assert.Equal("ok", (await site.PostAsync(body)).Body);
        site.Clock.Now += TimeSpan.FromMinutes(1);
        Assert.Equal("ok", (await site.PostAsync(body)).Body);
        Assert.Equal(1, site.Store.Count);
        await site.PostAsync(body + " ");
        Assert.Equal(2, site.Store.Count);
    }

    [Fact]
    public async Task Posts_at_once_are_all_taken_and_equal_ones_once()
    {
        await using var site = await Site.StartAsync(Options);
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => site.PostAsync(Sample.Body(("round_trip_time", 1 + (i % 50))))));
        Assert.All(answers, answered => Assert.Equal("ok", answered.Body));
        Assert.Equal(50, site.Store.Count);
    }

    public static readonly TheoryData<string> WrongSignatures = new(
        "", "nonsense", "Bearer abc", Sample.Sign(Sample.Body(), "another"), Sample.Sign(Sample.Body()).ToUpperInvariant(), Sample.Sign("other"),
        Sample.Sign(Sample.Body())[..63], Sample.Sign(Sample.Body()) + "0", "HMAC " + Sample.Sign(Sample.Body()));

    [Theory]
    [MemberData(nameof(WrongSignatures))]
    public async Task A_wrong_signature_is_refused_whatever_the_body(string signature)
    {
        await using var site = await Site.StartAsync(Options);
        foreach (var body in new[] { Sample.Body(), "not json" })
        {
            var answered = await site.PostAsync(body, signature);
            Assert.Equal(403, answered.Status);
            Assert.Equal("request can not be authenticated", Sample.ErrorOf(answered.Body));
            Assert.Equal("application/json", answered.Header("Content-Type"));
            Assert.Equal("no-store", answered.Header("Cache-Control"));
        }

        Assert.Equal(0, site.Store.Count);
    }

    [Fact]
    public async Task An_empty_secret_refuses_even_posts_signed_with_it()
    {
        await using var site = await Site.StartAsync(new WebOptions());
        Assert.Equal(403, (await site.PostAsync(Sample.Body(), Sample.Sign(Sample.Body(), ""))).Status);
    }

    [Fact]
    public async Task A_regions_own_secret_posts_for_it_alone()
    {
        var options = new WebOptions { Secret = Sample.Secret, RegionSecrets = ImmutableDictionary<RegionId, string>.Empty.Add(Sample.Fra, "fra's") };
        await using var site = await Site.StartAsync(options);
        string fra = Sample.Body(), lax = Sample.Body(("region", "LAX"));
        Assert.Equal(200, (await site.PostAsync(fra, Sample.Sign(fra, "fra's"))).Status);
        Assert.Equal(403, (await site.PostAsync(fra)).Status);
        Assert.Equal(200, (await site.PostAsync(lax)).Status);
        Assert.Equal(403, (await site.PostAsync(lax, Sample.Sign(lax, "fra's"))).Status);
    }

    public static readonly TheoryData<string, string> Refused = new()
    {
        { "", "unexpected end of JSON input" },
        { "{\"region\":\"FRA\"", "unexpected end of JSON input" },
        { "null", "invalid region" },
        { "{}", "invalid region" },
        { Sample.Body(("region", "fra")), "invalid region" },
        { Sample.Body(("region", "XYZ")), "invalid region" },
        { Sample.Body(("region", "GLOBAL")), "GLOBAL is what clients compute over all regions; post the region that was measured" },
        { Sample.Body([.. Sample.Ai(), ("region", "NYC")]), "region NYC is not registered for ai results; see /api/regions" },
        { Sample.Body(("region", "SIN")), "region is measured here" },
        { Sample.Body(("orchestrator", null)), "orchestrator must be 0x and 40 hex digits" },
        { Sample.Body(("orchestrator", "0x12")), "orchestrator must be 0x and 40 hex digits" },
        { Sample.Body(("orchestrator", new string('a', 42))), "orchestrator must be 0x and 40 hex digits" },
        { Sample.Body(("success_rate", 7)), "success_rate must be from 0 to 1" },
        { Sample.Body(("success_rate", -0.001)), "success_rate must be from 0 to 1" },
        { Sample.Body(("round_trip_time", -1)), "round_trip_time must be from 0 to 1000000 seconds" },
        { Sample.Body(("seg_duration", 1e300)), "seg_duration must be from 0 to 1000000 seconds" },
        { Sample.Body(("segments_sent", -1)), "segments_sent must be from 0 to 2147483647" },
        { Sample.Body(("timestamp", "1")), "json: cannot unmarshal string into Go struct field Stats.timestamp of type int64" },
        { Sample.Body(("timestamp", JsonNode.Parse("1.5"))), "json: cannot unmarshal number 1.5 into Go struct field Stats.timestamp of type int64" },
        { Sample.Body(("success_rate", JsonNode.Parse("1e999"))), "json: cannot unmarshal number 1e999 into Go struct field Stats.success_rate of type float64" },
        { Sample.Body(("timestamp", Sample.Now.AddMinutes(5).ToUnixTimeSeconds() + 1)), $"timestamp is more than 5 minutes ahead (Unix seconds are expected; it is {Sample.Now.ToUnixTimeSeconds()} here)" },
        { Sample.Body(("timestamp", Sample.Now.ToUnixTimeMilliseconds())), $"timestamp is more than 5 minutes ahead (Unix seconds are expected; it is {Sample.Now.ToUnixTimeSeconds()} here)" },
        { Sample.Body(("timestamp", long.MaxValue)), $"timestamp is more than 5 minutes ahead (Unix seconds are expected; it is {Sample.Now.ToUnixTimeSeconds()} here)" },
        { Sample.Body(("timestamp", null)), $"timestamp is more than 30 days old (Unix seconds are expected; it is {Sample.Now.ToUnixTimeSeconds()} here)" },
        { Sample.Body(("timestamp", Sample.Now.AddDays(-30).ToUnixTimeSeconds() - 1)), $"timestamp is more than 30 days old (Unix seconds are expected; it is {Sample.Now.ToUnixTimeSeconds()} here)" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task What_cannot_be_a_result_is_refused_with_the_reason(string body, string reason)
    {
        await using var site = await Site.StartAsync(Options);
        var answered = await site.PostAsync(body);
        Assert.Equal(reason, Sample.ErrorOf(answered.Body));
        Assert.Equal(400, answered.Status);
        Assert.Equal("no-store", answered.Header("Cache-Control"));
        Assert.Equal(0, site.Store.Count);
    }

    public static readonly TheoryData<string> Accepted = new(
        Sample.Body(("timestamp", Sample.Now.AddMinutes(5).ToUnixTimeSeconds())),
        Sample.Body(("timestamp", Sample.Now.AddDays(-30).ToUnixTimeSeconds())),
        Sample.Body(("success_rate", 0)), Sample.Body(("success_rate", 1)),
        Sample.Body([.. Sample.Ai(), ("region", "LAX")]),
        Sample.Body([.. Sample.Ai(), ("region", "MDW")]),
        Sample.Body(("model", "m")),
        Sample.Body(("region", "NYC")),
        Sample.Body(("unknown", new JsonObject { ["deep"] = new JsonArray(1, "x", new JsonObject()) })),
        Sample.Body(("errors", null)));

    [Theory]
    [MemberData(nameof(Accepted))]
    public async Task What_can_be_a_result_is_taken(string body)
    {
        await using var site = await Site.StartAsync(Options);
        Assert.Equal("ok", (await site.PostAsync(body)).Body);
        Assert.Equal(1, site.Store.Count);
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("PATCH")]
    public async Task Other_methods_post_as_well(string method)
    {
        await using var site = await Site.StartAsync(Options);
        Assert.Equal("ok", (await site.PostAsync(Sample.Body(), method: method)).Body);
    }

    [Fact]
    public async Task A_get_is_not_authenticated()
    {
        await using var site = await Site.StartAsync(Options);
        Assert.Equal(403, (await site.SendAsync("/api/post_stats")).Status);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_over_one_mebibyte_is_refused_and_one_of_it_taken(bool chunked)
    {
        await using var site = await Site.StartAsync(Options);
        var body = Sample.Body(("response_payload", ""));
        body = Sample.Body(("response_payload", new string('x', PostStats.MaximumBody - body.Length)));
        foreach (var (text, status) in new[] { (body, 200), (body + " ", 413) })
        {
            using var content = new StringContent(text);
            if (chunked) content.Headers.ContentLength = null;
            var answered = await site.SendAsync("/api/post_stats", "POST", content, ("Authorization", Sample.Sign(text)), ("Transfer-Encoding", chunked ? "chunked" : null));
            Assert.Equal(status, answered.Status);
        }

        Assert.Equal(PostStats.MaximumBody, Encoding.UTF8.GetByteCount(body));
        Assert.Equal(1, site.Store.Count);
    }

    [Fact]
    public async Task What_could_not_be_stored_is_never_ok()
    {
        await using var site = await Site.StartAsync(Options);
        site.Posts.Answer = PostAnswer.Unavailable;
        var answered = await site.PostAsync(Sample.Body());
        Assert.Equal(503, answered.Status);
        Assert.Equal("the result could not be stored; post it again later", Sample.ErrorOf(answered.Body));

        site.Posts.Failure = new InvalidOperationException("duplicate key value violates constraint");
        answered = await site.PostAsync(Sample.Body());
        Assert.Equal(503, answered.Status);
        Assert.DoesNotContain("duplicate", answered.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Random_bodies_are_taken_or_refused_but_never_fail()
    {
        var random = new Random(9);
        await using var site = await Site.StartAsync(Options);
        var good = Sample.Body(("errors", new JsonArray(new JsonObject { ["error_code"] = "x", ["count"] = 1 })));
        for (var i = 0; i < 500; i++)
        {
            var bytes = Encoding.UTF8.GetBytes(good);
            for (var change = random.Next(1, 4); change > 0; change--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            using var content = new ByteArrayContent(bytes);
            var signature = Convert.ToHexStringLower(System.Security.Cryptography.HMACSHA256.HashData(Encoding.UTF8.GetBytes(Sample.Secret), bytes));
            var answered = await site.SendAsync("/api/post_stats", "POST", content, ("Authorization", signature));
            Assert.True(answered.Status is 200 or 400, $"{answered.Status} for {Encoding.UTF8.GetString(bytes)}");
        }

        foreach (var path in new[] { "/api/raw_stats?orchestrator=" + Sample.Orch(1), "/api/pipelines" })
        {
            using var json = System.Text.Json.JsonDocument.Parse(await site.GetAsync(path));
        }
    }
}
