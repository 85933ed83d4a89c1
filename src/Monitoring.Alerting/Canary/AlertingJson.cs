using System.Text.Json.Serialization;

namespace Monitoring.Alerting;

/// <summary>The last canary as it is remembered.</summary>
/// <param name="Epoch">The how-manieth it is.</param>
/// <param name="Mark">What must come back; nobody can guess it.</param>
/// <param name="SentAt">When it was owed, UTC.</param>
/// <param name="ArrivedAt">When it came back, UTC; null while it has not.</param>
/// <param name="IsOver">True once its end was owed too.</param>
internal sealed record CanaryState(int Epoch, string Mark, DateTimeOffset SentAt, DateTimeOffset? ArrivedAt, bool IsOver);

/// <summary>The incident about alerting itself as it is remembered.</summary>
/// <param name="Epoch">The how-manieth it is.</param>
/// <param name="OpenedAt">When it was opened, UTC; null while none is open.</param>
/// <param name="IsOwed">True until the outbox has the opening or the end.</param>
/// <param name="Broken">Channels that had given up.</param>
internal sealed record AlertingState(int Epoch, DateTimeOffset? OpenedAt, bool IsOwed, ImmutableArray<string> Broken);

/// <summary>How both are stored.</summary>
[JsonSerializable(typeof(CanaryState))]
[JsonSerializable(typeof(AlertingState))]
internal sealed partial class AlertingJson : JsonSerializerContext;
