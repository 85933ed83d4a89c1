using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Monitoring.Web.Tests;

/// <summary>Data for tests, built the short way.</summary>
internal static class Sample
{
    public static readonly DateTimeOffset Now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    public static readonly RegionId Fra = RegionId.Parse("FRA");

    public static readonly RegionId Mdw = RegionId.Parse("MDW");

    public const string Secret = "a secret of the testers";

    public static OrchestratorId Orch(int n) => OrchestratorId.Parse("0x" + n.ToString("x40", CultureInfo.InvariantCulture));

    public static LeaderboardSnapshot Snapshot(params LeaderboardRow[] rows) => new(1, Now, [.. rows]);

    public static LeaderboardRow Row(int n, params (RegionId Region, PublishedCell Cell)[] cells) =>
        new(Orch(n), $"https://o{n}.example:8935", Verified: true, Active: true, [.. cells.Select(c => new LeaderboardCell(c.Region, c.Cell))]);

    public static PublishedCell Cell(double success, double latency, CellState state = CellState.Measured) => new()
    {
        State = state, SuccessRate = success, RoundTripScore = latency, Score = success * latency, Tests = 4, Planned = 5, RealTimeRate = 0.9,
        SuccessRateLow = success * 0.8, SuccessRateHigh = success, LastTestAt = Now.AddHours(-1),
    };

    /// <summary>One of our own tests; D and T in microseconds.</summary>
    public static OutcomeRevision Own(
        int n, RegionId region, DateTimeOffset at, long received, long expected, long d = 0, long t = 0,
        OutcomeCode? code = null, int revision = 1, LegacyAverages averages = default, string mark = "")
    {
        var outcome = code ?? (received == expected ? OutcomeCode.Completed : received > 0 ? OutcomeCode.Partial : OutcomeCode.Unreachable);
        return new OutcomeRevision
        {
            Test = TestId.Parse($"t-{n}-{region}-{at.Ticks}{mark}"), Revision = revision, Orchestrator = Orch(n), Region = region, TestTime = at, RecordedAt = at,
            Outcome = new Outcome(outcome),
            Summary = OutcomeCodes.ClassOf(outcome) == OutcomeClass.NotRun ? null : new TestSummary
            {
                StartedAt = at, Method = "stream1/clip1/15seg/1str", Sums = new ScoreSums(received, expected, d, t), Averages = averages,
                SourceSegments = 15, RealTimeSegments = 10, SegmentsSent = 15, SegmentsReceived = (int)received,
            },
        };
    }

    /// <summary>A body that is accepted, with changes: a value of null takes the field away.</summary>
    public static string Body(params (string Name, JsonNode? Value)[] changes)
    {
        var body = new JsonObject
        {
            ["region"] = "FRA", ["orchestrator"] = Orch(1).Text, ["success_rate"] = 1, ["round_trip_time"] = 0.5, ["seg_duration"] = 2,
            ["errors"] = new JsonArray(), ["timestamp"] = Now.AddHours(-1).ToUnixTimeSeconds(),
        };
        foreach (var (name, value) in changes)
        {
            if (value is null) body.Remove(name);
            else body[name] = value;
        }

        return body.ToJsonString(new JsonSerializerOptions { NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.Strict });
    }

    public static (string, JsonNode?)[] Ai(string model = "m", string pipeline = "p") => [("model", model), ("pipeline", pipeline)];

    public static string Sign(string body, string secret = Secret) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(body)));

    /// <summary>Posts a body, signed with <see cref="Secret"/> unless a signature is given; an empty signature leaves the header away.</summary>
    public static Task<Answered> PostAsync(this Site site, string body, string? signature = null, string method = "POST") =>
        site.SendAsync("/api/post_stats", method, new StringContent(body), ("Authorization", signature is "" ? null : signature ?? Sign(body)));

    public static string ErrorOf(string body)
    {
        using var json = JsonDocument.Parse(body);
        var only = Assert.Single(json.RootElement.EnumerateObject());
        Assert.Equal("error", only.Name);
        return only.Value.GetString()!;
    }
}
