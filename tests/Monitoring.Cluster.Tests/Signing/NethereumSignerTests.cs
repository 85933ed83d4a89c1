using System.Security.Cryptography;
using Monitoring.Cluster.Signing;
using Monitoring.Ethereum;
using Monitoring.Ethereum.Tests;
using Monitoring.Ethereum.Tests.Signing;
using Nethereum.Signer;
using Signature = Monitoring.Ethereum.Signature;

namespace Monitoring.Cluster.Tests.Signing;

public sealed class NethereumSignerTests : SignerContract
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected override ISigner Open(ReadOnlySpan<byte> secret) => NethereumSigner.FromPrivateKey(secret);

    [Fact]
    public async Task Each_adapter_recovers_the_others_signatures()
    {
        for (var i = 0; i < 20; i++)
        {
            var secret = RandomNumberGenerator.GetBytes(32);
            using var ours = LocalSigner.FromPrivateKey(secret);
            var theirs = NethereumSigner.FromPrivateKey(secret);
            Assert.Equal(ours.Address, theirs.Address);

            // A message of any length, and one of 32 bytes: a ticket's hash.
            foreach (var message in new[] { RandomNumberGenerator.GetBytes(i), RandomNumberGenerator.GetBytes(32) })
            {
                var made = await ours.SignPersonalAsync(message, Cancel);
                Assert.Equal(ours.Address, Address.Parse(new EthereumMessageSigner().EcRecover(message, made.ToString())));
                var other = await theirs.SignPersonalAsync(message, Cancel);
                Assert.Equal(ours.Address, PersonalSign.Recover(message, other));
            }
        }
    }

    [Fact]
    public async Task Equal_messages_get_equal_signatures_and_leading_zeros_stay()
    {
        // Numbers come without leading zeros: r of one signature in 256 and s of one in 128 have fewer than 32 bytes.
        var signer = NethereumSigner.FromPrivateKey(Convert.FromHexString("4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318"));
        var (shortR, shortS) = (0, 0);
        for (var i = 0; i < 1000; i++)
        {
            var message = BitConverter.GetBytes(i);
            var signature = await signer.SignPersonalAsync(message, Cancel);
            var bytes = signature.ToBytes();
            if (bytes[0] != 0 && bytes[32] != 0) continue;
            if (bytes[0] == 0) shortR++;
            else shortS++;
            var again = await signer.SignPersonalAsync(message, Cancel);
            Assert.Equal(signature, again);
            Assert.Equal(signer.Address, PersonalSign.Recover(message, signature));
        }

        Assert.True(shortR > 0 && shortS > 0, $"{shortR} short r and {shortS} short s came.");
    }

    [Fact]
    public void A_signature_of_the_real_network_is_recovered_by_both()
    {
        var vector = Fixtures.Vector("golden-ticket-end-to-end");
        var hash = Fixtures.Hex(vector.GetProperty("expect").GetProperty("ticketHash"));
        var bytes = Fixtures.Hex(vector.GetProperty("input").GetProperty("sig"));
        Assert.True(Signature.TryParse(bytes, out var signature, out var why), why);
        var sender = Address.Parse(vector.GetProperty("expect").GetProperty("recoveredSender").GetString()!);
        Assert.Equal(sender, PersonalSign.Recover(hash, signature));
        Assert.Equal(sender, Address.Parse(new EthereumMessageSigner().EcRecover(hash, signature.ToString())));
    }
}
