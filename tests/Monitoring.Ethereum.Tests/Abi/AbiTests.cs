using System.Numerics;

namespace Monitoring.Ethereum.Tests.Abi;

public sealed class AbiTests
{
    // (address, bool, bytes, string, bytes32, uint256), encoded by an independent library.
    private const string Encoded =
        "0000000000000000000000002b5ad5c4795c026514f8317c7a215e218dccd6cf0000000000000000000000000000000000000000000000000000000000000001" +
        "00000000000000000000000000000000000000000000000000000000000000c00000000000000000000000000000000000000000000000000000000000000120" +
        "1111111111111111111111111111111111111111111111111111111111111111ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff" +
        "0000000000000000000000000000000000000000000000000000000000000021abababababababababababababababababababababababababababababababab" +
        "ab00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000001c" +
        "68747470733a2f2f7ac3bc726963682e6578616d706c653a3839333500000000";

    private static readonly Address Someone = Address.Parse("0x2B5AD5c4795c026514f8317c7a215E218DcCD6cF");
    private static readonly Hash32 Ones = Hash32.FromBytes(Enumerable.Repeat((byte)0x11, 32).ToArray());

    [Fact]
    public void All_kinds_are_written_as_another_library_writes_them() =>
        Assert.Equal(Encoded, Convert.ToHexStringLower(new AbiWriter()
            .Address(Someone).Bool(true).Bytes(Enumerable.Repeat((byte)0xab, 33).ToArray()).String("https://zürich.example:8935").Bytes32(Ones).Uint256(AbiWriter.MaxUint256).ToArray()));

    [Fact]
    public void All_kinds_are_read_back()
    {
        var reader = new AbiReader(Convert.FromHexString(Encoded), 6);
        Assert.Equal(Someone, reader.Address());
        Assert.True(reader.Bool());
        Assert.Equal(Enumerable.Repeat((byte)0xab, 33), reader.Bytes(33));
        Assert.Equal("https://zürich.example:8935", reader.String(100));
        Assert.Equal(Ones, reader.Bytes32());
        Assert.Equal(AbiWriter.MaxUint256, reader.Uint256());
    }

    [Fact]
    public void Numbers_that_are_no_uint256_are_not_written()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new AbiWriter().Uint256(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new AbiWriter().Uint256(AbiWriter.MaxUint256 + 1));
        Assert.Equal(new byte[32], new AbiWriter().Uint256(0).ToArray());
    }

    [Fact]
    public void An_empty_answer_says_that_there_is_no_such_contract() =>
        Assert.Contains("no contract", Assert.Throws<AbiException>(() => new AbiReader([], 1)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(33)]
    public void An_answer_of_broken_words_is_refused(int length) => Assert.Throws<AbiException>(() => new AbiReader(new byte[length], 1));

    [Fact]
    public void Too_few_words_are_refused_at_once_and_later()
    {
        Assert.Throws<AbiException>(() => new AbiReader(new byte[32], 2));
        Assert.Throws<AbiException>(() =>
        {
            var reader = new AbiReader(new byte[32], 1);
            reader.Uint256();
            reader.Uint256();
        });
    }

    [Theory]
    [InlineData("0000000000000000000000010000000000000000000000000000000000000000")]
    [InlineData("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    public void A_word_that_is_no_address_is_refused(string word) => Assert.Throws<AbiException>(() => new AbiReader(Convert.FromHexString(word), 1).Address());

    [Fact]
    public void A_word_that_is_neither_true_nor_false_is_refused()
    {
        Assert.False(new AbiReader(Word(0), 1).Bool());
        Assert.True(new AbiReader(Word(1), 1).Bool());
        Assert.Throws<AbiException>(() => new AbiReader(Word(2), 1).Bool());
        Assert.Throws<AbiException>(() => new AbiReader(Word(BigInteger.One << 255), 1).Bool());
    }

    [Fact]
    public void A_number_beyond_its_limit_is_refused_by_name()
    {
        Assert.Equal(7, new AbiReader(Word(7), 1).Uint(7, "The round"));
        Assert.Contains("The round is 8", Assert.Throws<AbiException>(() => new AbiReader(Word(8), 1).Uint(7, "The round")).Message, StringComparison.Ordinal);
        Assert.Throws<AbiException>(() => new AbiReader(Word(AbiWriter.MaxUint256), 1).Uint(long.MaxValue, "The round"));
    }

    public static TheoryData<string, string> HostileStrings => new()
    {
        { "an offset past the end", Hex(Word(64), Word(1)) },
        { "an offset at the very end", Hex(Word(64)) },
        { "an enormous offset", Hex(Word(AbiWriter.MaxUint256), Word(1)) },
        { "an offset of 2^31", Hex(Word(BigInteger.One << 31), Word(1)) },
        { "an offset of 2^63", Hex(Word(BigInteger.One << 63), Word(1)) },
        { "an offset in the middle of the last word", Hex(Word(33), Word(1)) },
        { "a length past the end", Hex(Word(32), Word(1)) },
        { "an enormous length", Hex(Word(32), Word(AbiWriter.MaxUint256), Word(0)) },
        { "a length of 2^31", Hex(Word(32), Word(BigInteger.One << 31), Word(0)) },
        { "a length of 2^64 + 1", Hex(Word(32), Word((BigInteger.One << 64) + 1), Word(0)) },
        { "one byte too many", Hex(Word(32), Word(33), Word(0)) },
        { "an offset to itself that makes a length", Hex(Word(0)) + new string('f', 64) },
        { "text that is not UTF-8", Hex(Word(32), Word(2)) + "c328" + new string('0', 60) },
        { "a lone surrogate", Hex(Word(32), Word(3)) + "eda080" + new string('0', 58) },
        { "more than is accepted", Hex(Word(32), Word(32), Word(0)) },
    };

    [Theory]
    [MemberData(nameof(HostileStrings))]
    public void Hostile_text_ends_in_an_exception_of_ours(string what, string hex)
    {
        Assert.NotEmpty(what);
        if (what.StartsWith("an offset to itself", StringComparison.Ordinal)) Assert.Equal("", new AbiReader(Convert.FromHexString(hex), 1).String(31));
        else Assert.Throws<AbiException>(() => new AbiReader(Convert.FromHexString(hex), 1).String(31));
    }

    [Fact]
    public void Whatever_the_bytes_are_reading_ends_with_a_value_or_an_exception_of_ours()
    {
        var random = new Random(77);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = i % 2 == 0 ? new byte[random.Next(0, 200)] : Convert.FromHexString(Encoded);
            if (i % 2 == 0) random.NextBytes(bytes);
            else for (var k = 0; k < 3; k++) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            try
            {
                var reader = new AbiReader(bytes, 1);
                reader.Address();
                reader.Bool();
                reader.Bytes(64);
                reader.String(64);
                reader.Bytes32();
                reader.Uint256();
            }
            catch (AbiException e)
            {
                Assert.NotEmpty(e.Message);
            }
        }
    }

    private static byte[] Word(BigInteger value) => new AbiWriter().Uint256(value).ToArray();

    private static string Hex(params byte[][] words) => string.Concat(words.Select(Convert.ToHexStringLower));
}
