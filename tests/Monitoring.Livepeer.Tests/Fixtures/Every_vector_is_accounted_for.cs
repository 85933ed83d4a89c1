using System.Text.Json;

namespace Monitoring.Livepeer.Tests;

/// <summary>Each id of livepeer-vectors.json, over the whole repository: the test that reads it, or why nothing of ours does what it describes.</summary>
public sealed class Every_vector_is_accounted_for
{
    private const string Livepeer = "Monitoring.Livepeer.Tests";
    private const string Ethereum = "Monitoring.Ethereum.Tests";
    private const string Simulator = "Monitoring.Simulator.Tests/Payments";
    private const string Standalone = "Monitoring.Standalone.Tests";

    private const string RecipientsCheck = "a recipient's check of a ticket that it received: we only send; the simulator answers payments with the same texts";
    private const string RecipientsTerms = "how a recipient makes ticket parameters beyond the cases that the simulator computes";
    private const string OrchestratorReads = "how an orchestrator reads a segment's credentials; we only write them";
    private const string OrchestratorAnswers = "an orchestrator's answer to input that we never send; our reading of its texts is a table test of its own";
    private const string GatewayPool = "a gateway's choice among several orchestrators; a test has exactly one";
    private const string GatewayIngest = "the gateway's ingest interface, which no test uses";
    private const string NodeOptions = "a node's own command line or registration";
    private const string NodeDatabase = "a node's own database";
    private const string Ai = "AI jobs, which are not tested";

    private static readonly Dictionary<string, string> Used = new(StringComparer.Ordinal)
    {
        ["sig-ecrecover-ok"] = Ethereum, ["sig-length"] = Ethereum, ["sig-high-s"] = Ethereum, ["sig-bad-v"] = Ethereum, ["sig-wrong-message"] = Ethereum,
        ["ticket-hash-max-nonce"] = Livepeer, ["ticket-hash-nonce-1"] = Livepeer, ["ticket-hash-fv1-wp500"] = Livepeer, ["ticket-hash-fv500-wp1"] = Livepeer,
        ["ticket-hash-recipient"] = Livepeer, ["ticket-hash-randhash"] = Livepeer, ["ticket-hash-auxdata"] = Livepeer,
        ["auxdata-round0"] = Livepeer, ["auxdata-emptyhash"] = Livepeer, ["auxdata-nilhash"] = Livepeer, ["auxdata-both-empty"] = Livepeer, ["auxdata-normal"] = Livepeer,
        ["ev-half"] = Livepeer, ["ev-zero-prob"] = Livepeer, ["ev-max"] = Livepeer, ["ev-zero-face"] = Livepeer,
        ["winprob-rat-half"] = Livepeer, ["winprob-rat-quarter"] = Livepeer, ["winprob-rat-zero"] = Livepeer, ["winprob-rat-one"] = Livepeer,
        ["winning-none"] = Simulator, ["winning-all"] = Simulator, ["orch-price"] = Simulator, ["max-float"] = Simulator, ["recipient-rand"] = Simulator,
        ["ticket-params-gas100"] = Simulator, ["ticket-params-gas777"] = Simulator, ["ticket-params-gas1"] = Simulator,
        ["calldata-fund"] = Ethereum, ["calldata-redeem"] = Ethereum, ["event-newround"] = Ethereum, ["event-unbond"] = Ethereum, ["abi"] = Ethereum,
        ["arbitrum-one-addresses"] = Ethereum, ["controller-calldata"] = Ethereum, ["deactivation-max"] = Ethereum,
        ["segment-flatten"] = Livepeer, ["profile-ids"] = Livepeer, ["profile-presets"] = Livepeer, ["profile-name-ids-any"] = Livepeer, ["wire-field-choice"] = Livepeer,
        ["estimate-fee"] = Livepeer, ["validate-price"] = Livepeer, ["validate-price-text"] = Livepeer, ["rat-price"] = Livepeer, ["debit-fees"] = Livepeer,
        ["stage-update"] = Livepeer, ["balance-update"] = Livepeer, ["balance-complete"] = Livepeer, ["balance-error"] = Livepeer, ["fee-walkthrough"] = Livepeer,
        ["sender-validate"] = Livepeer, ["sender-ev"] = Livepeer, ["sender-facevalue"] = Livepeer, ["sender-facevalue-low"] = Livepeer, ["sender-expiry"] = Livepeer,
        ["sender-accept"] = Livepeer, ["sender-nonces"] = Livepeer,
        ["caps-bitstring"] = Livepeer, ["caps-job"] = Livepeer, ["caps-compat"] = Livepeer, ["caps-version"] = Livepeer,
        ["webhook-list"] = Standalone, ["service-addr"] = Standalone,
        ["golden-ticket-end-to-end"] = Livepeer, ["orchestrator-request"] = Livepeer, ["orchestrator-request-with-caps"] = Livepeer, ["auth-token"] = Livepeer,
        ["segdata"] = Livepeer, ["segdata-empty-body"] = Livepeer, ["ticket-batch"] = Livepeer, ["payment"] = Livepeer, ["payment-no-tickets"] = Livepeer,
        ["transcode-result"] = Livepeer, ["transcode-result-error"] = Livepeer, ["orchestrator-info"] = Livepeer,
    };

    private static readonly Dictionary<string, string> NotApplicable = new(StringComparer.Ordinal)
    {
        ["validate-ticket-recipient-null"] = RecipientsCheck, ["validate-ticket-recipient-other"] = RecipientsCheck, ["validate-ticket-sender-null"] = RecipientsCheck,
        ["validate-ticket-randhash"] = RecipientsCheck, ["validate-ticket-sig"] = RecipientsCheck, ["receive-ticket"] = RecipientsCheck,
        ["ticket-params-other"] = RecipientsTerms, ["tx-cost-mult"] = RecipientsTerms,
        ["profile-to-wire"] = "profiles with bit rate texts, GOP and encoder profiles; ours are four constants",
        ["wire-to-profile"] = OrchestratorReads, ["wire-precedence"] = OrchestratorReads, ["seg-duration"] = OrchestratorReads,
        ["seg-duration-broadcaster"] = "durations that somebody states; ours are measured from the clip",
        ["rendition-path"] = "names of an orchestrator's files; we take the URLs as they come",
        ["mime"] = GatewayIngest, ["json-profile"] = GatewayIngest, ["push-multipart"] = GatewayIngest,
        ["price-to-fixed"] = NodeDatabase, ["base-token-fixed"] = NodeDatabase,
        ["caps-legacy-capacities"] = "capacities, by which we decide nothing",
        ["segment-http"] = OrchestratorAnswers, ["segment-cred-errors"] = OrchestratorAnswers, ["payment-header"] = OrchestratorAnswers,
        ["timeouts"] = "a stock gateway's own texts for what our transport errors say in ours",
        ["numorchs"] = GatewayPool, ["select-session"] = GatewayPool, ["suspension"] = GatewayPool, ["selection-prob"] = GatewayPool,
        ["service-uri-valid"] = NodeOptions, ["price-flag"] = NodeOptions, ["perc"] = NodeOptions, ["base-amount"] = NodeOptions,
        ["ping"] = "Ping is an orchestrator's check of itself; we never call it",
        ["byoc-ticket-count"] = Ai, ["ai-metadata"] = Ai, ["ai-error-class"] = Ai, ["live-runner-price"] = Ai, ["live-runner-discovery"] = Ai,
    };

    [Fact]
    public void Each_id_is_used_or_not_applicable_and_never_both()
    {
        using var file = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Fixture.Root, "tests/fixtures/livepeer/livepeer-vectors.json")));
        var ids = new[] { "harvested", "derived" }.SelectMany(part => file.RootElement.GetProperty(part).EnumerateArray()).Select(vector => vector.GetProperty("id").GetString()!);
        Assert.Equal(ids.Order(StringComparer.Ordinal), Used.Keys.Concat(NotApplicable.Keys).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(Livepeer)]
    [InlineData(Ethereum)]
    [InlineData(Simulator)]
    [InlineData(Standalone)]
    public void What_is_called_used_is_named_by_a_test_of_that_suite(string suite)
    {
        var folder = Path.Combine(Fixture.Root, "tests", suite);
        Assert.SkipUnless(Directory.Exists(folder), $"tests/{suite} is not in this tree: the ids that it uses were not looked for.");
        var sources = string.Join('\n', Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.EndsWith("Every_vector_is_accounted_for.cs", StringComparison.Ordinal)).Select(File.ReadAllText));
        Assert.All(Used.Where(entry => entry.Value == suite), entry => Assert.True(Names(sources, entry.Key), $"no test of {suite} names {entry.Key}"));
    }

    // As one literal, or as a common head and the rest of a table test.
    private static bool Names(string sources, string id) => sources.Contains($"\"{id}\"", StringComparison.Ordinal)
        || Enumerable.Range(0, id.Length).Where(i => id[i] == '-').Any(i =>
            sources.Contains($"\"{id[..(i + 1)]}\"", StringComparison.Ordinal) && sources.Contains($"\"{id[(i + 1)..]}\"", StringComparison.Ordinal));
}
