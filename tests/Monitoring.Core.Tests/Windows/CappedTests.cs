namespace Monitoring.Core.Tests;

/// <summary>At most 2 of the last 8 tests of a region are excused as capped (design section 5).</summary>
public sealed class CappedTests
{
    private static readonly CappedRule Rule = Sample.Policy.Capped;

    // A letter a test, three hours apart: g good, b bad, c capped, p priced out, m maintenance, v void, n not run.
    private static Window WindowOf(string tests) => Sample.WindowOf([.. tests.Select((t, i) => (Sample.Noon.AddHours(3 * (i - tests.Length)), t switch
    {
        'g' => OutcomeCode.Completed,
        'b' => OutcomeCode.Unreachable,
        'c' => OutcomeCode.Capped,
        'p' => OutcomeCode.PricedOut,
        'm' => OutcomeCode.Maintenance,
        'v' => OutcomeCode.OurNetwork,
        _ => OutcomeCode.NoReport,
    }))]);

    [Theory]
    [InlineData("c", "x")]
    [InlineData("cc", "xx")]
    [InlineData("ccc", "xxF")]
    [InlineData("cccc", "xxFF")]
    [InlineData("cgcgc", "xgxgF")]
    [InlineData("ccggggggc", "xxggggggx")]
    [InlineData("ccgggggc", "xxgggggF")]
    [InlineData("cgcgggggc", "xgxgggggx")]
    [InlineData("cvvvcvvvc", "xvvvxvvvF")]
    [InlineData("cnnncnnnc", "xnnnxnnnF")]
    [InlineData("ccpmbpmbc", "xxpmbpmbx")]
    [InlineData("ccpmbpmc", "xxpmbpmF")]
    public void Beyond_two_of_eight_a_capped_test_is_a_fault(string tests, string judged)
    {
        var all = WindowOf(tests).Judged(DateTimeOffset.MinValue, Rule).Select(j => (j.Entry.Code, j.Code)).ToArray();
        for (var i = 0; i < tests.Length; i++)
        {
            var expected = judged[i] == 'F' ? OutcomeCode.PersistentlyCapped : all[i].Item1;
            Assert.Equal(expected, all[i].Item2);
        }

        var counted = judged.Count(c => c is 'g' or 'b' or 'F');
        Assert.Equal(counted, WindowOf(tests).Total(DateTimeOffset.MinValue, Rule).Counted);
    }

    [Fact]
    public void The_rule_looks_back_twice_as_far_as_eight_tests_take()
    {
        Assert.Equal(new CappedRule(2, 8, TimeSpan.FromDays(2)), Rule);
        Assert.Equal(TimeSpan.FromHours(16), (Sample.Policy with { Schedule = Sample.Schedule with { TestsPerDay = 24 } }).Capped.Within);
        var now = Sample.Noon;
        OutcomeCode Last(TimeSpan back) => Sample.WindowOf((now - back, OutcomeCode.Capped), (now.AddHours(-1), OutcomeCode.Capped), (now, OutcomeCode.Capped))
            .Judged(DateTimeOffset.MinValue, Rule).Last().Code;
        Assert.Equal(OutcomeCode.Capped, Last(TimeSpan.FromDays(2)));
        Assert.Equal(OutcomeCode.PersistentlyCapped, Last(TimeSpan.FromDays(2) - TimeSpan.FromTicks(1)));
    }

    [Fact]
    public void A_late_result_judges_the_capped_tests_after_it_again()
    {
        var now = Sample.Noon;
        var window = Sample.WindowOf((now.AddHours(-6), OutcomeCode.Capped), (now.AddHours(-3), OutcomeCode.NoReport), (now, OutcomeCode.Capped));
        Assert.Equal(0, window.Total(now.AddDays(-1), Rule).Counted);
        window = window.With(Sample.Entry(now.AddHours(-3), OutcomeCode.Capped));
        Assert.Equal(1, window.Total(now.AddDays(-1), Rule).Counted);
        Assert.Equal(new LatestEvidence(now, OutcomeCode.PersistentlyCapped), window.Latest(Rule, c => c == OutcomeClass.Fault));
    }
}
