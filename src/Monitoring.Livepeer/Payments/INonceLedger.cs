using System.Numerics;
using Monitoring.Core;
using Monitoring.Ethereum;

namespace Monitoring.Livepeer;

/// <summary>Whoever decides that a batch of tickets may be signed, and remembers it over a crash. Safe for concurrent use.</summary>
public interface INonceLedger
{
    /// <summary>What a test has spent, by all processes that ever ran it.</summary>
    Spend SpentBy(TestId test);

    /// <summary>How many tickets may still be signed for some parameters.</summary>
    int NoncesLeft(Hash32 recipientRandHash);

    /// <summary>Takes consecutive nonces and the money behind them. When it returns a grant, that is on disk; the tickets count as spent.</summary>
    /// <param name="request">What is wanted.</param>
    /// <param name="cancellationToken">Ends the wait; the nonces may then be used up.</param>
    ValueTask<NonceGrant> TakeAsync(NonceRequest request, CancellationToken cancellationToken);
}

/// <summary>A batch of tickets that somebody wants to sign.</summary>
/// <param name="Test">For which test.</param>
/// <param name="Orchestrator">Which orchestrator the test is of.</param>
/// <param name="Recipient">Who the tickets are for.</param>
/// <param name="RecipientRandHash">The parameters.</param>
/// <param name="Count">How many, at least 1.</param>
/// <param name="ExpectedValue">Of each, wei.</param>
/// <param name="Allowance">The most that the test may spend, wei.</param>
/// <param name="MaxPerDay">The most in this UTC day, wei; null for no such cap.</param>
public sealed record NonceRequest(
    TestId Test, OrchestratorId Orchestrator, Address Recipient, Hash32 RecipientRandHash, int Count, Rational ExpectedValue, BigInteger Allowance,
    BigInteger? MaxPerDay);

/// <summary>Nonces, or why there are none.</summary>
/// <param name="First">The first of the batch; 0 without a grant.</param>
/// <param name="Refusal">Which bound it would break.</param>
/// <param name="Why">The bound and what is used of it; empty with a grant.</param>
public readonly record struct NonceGrant(uint First, GrantRefusal Refusal, string Why)
{
    /// <summary>No grant.</summary>
    public static NonceGrant Refused(GrantRefusal refusal, string why) => new(0, refusal, why);
}

/// <summary>The bound that a batch would break.</summary>
public enum GrantRefusal
{
    /// <summary>None: it was granted.</summary>
    None,

    /// <summary>The nonces of the parameters.</summary>
    Nonces,

    /// <summary>The allowance of the test.</summary>
    Allowance,

    /// <summary>The day of the region.</summary>
    Day,
}
