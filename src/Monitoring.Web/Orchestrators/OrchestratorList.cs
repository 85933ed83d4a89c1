using Monitoring.Core;

namespace Monitoring.Web;

/// <summary>The answer of <c>/api/v1/orchestrators</c>: bytes that are made once for each change of what they follow from.</summary>
internal sealed class OrchestratorList(OrchestratorTable table)
{
    private readonly Lock _making = new();
    private volatile Made? _made;

    /// <summary>Everybody, with stake and published cells.</summary>
    public Reply Answer()
    {
        var sources = table.Sources();
        if (_made is { } made && made.IsOf(sources)) return Reply.Ok(made.Bytes);
        lock (_making)
        {
            if (_made is not { } other || !other.IsOf(sources)) _made = new Made(sources.Board, sources.Enrolled, sources.Stake, Write(sources));
            return Reply.Ok(_made.Bytes);
        }
    }

    private static byte[] Write((LeaderboardSnapshot Board, ImmutableDictionary<OrchestratorId, RegistryEntry> Enrolled, StakeBook? Stake) sources) => JsonBytes.Of(json =>
    {
        json.WriteStartObject();
        if (sources.Board.Version > 0) json.WriteString("asOf", sources.Board.AsOf.UtcDateTime);
        else json.WriteNull("asOf");
        if (sources.Stake is { } stake) json.WriteString("stakeAsOf", stake.At.UtcDateTime);
        else json.WriteNull("stakeAsOf");
        json.WriteStartArray("orchestrators");
        foreach (var entry in OrchestratorTable.All(sources.Board, sources.Enrolled, sources.Stake))
        {
            json.WriteStartObject();
            OrchestratorJson.WriteAbout(json, entry);
            json.WriteStartObject("regions");
            foreach (var shown in entry.Cells.Where(cell => cell.Region != RegionId.Global))
            {
                json.WriteStartObject(shown.Region.Code);
                OrchestratorJson.WriteCell(json, shown.Cell, shown.Availability);
                json.WriteEndObject();
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    private sealed record Made(LeaderboardSnapshot Board, ImmutableDictionary<OrchestratorId, RegistryEntry> Enrolled, StakeBook? Stake, byte[] Bytes)
    {
        public bool IsOf((LeaderboardSnapshot Board, ImmutableDictionary<OrchestratorId, RegistryEntry> Enrolled, StakeBook? Stake) sources) =>
            ReferenceEquals(Board, sources.Board) && ReferenceEquals(Enrolled, sources.Enrolled) && ReferenceEquals(Stake, sources.Stake);
    }
}
