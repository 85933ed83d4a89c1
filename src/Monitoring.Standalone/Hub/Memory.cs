using System.Text.Json;
using System.Text.Json.Serialization;
using Monitoring.Core;
using Monitoring.Storage;

namespace Monitoring.Standalone.Hub;

/// <summary>What the hub remembers over a restart beside the results: who is enrolled since when, and anomalies.</summary>
internal sealed class Memory(IStateLog log)
{
    private const string Enrolments = "enrolment";
    private const string Anomalies = "anomaly";

    /// <summary>The kind under which anomalies of liveness alone are kept.</summary>
    public const string LivenessAnomalies = "liveness-anomaly";

    /// <summary>Everybody who was ever enrolled and is not forgotten.</summary>
    public IEnumerable<RememberedEnrolment> ReadEnrolments() =>
        log.Read(Enrolments).Select(e => JsonSerializer.Deserialize(e.Json, MemoryJson.Default.RememberedEnrolment)!);

    /// <summary>Remembers enrolments and ends of enrolments.</summary>
    public Task RememberAsync(IEnumerable<RememberedEnrolment> enrolments, CancellationToken cancellationToken) => log.PutAllAsync(
        [.. enrolments.Select(e => new StateEntry(Enrolments, e.Id.Text, JsonSerializer.Serialize(e, MemoryJson.Default.RememberedEnrolment)))], cancellationToken);

    /// <summary>Forgets somebody who left so long ago that nothing is published any more.</summary>
    public Task ForgetAsync(OrchestratorId id, CancellationToken cancellationToken) => log.RemoveAsync(Enrolments, id.Text, cancellationToken);

    /// <summary>Anomalies that last or are still remembered.</summary>
    public IEnumerable<AnomalySpan> ReadAnomalies(string kind = Anomalies) =>
        log.Read(kind).Select(e => JsonSerializer.Deserialize(e.Json, MemoryJson.Default.AnomalySpan)!);

    /// <summary>Brings what is remembered of anomalies in line with what is known.</summary>
    public async Task RememberAsync(ImmutableArray<AnomalySpan> before, ImmutableArray<AnomalySpan> now, CancellationToken cancellationToken, string kind = Anomalies)
    {
        foreach (var gone in before.Where(b => !now.Any(n => Key(n) == Key(b)))) await log.RemoveAsync(kind, Key(gone), cancellationToken);
        foreach (var span in now.Where(n => !before.Contains(n)))
        {
            await log.PutAsync(kind, Key(span), JsonSerializer.Serialize(span, MemoryJson.Default.AnomalySpan), cancellationToken);
        }
    }

    private static string Key(AnomalySpan span) => $"{span.Region}-{span.From.UtcTicks}";
}

/// <summary>An enrolment as it is remembered.</summary>
/// <param name="Id">Who.</param>
/// <param name="ServiceUri">The address that was dialled last.</param>
/// <param name="Verified">See <see cref="RegistryEntry.Verified"/>.</param>
/// <param name="Since">In the active set since, UTC.</param>
/// <param name="WithdrawnAt">Out of it since, UTC; null while in it.</param>
internal sealed record RememberedEnrolment(OrchestratorId Id, string ServiceUri, bool Verified, DateTimeOffset Since, DateTimeOffset? WithdrawnAt);

[JsonSerializable(typeof(RememberedEnrolment))]
[JsonSerializable(typeof(AnomalySpan))]
internal sealed partial class MemoryJson : JsonSerializerContext;
