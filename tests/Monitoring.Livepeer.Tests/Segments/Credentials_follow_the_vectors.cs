using System.Text;
using Google.Protobuf;
using Monitoring.Ethereum;

namespace Monitoring.Livepeer.Tests;

/// <summary>Vectors segment-flatten, segdata, segdata-empty-body, wire-field-choice, auth-token, and the segments of both recordings.</summary>
public sealed class Credentials_follow_the_vectors
{
    [Fact]
    public void The_signed_text_has_no_separators()
    {
        var vector = Fixture.Vector("segment-flatten");
        var input = vector.GetProperty("input");
        var flat = SegmentCredentials.Flatten(
            input.GetProperty("manifestId").GetString()!, input.GetProperty("seq").GetInt64(), Fixture.Hex(input.GetProperty("hash")),
            input.GetProperty("profiles").EnumerateArray().Select(name => name.GetString()!));
        Assert.Equal(Fixture.Hex(vector.GetProperty("expect").GetProperty("flattened")), flat);
        Assert.Equal(Fixture.Hex(vector.GetProperty("expect").GetProperty("keccak256_of_flattened")), Keccak256.Hash(flat));
    }

    [Fact]
    public void An_empty_segment_without_profiles_is_flattened_too()
    {
        var expect = Fixture.Vector("segdata-empty-body").GetProperty("expect");
        Assert.Equal(Fixture.Hex(expect.GetProperty("segment_hash")), Keccak256.Hash([]));
        Assert.Equal(Fixture.Hex(expect.GetProperty("flattened")), SegmentCredentials.Flatten("x", 0, Keccak256.Hash([]), []));
    }

    [Fact]
    public void The_message_of_the_vector_is_rebuilt_byte_for_byte()
    {
        var vector = Fixture.Vector("segdata");
        var input = vector.GetProperty("input");
        var body = Encoding.ASCII.GetBytes(input.GetProperty("body_ascii").GetString()!);
        var segment = new ClipSegment(
            input.GetProperty("seq").GetInt32(), body, new VideoTrack(1280, 720, TimeSpan.FromMilliseconds(input.GetProperty("durationMs").GetInt32()), 60), [], [.. Keccak256.Hash(body)]);
        var profiles = input.GetProperty("profiles").EnumerateArray().Select(profile => new RenditionProfile(
            profile.GetProperty("name").GetString()!, profile.GetProperty("width").GetInt32(), profile.GetProperty("height").GetInt32(),
            profile.GetProperty("bitrate").GetInt32(), profile.GetProperty("fps").GetInt32())).ToArray();
        var token = new Wire.AuthToken
        {
            Token = ByteString.CopyFrom(Fixture.Hex(input.GetProperty("authToken").GetProperty("token"))),
            SessionId = input.GetProperty("authToken").GetProperty("sessionId").GetString(),
            Expiration = input.GetProperty("authToken").GetProperty("expiration").GetInt64(),
        };
        var expect = vector.GetProperty("expect");

        var built = SegmentCredentials.Build("0badcafe", segment, profiles, token, Fixture.Hex(expect.GetProperty("signature")));

        Assert.Equal(Fixture.Hex(expect.GetProperty("segdata_protobuf_hex")), built.ToByteArray());
        Assert.Equal(expect.GetProperty("livepeer_segment_header").GetString(), Convert.ToBase64String(built.ToByteArray()));
        Assert.Equal(Fixture.Hex(expect.GetProperty("flattened")), SegmentCredentials.Flatten("0badcafe", segment.Seq, segment.Keccak.AsSpan(), profiles.Select(profile => profile.Name)));
    }

    public static TheoryData<string, string> Recorded()
    {
        var data = new TheoryData<string, string>();
        foreach (var part in new[] { "offchain", "onchain" })
        {
            foreach (var exchange in Fixture.Exchanges(part))
            {
                if (exchange.GetProperty("request").TryGetProperty("segment_credentials", out _)) data.Add(part, exchange.GetProperty("name").GetString()!);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Recorded))]
    public void Every_recorded_segment_is_rebuilt_and_flattened(string part, string name)
    {
        var credentials = Fixture.Exchange(part, name).GetProperty("request").GetProperty("segment_credentials");
        var recorded = Wire.SegData.Parser.ParseFrom(Fixture.Hex(credentials.GetProperty("segdata_hex")));
        var profiles = recorded.FullProfiles.Select(profile => new RenditionProfile(profile.Name, profile.Width, profile.Height, profile.Bitrate, (int)profile.Fps)).ToArray();
        var segment = new ClipSegment(
            (int)recorded.Seq, Fixture.Segment, new VideoTrack(320, 180, TimeSpan.FromMilliseconds(recorded.Duration), 60), [], [.. recorded.Hash.ToByteArray()]);
        var manifest = recorded.ManifestId.ToStringUtf8();
        var built = SegmentCredentials.Build(manifest, segment, profiles, recorded.AuthToken, recorded.Sig.Memory);
        built.Capabilities = recorded.Capabilities; // the recording's client asked for one capability less
        Assert.Equal(Fixture.Hex(credentials.GetProperty("segdata_hex")), built.ToByteArray());
        Assert.Equal(Fixture.Hex(credentials.GetProperty("flatten_hex")), SegmentCredentials.Flatten(manifest, recorded.Seq, recorded.Hash.Span, profiles.Select(profile => profile.Name)));
    }

    [Fact]
    public void The_recorded_segment_hashes_to_what_was_sent()
    {
        var recorded = Fixture.Exchange("offchain", "segment-0").GetProperty("request").GetProperty("body_keccak256").GetString()!;
        Assert.Equal(Fixture.Hex(recorded), Keccak256.Hash(Fixture.Segment));
    }

    [Fact]
    public void Plain_transport_streams_are_asked_for_in_the_oldest_field()
    {
        var vector = Fixture.Vector("wire-field-choice");
        var plain = vector.GetProperty("cases").EnumerateArray().Single(item => item.GetProperty("input").GetString() == "only mpegts/unset");
        Assert.Equal("fullProfiles (33)", plain.GetProperty("expect").GetString());
        var built = SegmentCredentials.Build("m", Clip.Embedded.Segments[0], RenditionProfile.StreamTest, new Wire.AuthToken(), default);
        Assert.Equal((4, 0, 0), (built.FullProfiles.Count, built.FullProfiles2.Count, built.FullProfiles3.Count));
        Assert.Equal(vector.GetProperty("always").GetProperty("profiles_field_4_ascii").GetString(), built.Profiles.ToStringUtf8());
    }

    [Fact]
    public void The_auth_token_goes_back_with_fields_we_do_not_know()
    {
        byte[] bytes = [.. Fixture.Hex(Fixture.Vector("auth-token").GetProperty("authToken_protobuf_hex")), 0x7a, 2, 1, 2];
        var built = SegmentCredentials.Build("m", Clip.Embedded.Segments[0], RenditionProfile.StreamTest, Wire.AuthToken.Parser.ParseFrom(bytes), default);
        Assert.Equal(bytes, built.AuthToken.ToByteArray());
    }
}
