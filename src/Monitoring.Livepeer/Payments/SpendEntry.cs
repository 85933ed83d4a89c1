using Monitoring.Core;
using Monitoring.Ethereum;

namespace Monitoring.Livepeer;

/// <summary>One batch of tickets, written down before it is signed: its nonces are used and its value is spent, whatever happens next.</summary>
/// <param name="At">When, UTC.</param>
/// <param name="Test">For which test.</param>
/// <param name="Orchestrator">Which orchestrator the test is of.</param>
/// <param name="Recipient">Who the tickets are for.</param>
/// <param name="RecipientRandHash">The parameters that the nonces belong to.</param>
/// <param name="FirstNonce">The first nonce, from 1.</param>
/// <param name="Count">How many tickets, at least 1.</param>
/// <param name="ExpectedValue">Of each, wei, exact.</param>
public sealed record SpendEntry(
    DateTimeOffset At, TestId Test, OrchestratorId Orchestrator, Address Recipient, Hash32 RecipientRandHash, uint FirstNonce, int Count,
    Rational ExpectedValue)
{
    /// <summary>The last nonce.</summary>
    public uint LastNonce => FirstNonce + (uint)Count - 1;

    /// <summary>The whole batch, wei.</summary>
    public Rational Total => ExpectedValue * Count;
}

/// <summary>Keeps what was spent over a crash. Calls come one at a time.</summary>
public interface ISpendJournal
{
    /// <summary>Writes an entry and returns when it is on disk: only then may the tickets be signed.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="cancellationToken">Ends the wait; the entry may then be written or not.</param>
    ValueTask AppendAsync(SpendEntry entry, CancellationToken cancellationToken);
}
