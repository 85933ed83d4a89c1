using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Monitoring.Core;

namespace Monitoring.Web;

/// <summary>
/// The JSON of orchestrators. Shares are 0 to 1, amounts are whole wei as text (no JSON number holds them), instants are RFC 3339 in UTC,
/// and what is not known is null.
/// </summary>
internal static class OrchestratorJson
{
    /// <summary>What is the same in the list and in the view of one: the members, without the braces.</summary>
    public static void WriteAbout(Utf8JsonWriter json, OrchestratorEntry entry)
    {
        json.WriteString("address", entry.Id.Text);
        json.WriteString("serviceUri", entry.ServiceUri);
        json.WriteBoolean("verified", entry.Verified);
        json.WriteBoolean("active", entry.Active);
        if (entry.CollectsWithoutContributing is { } collects) json.WriteBoolean("collectsRewardsWithoutContributing", collects);
        else json.WriteNull("collectsRewardsWithoutContributing");
        WriteStake(json, entry);
    }

    /// <summary>A published cell's members.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="cell">What is published; null when it is omitted.</param>
    /// <param name="availability">Share of the day's liveness intervals with evidence in which it answered, or null.</param>
    public static void WriteCell(Utf8JsonWriter json, PublishedCell? cell, double? availability)
    {
        json.WriteString("state", cell switch { null => "omitted", { State: CellState.Zero } => "zero", { State: CellState.Held } => "held", _ => "measured" });
        WriteShare(json, "score", cell?.Score);
        WriteShare(json, "scoreLow", cell?.ScoreLow);
        WriteShare(json, "scoreHigh", cell?.ScoreHigh);
        WriteShare(json, "successRate", cell?.SuccessRate);
        WriteShare(json, "successRateLow", cell?.SuccessRateLow);
        WriteShare(json, "successRateHigh", cell?.SuccessRateHigh);
        WriteShare(json, "roundTripScore", cell?.RoundTripScore);
        WriteShare(json, "realTimeRate", cell?.RealTimeRate);
        json.WriteNumber("tests", cell?.Tests ?? 0);
        json.WriteNumber("planned", cell?.Planned ?? 0);
        WriteShare(json, "coverage", cell?.Coverage);
        WriteShare(json, "availability", availability);
        if (cell?.LastTestAt is { } last) json.WriteString("lastTestAt", last.UtcDateTime);
        else json.WriteNull("lastTestAt");
    }

    /// <summary>An amount in wei, or null.</summary>
    public static void WriteWei(Utf8JsonWriter json, string name, BigInteger? wei)
    {
        if (wei is { } known) json.WriteString(name, known.ToString(CultureInfo.InvariantCulture));
        else json.WriteNull(name);
    }

    private static void WriteStake(Utf8JsonWriter json, OrchestratorEntry entry)
    {
        if (entry.Stake is not { } stake)
        {
            json.WriteNull("stake");
            return;
        }

        json.WriteStartObject("stake");
        json.WriteNumber("round", entry.StakeRound);
        WriteWei(json, "stakeWei", stake.Stake);
        json.WriteNumber("rewardCut", (double)stake.RewardCutParts / StakeFacts.Parts);
        json.WriteNumber("feeShare", (double)stake.FeeShareParts / StakeFacts.Parts);
        json.WriteNumber("activationRound", stake.ActivationRound);
        WriteRound(json, "deactivationRound", stake.DeactivationRound);
        WriteRound(json, "lastRewardRound", stake.LastRewardRound == 0 ? null : stake.LastRewardRound);
        WriteRound(json, "lastFeeRound", stake.LastFeeRound == 0 ? null : stake.LastFeeRound);
        json.WriteStartArray("rounds");
        foreach (var income in stake.Rounds)
        {
            json.WriteStartObject();
            json.WriteNumber("round", income.Round);
            json.WriteBoolean("rewardCalled", income.RewardCalled);
            json.WriteBoolean("feesPaid", income.FeesPaid);
            WriteWei(json, "rewardsWei", income.Rewards);
            WriteWei(json, "feesWei", income.Fees);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteRound(Utf8JsonWriter json, string name, long? round)
    {
        if (round is { } known) json.WriteNumber(name, known);
        else json.WriteNull(name);
    }

    private static void WriteShare(Utf8JsonWriter json, string name, double? share)
    {
        if (share is { } known && double.IsFinite(known)) json.WriteNumber(name, known);
        else json.WriteNull(name);
    }
}
