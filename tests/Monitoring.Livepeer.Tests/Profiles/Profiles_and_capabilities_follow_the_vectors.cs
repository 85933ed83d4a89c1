using System.Globalization;
using System.Text.Json;

namespace Monitoring.Livepeer.Tests;

/// <summary>Vectors profile-presets, profile-ids, profile-name-ids-any, caps-bitstring, caps-job, caps-compat, caps-version.</summary>
public sealed class Profiles_and_capabilities_follow_the_vectors
{
    [Fact]
    public void The_profiles_of_a_test_are_the_presets()
    {
        var presets = Fixture.Vector("profile-presets").GetProperty("expect").EnumerateArray().ToDictionary(preset => preset.GetProperty("name").GetString()!);
        Assert.Equal(4, RenditionProfile.StreamTest.Length);
        foreach (var profile in RenditionProfile.StreamTest)
        {
            var preset = presets[profile.Name];
            Assert.Equal(
                (preset.GetProperty("width").GetInt32(), preset.GetProperty("height").GetInt32(), preset.GetProperty("bitrate").GetInt32(), preset.GetProperty("fps").GetInt32()),
                (profile.Width, profile.Height, profile.Bitrate, profile.Fps));
        }
    }

    [Fact]
    public void The_id_of_a_profile_is_the_head_of_its_names_hash()
    {
        foreach (var id in Fixture.Vector("profile-ids").GetProperty("expect").EnumerateObject())
            Assert.Equal(id.Value.GetString(), SegmentCredentials.ProfileId(id.Name));
        foreach (var id in Fixture.Vector("profile-name-ids-any").GetProperty("cases").EnumerateObject())
            Assert.Equal(id.Value.GetString(), SegmentCredentials.ProfileId(id.Name));
    }

    [Fact]
    public void Capability_numbers_become_words()
    {
        foreach (var vector in Fixture.Vector("caps-bitstring").GetProperty("cases").EnumerateArray())
        {
            var expected = vector.GetProperty("expect").EnumerateArray().Select(word => ulong.Parse(word.GetString()!, CultureInfo.InvariantCulture));
            Assert.Equal(expected, CapabilitySet.Of([.. Numbers(vector, "input")]).Words);
        }
    }

    [Fact]
    public void A_stream_test_needs_what_a_gateway_derives_for_http_push()
    {
        // The vector's bare job, one MPEG-TS output, and bit 26, which its note adds on HTTP push.
        var bare = Fixture.Vector("caps-job").GetProperty("cases")[0].GetProperty("expect").EnumerateArray().Select(number => number.GetInt32());
        Assert.Equal([0x4001003UL], CapabilitySet.StreamTest.Words);
        Assert.Equal(CapabilitySet.Of([.. bare, 1, 26]).Words, CapabilitySet.StreamTest.Words);
    }

    [Fact]
    public void Compatibility_is_tested_both_ways()
    {
        foreach (var vector in Fixture.Vector("caps-compat").GetProperty("cases").EnumerateArray())
        {
            var gateway = new CapabilityOffer(Set(vector, "b"), Set(vector, "b_mandatory"), "", Text(vector, "b_minVersion"));
            var orchestrator = new CapabilityOffer(Set(vector, "o"), Set(vector, "o_mandatory"), Text(vector, "o_version"), "");
            Assert.True(vector.GetProperty("ok").GetBoolean() == gateway.IsCompatibleWith(orchestrator), vector.GetRawText());
        }
    }

    [Fact]
    public void Versions_are_compared_without_their_suffix()
    {
        foreach (var vector in Fixture.Vector("caps-version").GetProperty("cases").EnumerateArray())
            Assert.True(vector.GetProperty("ok").GetBoolean() == SoftwareVersion.Satisfies(Text(vector, "version"), Text(vector, "min")), vector.GetRawText());
    }

    [Theory]
    [InlineData("v1.2.3+build", 1, 2, 3)]
    [InlineData("0.9", 0, 9, 0)]
    public void A_version_may_be_short_or_prefixed(string text, int major, int minor, int patch)
    {
        Assert.True(SoftwareVersion.TryParse(text, out var version));
        Assert.Equal(new Version(major, minor, patch), version);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1.2.3.4")]
    [InlineData("1..2")]
    [InlineData("-1")]
    [InlineData("99999999999")]
    public void What_is_no_version_is_refused(string text) => Assert.False(SoftwareVersion.TryParse(text, out _));

    [Fact]
    public void What_a_real_orchestrator_offers_is_enough_for_a_test()
    {
        var info = Wire.OrchestratorInfo.Parser.ParseFrom(Fixture.Hex(Fixture.Exchange("offchain", "GetOrchestrator").GetProperty("response").GetProperty("body_hex")).AsSpan(5));
        var offer = CapabilityOffer.FromWire(info.Capabilities);
        Assert.Equal("0.9.1-176aa415", offer.Version);
        Assert.True(offer.Offered.Contains(26));
        Assert.False(offer.Offered.Contains(13));
        Assert.True(CapabilityOffer.StreamTest.IsCompatibleWith(offer));
        Assert.False(CapabilityOffer.StreamTest.IsCompatibleWith(CapabilityOffer.FromWire(null)));
    }

    private static CapabilitySet Set(JsonElement vector, string name) => CapabilitySet.Of([.. Numbers(vector, name)]);

    private static IEnumerable<int> Numbers(JsonElement vector, string name) =>
        vector.TryGetProperty(name, out var numbers) ? numbers.EnumerateArray().Select(number => number.GetInt32()) : [];

    private static string Text(JsonElement vector, string name) => vector.TryGetProperty(name, out var text) ? text.GetString()! : "";
}
