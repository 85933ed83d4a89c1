using Monitoring.Core;
using Monitoring.Ethereum;
using Monitoring.Livepeer;
using Monitoring.Net;

namespace Monitoring.Livepeer.Tests;

public sealed class The_active_set_is_read_from_the_chain
{
    private readonly FakeChain _chain = new() { Set = new ActiveSet(new ChainHead(1, default, 1, DateTimeOffset.UnixEpoch), 1000, []) };

    [Theory]
    [InlineData("https://a.example:8935", "https://a.example:8935")]
    [InlineData("a.example:8935", "https://a.example:8935")]
    [InlineData("  https://a.example:8935/ \n", "https://a.example:8935")]
    [InlineData("http://a.example:8935//", "http://a.example:8935")]
    [InlineData("", "")]
    [InlineData(" \t ", "")]
    [InlineData("https://0.0.0.0:8935", "https://0.0.0.0:8935")]
    public void A_registered_URI_is_cleaned_as_a_gateway_does(string registered, string clean) => Assert.Equal(clean, RegisteredUri.Clean(registered));

    [Theory]
    [InlineData("https://a.example:8935\u0000/evil")]
    [InlineData("https://a.example:8935/\u0085x")]
    [InlineData("https://a.example:8935?\ud83d\ude00")]
    [InlineData("none of your business")]
    [InlineData("ftp://a.example:21")]
    public void What_is_no_service_URI_is_not_made_into_one(string registered) =>
        Assert.False(ServiceUris.TryParse(RegisteredUri.Clean(registered), out _, out _));

    [Fact]
    public void A_text_of_any_length_is_kept_short_and_refused()
    {
        var clean = RegisteredUri.Clean("https://a.example:8935/" + new string('x', 100_000));
        Assert.InRange(clean.Length, 1, 600);
        Assert.False(ServiceUris.TryParse(clean, out _, out _));
    }

    [Fact]
    public async Task Members_are_those_whose_rounds_enclose_the_last_initialized_one()
    {
        _chain.Set = _chain.Set! with
        {
            Round = 1000,
            Members =
            [
                Member(1, 900, null), Member(2, 1000, null), Member(3, 1001, null), Member(4, 900, 1001), Member(5, 900, 1000), Member(6, 900, null, ""),
            ],
        };
        var entries = await new ChainSource(_chain).ReadAsync(TestContext.Current.CancellationToken);
        Assert.Equal([Id(1), Id(2), Id(4), Id(6)], entries.Select(e => e.Id));
        Assert.All(entries, e => Assert.True(e.Verified));
        Assert.Equal("", entries[3].ServiceUri);
    }

    [Fact]
    public async Task The_stake_of_the_pool_comes_with_the_walk()
    {
        var scale = System.Numerics.BigInteger.Pow(10, 27);
        _chain.Set = _chain.Set! with
        {
            Round = 1000,
            Members =
            [
                Member(1, 900, 1002) with
                {
                    Stake = 1_000_000, RewardCut = 100_000, FeeShare = 500_000, LastRewardRound = 1000, LastFeeRound = 999,
                    Pools = [new EarningsPool(1000, 1_000_000, 0, 500_000, scale + (scale / 10), 0), new EarningsPool(999, 1_000_000, 0, 500_000, scale, scale)],
                },
                Member(2, 1001, null),
            ],
        };
        var source = new ChainSource(_chain);
        Assert.Null(source.Stake);
        await source.ReadAsync(TestContext.Current.CancellationToken);
        var book = source.Stake!;
        Assert.Equal((1000, 2), (book.Round, book.Members.Count));
        var facts = book.Members[Id(1)];
        Assert.Equal((1_000_000, 100_000, 500_000), (facts.Stake, facts.RewardCutParts, facts.FeeShareParts));
        Assert.Equal((900, 1002, 1000, 999), (facts.ActivationRound, facts.DeactivationRound, facts.LastRewardRound, facts.LastFeeRound));
        Assert.Equal(new RoundIncome(1000, true, false, 100_000, 0), facts.Rounds[0]);
        Assert.Equal(new RoundIncome(999, true, true, null, null), facts.Rounds[1]);

        _chain.Trouble = "No endpoint answered.";
        await Assert.ThrowsAsync<SourceException>(() => source.ReadAsync(TestContext.Current.CancellationToken));
        Assert.Same(book, source.Stake);
    }

    [Fact]
    public async Task Trouble_with_the_chain_leaves_the_set_as_it_was()
    {
        _chain.Trouble = "No endpoint answered.";
        var e = await Assert.ThrowsAsync<SourceException>(() => new ChainSource(_chain).ReadAsync(TestContext.Current.CancellationToken));
        Assert.Equal("No endpoint answered.", e.Message);
    }

    private static OrchestratorId Id(int number) => Who(number).ToOrchestratorId();

    private static Address Who(int number) => Address.Parse("0x" + number.ToString("x40", null));

    private static PoolMember Member(int number, long activation, long? deactivation, string uri = "https://a.example:8935") => new()
    {
        Address = Who(number), ServiceUri = uri, Stake = 1, RewardCut = 0, FeeShare = 0, ActivationRound = activation, DeactivationRound = deactivation, LastRewardRound = 0,
    };
}
