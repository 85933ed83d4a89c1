using System.Numerics;

namespace Monitoring.Ethereum.Tests.Transactions;

/// <summary>Against transactions that an independent library signed with the throw-away key of the vectors.</summary>
public sealed class Eip1559TransactionTests
{
    private static readonly Address Signer = Address.Parse("0x2c7536E3605D9C16a7a3D7b1898e529396a65c23");

    public static TheoryData<Eip1559Transaction, string, string, string, string> Published => new()
    {
        {
            new Eip1559Transaction
            {
                ChainId = 42161, Nonce = 0, MaxPriorityFeePerGas = 0, MaxFeePerGas = 20_000_000, GasLimit = 150_000, To = ProtocolContracts.ArbitrumOne.TicketBroker,
                Value = 20_000_000_000_000_000, Data = TicketBrokerCalls.FundDepositAndReserve(10_000_000_000_000_000, 10_000_000_000_000_000),
            },
            "193fabfb44da167df9d378c6f130cdf1578c6989e6029ea759d7cbdd562778c2",
            "9fb930881340911c55fb624659fc9ef85e62c1ad9dbe193d1911057ed1e5b0c62a001039ff2d4e15b184a8fe25fc7a1d567d23b9c83642379c3c93e5ac8862771c",
            "02f8b582a4b180808401312d00830249f094a8bb618b1520e284046f3dfc448851a1ff26e41b87470de4df820000b844511f4073000000000000000000000000000000000000000000000000002386f26fc10000000000000000000000000000000000000000000000000000002386f26fc10000c001a09fb930881340911c55fb624659fc9ef85e62c1ad9dbe193d1911057ed1e5b0c6a02a001039ff2d4e15b184a8fe25fc7a1d567d23b9c83642379c3c93e5ac886277",
            "fbacb8027d798d20620e125a8e63839787e7c549b59d8d5dcf3de62731cbdb62"
        },
        {
            new Eip1559Transaction
            {
                ChainId = 1337, Nonce = 127, MaxPriorityFeePerGas = 1_500_000_000, MaxFeePerGas = 30_000_000_000, GasLimit = 21_000,
                To = Address.Parse("0x2B5AD5c4795c026514f8317c7a215E218DcCD6cF"), Value = 0, Data = Array.Empty<byte>(),
            },
            "61015d6ecf1008b424910b5c4f858c663c6df63e7f59faf183d951cf8665c906",
            "6b33d6a458644095a1da9cbbd16d6451f9a82364535d597f7019f4657c768318135857251a70947854afa4885d278c8870398e96cb9a92b1a831a347e176ca111c",
            "02f86d8205397f8459682f008506fc23ac00825208942b5ad5c4795c026514f8317c7a215e218dccd6cf8080c001a06b33d6a458644095a1da9cbbd16d6451f9a82364535d597f7019f4657c768318a0135857251a70947854afa4885d278c8870398e96cb9a92b1a831a347e176ca11",
            "0ec17b741e3106725b9fa83a1a1c77a6d8ddec2236384113a0b5d24a27d3ad2c"
        },
        {
            new Eip1559Transaction
            {
                ChainId = 1, Nonce = 128, MaxPriorityFeePerGas = 1, MaxFeePerGas = 255, GasLimit = 256,
                To = Address.Parse("0x2B5AD5c4795c026514f8317c7a215E218DcCD6cF"), Value = (BigInteger.One << 200) + 7, Data = (byte[])[0x7f],
            },
            "f4130b0756840a675a414656213a32f7f2fbbb5b2c02ab9979163e36bd0ff633",
            "2e4ae15164e89f93efc4f7953bda8f3450afbf2188f65a03e27db797313c602f34c291072a553f1adf977cdf59df456d8e4b26ef304fbdcad8f4f3e56b2156941b",
            "02f87e0181800181ff820100942b5ad5c4795c026514f8317c7a215e218dccd6cf9a01000000000000000000000000000000000000000000000000077fc080a02e4ae15164e89f93efc4f7953bda8f3450afbf2188f65a03e27db797313c602fa034c291072a553f1adf977cdf59df456d8e4b26ef304fbdcad8f4f3e56b215694",
            "9eed3bdef6a2d18baca450621aab84afca22bba282eac70a72ed466f353cd057"
        },
    };

    [Theory]
    [MemberData(nameof(Published))]
    public void What_is_signed_and_sent_is_what_another_library_makes(Eip1559Transaction transaction, string signingHash, string signature, string raw, string hash)
    {
        Assert.Equal(signingHash, Convert.ToHexStringLower(transaction.SigningHash()));
        Assert.True(Signature.TryParse(Convert.FromHexString(signature), out var parsed, out _));
        Assert.Equal(Signer, Recovery.Recover(transaction.SigningHash(), parsed));
        var bytes = transaction.Encode(parsed);
        Assert.Equal(raw, Convert.ToHexStringLower(bytes));
        Assert.Equal(hash, Convert.ToHexStringLower(Keccak256.Hash(bytes)));
    }

    [Fact]
    public void The_most_that_it_can_cost_is_value_and_gas()
    {
        var transaction = Published.First().Data.Item1;
        Assert.Equal(20_000_000_000_000_000 + (150_000L * 20_000_000), transaction.MaxCost);
    }
}
