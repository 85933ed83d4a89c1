using Monitoring.Core;
using Monitoring.Simulator;

namespace Monitoring.Standalone.Tests.Paid;

/// <summary>
/// One row for everything that an orchestrator may do to our money (protocol reference, 3.8): the outcome that our own evidence gives it
/// (design section 5), and the books of both sides after it.
/// </summary>
[Collection(EndToEnd.OneAtATime.Name)]
public sealed class Every_refusal_has_its_class(RefusingFleet fleet) : IClassFixture<RefusingFleet>
{
    /// <summary>How much of what we paid the node gave us credit for.</summary>
    public enum Credit
    {
        /// <summary>We paid nothing, so there is nothing to credit.</summary>
        NothingPaid,

        /// <summary>Nothing of what we paid.</summary>
        None,

        /// <summary>A part of what we paid.</summary>
        Part,

        /// <summary>All that we paid.</summary>
        All,

        /// <summary>Any part: it depends on who reads the chain first.</summary>
        Any,
    }

    private static readonly ImmutableArray<Row> Table =
    [
        // Good tickets refused. Nothing that we can see excuses it.
        new("replayed-nonce", OutcomeClass.Fault, OutcomeCode.TicketRefused, Credit.None, "already seen"),
        new("claims-expiry", OutcomeClass.Fault, OutcomeCode.TicketRefused, Credit.None, "TicketParams expired"),
        new("sender-unlocking", OutcomeClass.Fault, OutcomeCode.TicketRefused, Credit.None, "set to unlock soon"),
        new("no-reserve", OutcomeClass.Fault, OutcomeCode.TicketRefused, Credit.NothingPaid, "insufficient sender reserve"),
        new("inactive-recipient", OutcomeClass.Fault, OutcomeCode.TicketRefused, Credit.None, "is inactive in round"),
        new("takes-and-refuses", OutcomeClass.Fault, OutcomeCode.TicketRefused, Credit.All, "Insufficient balance"),

        // What it gave out itself cannot be used.
        new("wrong-price", OutcomeClass.Fault, OutcomeCode.TicketRefused, Credit.None, "invalid recipientRand"),
        new("wrong-recipient-rand", OutcomeClass.Fault, OutcomeCode.TicketRefused, Credit.None, "invalid recipientRand"),
        new("mixed-params", OutcomeClass.Success, OutcomeCode.TicketRefused, Credit.Part, "invalid recipientRand"),
        new("expired-params", OutcomeClass.Fault, OutcomeCode.ProtocolViolation, Credit.NothingPaid, "TicketParams expired"),
        new("expired-token", OutcomeClass.Fault, OutcomeCode.AuthTokenRefused, Credit.None, "expired auth token"),
        new("negative-price", OutcomeClass.Fault, OutcomeCode.ProtocolViolation, Credit.NothingPaid, "a price of -707"),
        new("absurd-face-value", OutcomeClass.Fault, OutcomeCode.ProtocolViolation, Credit.NothingPaid, "max faceValue"),
        new("absurd-ticket-value", OutcomeClass.Fault, OutcomeCode.ProtocolViolation, Credit.NothingPaid, "max ticket EV"),
        new("oversized-numbers", OutcomeClass.Fault, OutcomeCode.ProtocolViolation, Credit.NothingPaid, "4096 bytes"),

        // It takes the money and then changes the terms, or the goods.
        new("price-doubled", OutcomeClass.Success, OutcomeCode.ProtocolViolation, Credit.All, "more than doubled"),
        new("price-dropped", OutcomeClass.Success, OutcomeCode.Completed, Credit.All, ""),
        new("repeats-params", OutcomeClass.Success, OutcomeCode.Completed, Credit.All, ""),
        new("inflated-pixels", OutcomeClass.Fault, OutcomeCode.ProtocolViolation, Credit.All, "it charges for"),
        new("wrong-signature", OutcomeClass.Fault, OutcomeCode.BadSignature, Credit.All, "are signed by"),

        // The same sentences where they are true by our own chain read: the test says nothing of the orchestrator.
        new("really-unlocking", OutcomeClass.Void, OutcomeCode.OurWallet, Credit.Any, "set to unlock soon"),
        new("really-no-reserve", OutcomeClass.Void, OutcomeCode.OurWallet, Credit.Any, ""),
        new("really-inactive", OutcomeClass.Void, OutcomeCode.OurChain, Credit.Part, "is inactive in round"),
        new("really-expired", OutcomeClass.Success, OutcomeCode.Completed, Credit.Any, ""),
    ];

    /// <summary>The rows by name.</summary>
    public static TheoryData<string> Rows => [.. Table.Select(row => row.Name)];

    [Fact]
    public void Every_behaviour_around_money_has_one_row() =>
        Assert.Equal(Behaviour.AllPaid.Select(b => b.Name).Concat(RefusingFleet.Truths.Keys).Order(StringComparer.Ordinal), Table.Select(row => row.Name).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Rows))]
    public void The_outcome_follows_from_our_own_evidence(string name)
    {
        var row = Table.Single(r => r.Name == name);
        var result = fleet[name].Result;
        Assert.True(row.Class == result.Outcome.Class, $"{name} became {result.Outcome}");
        if (row.Code == OutcomeCode.Completed)
        {
            Assert.Equal(OutcomeCode.Completed, result.Outcome.Code);
            return;
        }

        // Where something came back before it went wrong the test counts with what came back, and its segments tell the rest.
        Assert.Equal(row.Class == OutcomeClass.Success ? OutcomeCode.Partial : row.Code, result.Outcome.Code);
        var lost = result.Evidence.Segments.Where(segment => segment.State != SegmentState.Complete).ToList();
        Assert.NotEmpty(lost);
        Assert.All(lost, segment => Assert.Equal(row.Code, segment.Outcome.Code));
        Assert.Contains(lost, segment => segment.Outcome.Detail.Contains(row.Says, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Both_sides_books_agree_to_the_wei(string name)
    {
        var row = Table.Single(r => r.Name == name);
        var test = fleet[name];
        var spend = test.Result.Summary.Spend;
        Assert.Equal((spend.Expected, spend.Tickets), (test.Theirs.Received, (int)test.Theirs.TicketsReceived));
        Assert.Equal(0, test.Theirs.TicketsRepeated);
        switch (row.Credit)
        {
            case Credit.NothingPaid:
                Assert.Equal(Rational.Zero, spend.Expected);
                break;
            case Credit.None:
                Assert.True(spend.Expected.Sign > 0);
                Assert.Equal(Rational.Zero, test.Theirs.Credited);
                break;
            case Credit.Part:
                Assert.True(test.Theirs.Credited.Sign > 0 && test.Theirs.Credited < spend.Expected);
                break;
            case Credit.All:
                Assert.True(spend.Expected.Sign > 0);
                Assert.Equal(spend.Expected, test.Theirs.Credited);
                break;
            default:
                Assert.True(test.Theirs.Credited <= spend.Expected);
                break;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Ledger_journal_and_report_agree_and_the_reservation_is_released(string name)
    {
        var test = fleet[name];
        var spend = test.Result.Summary.Spend;
        Assert.Equal(spend.Expected, test.LedgerToday);
        Assert.Equal(spend.Expected, test.Journal.Aggregate(Rational.Zero, (sum, entry) => sum + entry.Total));
        Assert.Equal(spend.Tickets, test.Journal.SelectMany(Nonces).Distinct().Count());
        Assert.Equal(RefusingFleet.Caps.PerTest, test.Reserved);
        Assert.Equal(spend.Wei(), test.Kept);
    }

    [Fact]
    public void Nobody_drains_more_than_three_segments_of_work_that_did_not_come()
    {
        // A segment's fee with its margin, and the rest of the last ticket.
        var segment = ((Rational)707 * 113_000_000) + 8_000_000_001;
        foreach (var row in Table)
        {
            var test = fleet[row.Name];
            var came = test.Result.Evidence.Segments.Count(s => s.State == SegmentState.Complete);

            // A segment whose parameters are called expired is paid once more, with fresh ones.
            var lost = row.Name == "claims-expiry" ? 6 : 3;
            Assert.True(test.Result.Summary.Spend.Expected <= segment * (came + lost), $"{row.Name} got {test.Result.Summary.Spend.Expected.Ceiling()} wei for {came} segments");
        }
    }

    private static IEnumerable<(string, uint)> Nonces(Livepeer.SpendEntry entry) =>
        Enumerable.Range(0, entry.Count).Select(i => (entry.RecipientRandHash.ToString(), entry.FirstNonce + (uint)i));

    /// <param name="Name">The behaviour, or what the chain does meanwhile.</param>
    /// <param name="Class">Of the test.</param>
    /// <param name="Code">Of what went wrong.</param>
    /// <param name="Credit">What the node made of our money.</param>
    /// <param name="Says">Part of the detail.</param>
    private sealed record Row(string Name, OutcomeClass Class, OutcomeCode Code, Credit Credit, string Says);
}
