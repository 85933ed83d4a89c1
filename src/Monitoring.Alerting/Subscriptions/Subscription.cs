using System.Text.Json.Serialization;
using Monitoring.Core;

namespace Monitoring.Alerting;

/// <summary>An operator's wish to be told of incidents of the own orchestrator.</summary>
/// <param name="Id">Names it: 32 hex digits.</param>
/// <param name="Orchestrator">The orchestrator, whose key signed the wish.</param>
/// <param name="Url">Where events are posted to.</param>
/// <param name="Secret">Signs them (<see cref="WebhookChannel"/>).</param>
/// <param name="CreatedAt">Since when, UTC.</param>
public sealed record Subscription(string Id, OrchestratorId Orchestrator, string Url, string Secret, DateTimeOffset CreatedAt)
{
    /// <summary>The channel's name.</summary>
    [JsonIgnore]
    public string Channel => SubscriptionName.Prefix + Id[..Math.Min(Id.Length, 24)];

    /// <summary>Everything but the secret.</summary>
    public override string ToString() => $"subscription {Id} of {Orchestrator}";
}

/// <summary>How subscriptions are stored.</summary>
[JsonSerializable(typeof(Subscription))]
internal sealed partial class SubscriptionJson : JsonSerializerContext;
