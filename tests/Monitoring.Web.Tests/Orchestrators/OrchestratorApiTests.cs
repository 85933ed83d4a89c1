using System.Text.Json;

namespace Monitoring.Web.Tests;

/// <summary>The orchestrators as data: all of them, and one.</summary>
public sealed class OrchestratorApiTests
{
    internal static readonly StakeFacts Facts = new()
    {
        Stake = System.Numerics.BigInteger.Parse("123456789012345678901234", null), RewardCutParts = 100_000, FeeShareParts = 500_000, ActivationRound = 2000, DeactivationRound = null,
        LastRewardRound = 3000, LastFeeRound = 0,
        Rounds = [new RoundIncome(3000, true, false, System.Numerics.BigInteger.Pow(10, 20), 0), new RoundIncome(2999, true, false, null, 0)],
    };

    internal static StakeBook Stake(params (int Orchestrator, StakeFacts Facts)[] members) =>
        new(3000, Sample.Now.AddMinutes(-4), members.ToImmutableDictionary(m => Sample.Orch(m.Orchestrator), m => m.Facts));

    internal static ImmutableDictionary<OrchestratorId, RegistryEntry> Enrolled(params int[] orchestrators) =>
        orchestrators.ToImmutableDictionary(Sample.Orch, n => new RegistryEntry(Sample.Orch(n), $"https://o{n}.example:8935", Verified: true));

    private static async Task<JsonElement> ReadAsync(Site site, string path)
    {
        using var json = JsonDocument.Parse(await site.GetAsync(path));
        return json.RootElement.Clone();
    }

    [Fact]
    public async Task The_list_has_everybody_on_the_board_and_everybody_enrolled()
    {
        await using var site = await Site.StartAsync();
        site.Board.Current = Sample.Snapshot(Sample.Row(1, (Sample.Fra, Sample.Cell(1, 0.9))), Sample.Row(3, (Sample.Fra, Sample.Cell(0, 0, CellState.Zero))) with { Active = false });
        site.Book.Enrolled = Enrolled(1, 2);
        var list = (await ReadAsync(site, "/api/v1/orchestrators")).GetProperty("orchestrators").EnumerateArray().ToList();
        Assert.Equal([1, 2, 3], list.Select(o => int.Parse(o.GetProperty("address").GetString()![2..], System.Globalization.NumberStyles.HexNumber, null)));
        Assert.Equal([true, true, false], list.Select(o => o.GetProperty("active").GetBoolean()));
        Assert.Equal(0.9, list[0].GetProperty("regions").GetProperty("FRA").GetProperty("score").GetDouble());
        Assert.Empty(list[1].GetProperty("regions").EnumerateObject());
        Assert.Equal("zero", list[2].GetProperty("regions").GetProperty("FRA").GetProperty("state").GetString());
    }

    [Fact]
    public async Task Without_a_chain_all_of_stake_is_null()
    {
        await using var site = await Site.StartAsync();
        site.Book.Enrolled = Enrolled(1);
        var root = await ReadAsync(site, "/api/v1/orchestrators");
        Assert.Equal(JsonValueKind.Null, root.GetProperty("stakeAsOf").ValueKind);
        var only = root.GetProperty("orchestrators")[0];
        Assert.Equal(JsonValueKind.Null, only.GetProperty("stake").ValueKind);
        Assert.Equal(JsonValueKind.Null, only.GetProperty("collectsRewardsWithoutContributing").ValueKind);
    }

    [Fact]
    public async Task Stake_is_exact_and_in_the_units_that_are_documented()
    {
        await using var site = await Site.StartAsync();
        site.Book.Enrolled = Enrolled(1);
        site.Book.Stake = Stake((1, Facts));
        var root = await ReadAsync(site, "/api/v1/orchestrators");
        Assert.Equal("2026-11-20T11:56:00Z", root.GetProperty("stakeAsOf").GetString());
        var stake = root.GetProperty("orchestrators")[0].GetProperty("stake");
        Assert.Equal("123456789012345678901234", stake.GetProperty("stakeWei").GetString());
        Assert.Equal((0.1, 0.5), (stake.GetProperty("rewardCut").GetDouble(), stake.GetProperty("feeShare").GetDouble()));
        Assert.Equal((3000, 2000, 3000), (stake.GetProperty("round").GetInt64(), stake.GetProperty("activationRound").GetInt64(), stake.GetProperty("lastRewardRound").GetInt64()));
        Assert.Equal(JsonValueKind.Null, stake.GetProperty("deactivationRound").ValueKind);
        Assert.Equal(JsonValueKind.Null, stake.GetProperty("lastFeeRound").ValueKind);
        var rounds = stake.GetProperty("rounds");
        Assert.Equal("100000000000000000000", rounds[0].GetProperty("rewardsWei").GetString());
        Assert.Equal("0", rounds[0].GetProperty("feesWei").GetString());
        Assert.Equal(JsonValueKind.Null, rounds[1].GetProperty("rewardsWei").ValueKind);
    }

    [Fact]
    public async Task Whoever_has_the_answer_is_told_so_until_it_changes()
    {
        await using var site = await Site.StartAsync();
        site.Board.Current = Sample.Snapshot(Sample.Row(1, (Sample.Fra, Sample.Cell(1, 0.9))));
        foreach (var path in new[] { "/api/v1/orchestrators", $"/api/v1/orchestrators/{Sample.Orch(1)}" })
        {
            site.Book.Stake = null;
            var first = await site.SendAsync(path);
            Assert.Equal("public, max-age=30, stale-while-revalidate=15", first.Header("Cache-Control"));
            var again = await site.SendAsync(path, "GET", null, ("If-None-Match", first.Header("ETag")));
            Assert.Equal((304, "", first.Header("ETag")), (again.Status, again.Body, again.Header("ETag")));
            Assert.Equal("*", again.Header("Access-Control-Allow-Origin"));

            site.Book.Stake = Stake((1, Facts));
            var changed = await site.SendAsync(path, "GET", null, ("If-None-Match", first.Header("ETag")));
            Assert.Equal(200, changed.Status);
            Assert.NotEqual(first.Header("ETag"), changed.Header("ETag"));
            Assert.Contains("123456789012345678901234", changed.Body, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task One_has_its_newest_outcomes_by_region_with_code_class_and_reason()
    {
        await using var site = await Site.StartAsync();
        site.Board.Current = Sample.Snapshot(Sample.Row(1, (Sample.Fra, Sample.Cell(0.5, 0.8)), (Sample.Mdw, Sample.Cell(0, 0))));
        var late = Sample.Own(1, Sample.Fra, Sample.Now.AddHours(-1), 0, 60, code: OutcomeCode.TicketRefused);
        site.Store.Add(
            Sample.Own(1, Sample.Fra, Sample.Now.AddHours(-3), 60, 60), late with { Outcome = new Outcome(OutcomeCode.TicketRefused, "HTTP 400: Insufficient balance") },
            Sample.Own(1, Sample.Fra, Sample.Now.AddHours(-2), 0, 60, code: OutcomeCode.OurWallet), Sample.Own(1, Sample.Mdw, Sample.Now.AddHours(-2), 0, 60),
            Sample.Own(2, Sample.Fra, Sample.Now.AddHours(-2), 60, 60), Sample.Own(1, Sample.Fra, Sample.Now.AddHours(-30), 0, 60));
        site.Store.Evidence[late.Test] = new TestEvidence { Price = "707/1" };

        var one = await ReadAsync(site, $"/api/v1/orchestrators/{Sample.Orch(1)}");
        Assert.Equal(("707/1", 24), (one.GetProperty("pricePerPixelWei").GetString(), one.GetProperty("windowHours").GetDouble()));
        Assert.Equal(late.TestTime, one.GetProperty("priceAt").GetDateTimeOffset());
        var regions = one.GetProperty("regions");
        Assert.Equal(["FRA", "MDW"], regions.EnumerateArray().Select(r => r.GetProperty("region").GetString()));
        var latest = regions[0].GetProperty("latest").EnumerateArray().ToList();
        Assert.Equal(["TicketRefused", "OurWallet", "Completed"], latest.Select(t => t.GetProperty("code").GetString()));
        Assert.Equal(["fault", "void", "success"], latest.Select(t => t.GetProperty("class").GetString()));
        Assert.Equal("it refused correct payment", latest[0].GetProperty("reason").GetString());
        Assert.Equal("HTTP 400: Insufficient balance", latest[0].GetProperty("detail").GetString());
        Assert.Equal((60, 60), (latest[2].GetProperty("renditionsReceived").GetInt32(), latest[2].GetProperty("renditionsExpected").GetInt32()));
        Assert.Contains("The score is 0 because none of the 4 counted tests", regions[1].GetProperty("why").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Being_capped_once_too_often_shows_as_the_fault_that_it_counts_as()
    {
        await using var site = await Site.StartAsync();
        site.Board.Current = Sample.Snapshot(Sample.Row(1, (Sample.Fra, Sample.Cell(0, 0))));
        site.Store.Add(Enumerable.Range(1, 3).Select(h => Sample.Own(1, Sample.Fra, Sample.Now.AddHours(-h), 0, 60, code: OutcomeCode.Capped)));
        var latest = (await ReadAsync(site, $"/api/v1/orchestrators/{Sample.Orch(1)}")).GetProperty("regions")[0].GetProperty("latest");
        Assert.Equal(["PersistentlyCapped", "Capped", "Capped"], latest.EnumerateArray().Select(t => t.GetProperty("code").GetString()));
    }

    [Fact]
    public async Task A_zero_is_explained_by_evidence_older_than_the_window()
    {
        await using var site = await Site.StartAsync();
        site.Board.Current = Sample.Snapshot(Sample.Row(1, (Sample.Fra, Sample.Cell(0, 0, CellState.Zero))));
        site.Store.Add(
            Sample.Own(1, Sample.Fra, Sample.Now.AddDays(-5), 0, 60, code: OutcomeCode.TlsFailed), Sample.Own(1, Sample.Fra, Sample.Now.AddHours(-1), 0, 0, code: OutcomeCode.OurNetwork));
        var region = (await ReadAsync(site, $"/api/v1/orchestrators/{Sample.Orch(1)}")).GetProperty("regions")[0];
        Assert.Contains("the encrypted connection could not be set up", region.GetProperty("why").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/v1/orchestrators/0x00000000000000000000000000000000000000ff", 404)]
    [InlineData("/api/v1/orchestrators/nobody", 404)]
    [InlineData("/api/v1/orchestrators/", 404)]
    [InlineData("/api/v1/Orchestrators", 404)]
    [InlineData("/orchestrators/0x00000000000000000000000000000000000000ff", 404)]
    [InlineData("/orchestrators/nobody", 404)]
    [InlineData("/orchestrators/0x0000000000000000000000000000000000000001", 200)]
    [InlineData("/api/v1/orchestrators/0X0000000000000000000000000000000000000001", 200)]
    public async Task Only_who_is_known_is_answered_and_only_by_its_address(string path, int status)
    {
        await using var site = await Site.StartAsync();
        site.Book.Enrolled = Enrolled(1);
        Assert.Equal(status, (await site.SendAsync(path)).Status);
    }

    [Fact]
    public async Task A_store_that_fails_is_told_in_our_words()
    {
        await using var site = await Site.StartAsync();
        site.Book.Enrolled = Enrolled(1);
        site.Store.Failure = new InvalidOperationException("a word of the driver");
        foreach (var path in new[] { "/api/v1/orchestrators/", "/orchestrators/" })
        {
            var answered = await site.SendAsync(path + Sample.Orch(1));
            Assert.Equal(503, answered.Status);
            Assert.DoesNotContain("driver", answered.Body, StringComparison.Ordinal);
        }

        Assert.Equal(200, (await site.SendAsync("/api/v1/orchestrators")).Status);
    }
}
