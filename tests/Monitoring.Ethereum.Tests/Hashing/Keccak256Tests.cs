using System.Text;

namespace Monitoring.Ethereum.Tests.Hashing;

public sealed class Keccak256Tests
{
    [Theory]
    [InlineData("", "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470")]
    [InlineData("abc", "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45")]
    [InlineData("The quick brown fox jumps over the lazy dog", "4d741b6f1eb29cb2a9b9911c82f56fa8d73b04959d3d9d222895df6c0b28aa15")]
    public void Published_vectors_hold(string text, string hash) => Assert.Equal(hash, Hex(Keccak256.Hash(Encoding.ASCII.GetBytes(text))));

    [Fact]
    public void Every_length_over_several_blocks_agrees_with_the_definition()
    {
        var data = Enumerable.Range(0, 600).Select(i => (byte)((i * 167) + (i >> 3))).ToArray();
        for (var length = 0; length <= data.Length; length++)
        {
            Assert.Equal(Hex(SlowKeccak.Hash(data[..length])), Hex(Keccak256.Hash(data.AsSpan(0, length))));
        }
    }

    [Fact]
    public void The_definition_itself_gives_the_published_hash_of_nothing() =>
        Assert.Equal("c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470", Hex(SlowKeccak.Hash([])));

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(135)]
    [InlineData(136)]
    [InlineData(137)]
    [InlineData(272)]
    [InlineData(1000)]
    public void Pieces_hash_like_the_whole(int piece)
    {
        var data = Enumerable.Range(0, 1000).Select(i => (byte)(i * 13)).ToArray();
        var hash = new Keccak256();
        foreach (var part in data.Chunk(piece)) hash.Append(part);
        Assert.Equal(Hex(Keccak256.Hash(data)), Hex(hash.GetHashAndReset()));

        // And the next one starts from nothing.
        hash.Append([]);
        Assert.Equal(Hex(Keccak256.Hash([])), Hex(hash.GetHashAndReset()));
    }

    [Fact]
    public void The_hash_may_be_written_over_the_data()
    {
        var buffer = new byte[200];
        buffer[3] = 7;
        var expected = Keccak256.Hash(buffer);
        Keccak256.Hash(buffer, buffer);
        Assert.Equal(expected, buffer[..32]);
    }

    [Fact]
    public void Too_little_room_is_refused() => Assert.Throws<ArgumentException>(() => Keccak256.Hash([], new byte[31]));

    [Fact]
    public void The_recorded_segment_has_the_recorded_hash()
    {
        var segment = Fixtures.Bytes("orchestrator-segment.ts");
        var recording = Fixtures.Json("orchestrator-recording.json");
        foreach (var side in new[] { "offchain", "onchain" })
        {
            Assert.Equal(recording.GetProperty(side).GetProperty("about").GetProperty("segment_keccak256").GetString(), Hex(Keccak256.Hash(segment)));
        }
    }

    [Fact]
    public void A_flattened_segment_has_the_hash_of_the_vector()
    {
        var expect = Fixtures.Vector("segment-flatten").GetProperty("expect");
        Assert.Equal(Fixtures.Hex(expect.GetProperty("keccak256_of_flattened")), Keccak256.Hash(Fixtures.Hex(expect.GetProperty("flattened"))));
    }

    [Fact]
    public void Profile_ids_are_the_first_four_bytes_of_the_hash_of_their_name()
    {
        var ids = Fixtures.Vector("profile-ids").GetProperty("expect").EnumerateObject()
            .Concat(Fixtures.Vector("profile-name-ids-any").GetProperty("cases").EnumerateObject()).ToArray();
        Assert.True(ids.Length > 14);
        Assert.All(ids, id => Assert.Equal(id.Value.GetString(), Hex(Keccak256.Hash(Encoding.ASCII.GetBytes(id.Name)))[..8]));
    }

    [Theory]
    [InlineData("ticket-hash-max-nonce")]
    [InlineData("ticket-hash-nonce-1")]
    [InlineData("ticket-hash-fv1-wp500")]
    [InlineData("ticket-hash-recipient")]
    [InlineData("ticket-hash-randhash")]
    [InlineData("ticket-hash-auxdata")]
    public void Packed_tickets_have_the_hashes_of_the_vectors(string id)
    {
        var expect = Fixtures.Vector(id).GetProperty("expect");
        var hash = expect.EnumerateObject().Single(p => p.Name.Contains("hash", StringComparison.OrdinalIgnoreCase)).Value;
        Assert.Equal(Fixtures.Hex(hash), Keccak256.Hash(Fixtures.Hex(expect.GetProperty("preimage"))));
    }

    [Fact]
    public void Function_selectors_are_the_first_four_bytes_of_the_hash_of_their_signature()
    {
        var selectors = Fixtures.Vector("abi").GetProperty("selectors").EnumerateObject().ToArray();
        Assert.NotEmpty(selectors);
        Assert.All(selectors, s => Assert.Equal(Fixtures.Hex(s.Value), Keccak256.Hash(Encoding.ASCII.GetBytes(s.Name))[..4]));
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
