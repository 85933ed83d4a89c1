using Monitoring.Core;

namespace Monitoring.Alerting;

/// <summary>What an operator asks for.</summary>
public enum SubscriptionAction
{
    /// <summary>To be told at a URL.</summary>
    Subscribe,

    /// <summary>Which subscriptions there are.</summary>
    List,

    /// <summary>To be told no more.</summary>
    Delete,
}

/// <summary>One request of an operator, before it is signed.</summary>
/// <param name="Action">What for.</param>
/// <param name="Orchestrator">For which orchestrator, whose key must sign.</param>
/// <param name="Subject">The URL to subscribe, the id to delete; empty for a list.</param>
public sealed record SubscriptionRequest(SubscriptionAction Action, OrchestratorId Orchestrator, string Subject);

/// <summary>A text that the orchestrator's key must sign.</summary>
/// <param name="Text">The text, to be signed as a personal message (EIP-191).</param>
/// <param name="Nonce">64 hex digits, good once.</param>
/// <param name="ExpiresAt">Until when it is good, UTC, whole seconds.</param>
public sealed record SubscriptionChallenge(string Text, string Nonce, DateTimeOffset ExpiresAt);
