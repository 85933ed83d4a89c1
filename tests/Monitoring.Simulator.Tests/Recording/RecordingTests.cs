using Monitoring.Livepeer.Wire;
using Monitoring.Testing;

namespace Monitoring.Simulator.Tests.Recording;

/// <summary>
/// What a real go-livepeer 0.9.1 answered off-chain, asked again of a simulated node on the same day. The recorded node drew its token secret
/// at random, so its one genuine token is replaced by this node's token for the same session wherever it stands.
/// </summary>
public sealed class RecordingTests
{
    private static readonly byte[] Secret = [.. Enumerable.Repeat((byte)0x22, 32)];

    [Fact]
    public async Task Every_exchange_of_the_off_chain_recording_is_answered_as_the_real_orchestrator_did()
    {
        var cancellation = Deadline.Token();
        using var recording = await Replay.ReadAsync(cancellation);
        var exchanges = recording.RootElement.GetProperty("offchain").GetProperty("exchanges").EnumerateArray().ToArray();
        var clock = new VirtualTime(exchanges[1].GetProperty("at").GetDateTimeOffset());
        var tokens = new AuthTokens(Secret, clock);
        await using var fleet = await SimulatedFleet.StartAsync(
            OneNode.Of(Behaviour.Fast.AtOnce()) with { Clock = clock, AuthTokenSecret = [.. Secret] }, cancellation);
        using var client = new RawClient(fleet.Nodes[0]);
        var recordedToken = OrchestratorInfo.Parser.ParseFrom(Replay.Hex(exchanges[1].GetProperty("response"), "body_hex").AsSpan(5)).AuthToken;
        var (old, renewed) = (recordedToken.Token.ToByteArray(), tokens.Make(recordedToken.SessionId, recordedToken.Expiration).Token.ToByteArray());
        var replay = new Replay(fleet.Nodes[0], client, "https://127.0.0.1:18935")
        {
            Rewrite = bytes => bytes.AsSpan().IndexOf(old) is var at && at < 0 ? bytes : [.. bytes[..at], .. renewed, .. bytes[(at + renewed.Length)..]],
            Reconcile = (name, recorded, actual) =>
            {
                if (name != "GetOrchestrator") return;
                Assert.Matches("^[0-9a-f]{8}$", actual.AuthToken.SessionId);
                Assert.Equal(tokens.Make(actual.AuthToken.SessionId, recorded.AuthToken.Expiration), actual.AuthToken);
                Assert.Equal((clock.GetUtcNow() + TimeSpan.FromMinutes(30)).ToUnixTimeSeconds(), actual.AuthToken.Expiration);
                recorded.AuthToken = actual.AuthToken = null;
            },
        };

        foreach (var exchange in exchanges) await replay.RunAsync(exchange, cancellation);

        Assert.Equal(21, exchanges.Length);
    }
}
