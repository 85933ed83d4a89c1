using System.Text;
using System.Text.Json;
using Monitoring.Core;
using Monitoring.Storage.Lines;

namespace Monitoring.Storage.Tests.Results;

public sealed class SpendTests
{
    [Theory]
    [InlineData("16000000000", "\"spentWei\":\"16000000000\"")]
    [InlineData("1/3", "\"spentWei\":\"1/3\"")]
    public void What_a_test_cost_is_stored_exactly_and_as_text(string wei, string text)
    {
        var spend = new Spend(Rational.Parse(wei), 110_643_840, 2);
        var bytes = ResultLine.Write(Result(spend));
        Assert.Contains(text, Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);
        Assert.Equal(spend, ResultLine.Read(bytes).Summary.Spend);
    }

    [Fact]
    public void The_sum_of_real_tickets_survives()
    {
        var ev = new Rational(System.Numerics.BigInteger.Pow(2, 500) - 3, System.Numerics.BigInteger.Pow(2, 256) - 1);
        Assert.Equal(ev, ResultLine.Read(ResultLine.Write(Result(new Spend(ev, 1, 1)))).Summary.Spend.Expected);
    }

    [Fact]
    public void A_test_that_cost_nothing_says_nothing_of_it_and_older_records_are_read()
    {
        var bytes = ResultLine.Write(Result(Spend.None));
        Assert.DoesNotContain("spent", Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);
        Assert.Equal(Spend.None, ResultLine.Read(bytes).Summary.Spend);
    }

    [Theory]
    [InlineData("1.5")]
    [InlineData("1/0")]
    [InlineData("many")]
    public void An_amount_that_is_none_is_no_record(string amount)
    {
        var text = Encoding.UTF8.GetString(ResultLine.Write(Result(new Spend(7777, 1, 1)))).Replace("\"7777\"", $"\"{amount}\"", StringComparison.Ordinal);
        Assert.Throws<JsonException>(() => ResultLine.Read(Encoding.UTF8.GetBytes(text)));
    }

    private static Core.TestResult Result(Spend spend) => new()
    {
        Id = TestId.Parse("a"),
        Orchestrator = Samples.Orchestrator(1),
        Region = Samples.Mdw,
        PlannedAt = Samples.Noon,
        Outcome = new Outcome(OutcomeCode.Completed),
        Summary = Samples.Summary(Samples.Noon, new ScoreSums(60, 60, 30_000_000, 4_000_000)) with { Spend = spend },
    };
}
