using System.Net;
using System.Text.Json;
using Monitoring.Testing;

namespace Monitoring.Simulator.Tests.Sessions;

public sealed class AuthTokenTests
{
    [Fact]
    public void Tokens_are_those_of_the_vectors()
    {
        var cases = Vectors.Get("auth-token").GetProperty("cases");
        Assert.Equal(5, cases.GetArrayLength());
        foreach (var vector in cases.EnumerateArray())
        {
            var input = vector.GetProperty("input");
            var tokens = new AuthTokens(Convert.FromHexString(input.GetProperty("secret_hex").GetString()!), TimeProvider.System);
            var token = tokens.Make(input.GetProperty("sessionId").GetString()!, input.GetProperty("expiration").GetInt64());
            Assert.Equal(vector.GetProperty("expect").GetProperty("token").GetString(), "0x" + Convert.ToHexStringLower(token.Token.Span));
        }
    }

    [Fact]
    public void A_recorded_token_is_genuine_under_its_secret()
    {
        var tokens = new AuthTokens([.. Enumerable.Repeat((byte)0x22, 32)], TimeProvider.System);

        Assert.Equal("JeXC83Y3wFEWFKvc1TkItS4jwbSYJZOABRdZuPbN4K4=", tokens.Make("b3f3904c", 1795169711).Token.ToBase64());
    }

    [Fact]
    public async Task A_token_is_good_for_thirty_minutes()
    {
        var cancellation = Deadline.Token();
        var clock = new VirtualTime(new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero));
        await using var fleet = await SimulatedFleet.StartAsync(OneNode.Of(Behaviour.Fast.AtOnce()) with { Clock = clock }, cancellation);
        using var client = new RawClient(fleet.Nodes[0]);
        var token = (await client.DiscoverAsync(cancellation)).AuthToken;
        var segment = Repository.ClipSegment(0);

        clock.Advance(TimeSpan.FromMinutes(30));
        await client.TranscodeClipAsync(token, 0, cancellation);
        clock.Advance(TimeSpan.FromSeconds(1));
        using var refused = await client.UploadAsync(RawClient.Credentials(token, 0, segment), segment, cancellation);

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Equal("expired auth token\n", await refused.Content.ReadAsStringAsync(cancellation));
    }

    [Fact]
    public async Task A_longer_life_written_into_a_token_makes_it_invalid()
    {
        var cancellation = Deadline.Token();
        await using var fleet = await OneNode.StartAsync(Behaviour.Fast.AtOnce(), cancellation);
        using var client = new RawClient(fleet.Nodes[0]);
        var token = (await client.DiscoverAsync(cancellation)).AuthToken;
        token.Expiration++;
        var segment = Repository.ClipSegment(0);

        using var refused = await client.UploadAsync(RawClient.Credentials(token, 0, segment), segment, cancellation);

        Assert.Equal("invalid auth token\n", await refused.Content.ReadAsStringAsync(cancellation));
    }
}
