using Monitoring.Cluster.Chain;
using Monitoring.Cluster.Signing;
using Monitoring.Ethereum;
using Monitoring.Testing;

namespace Monitoring.Cluster.Tests.Chain;

public sealed class ChainClientTests
{
    private const string Key = "4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318";
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(ChainClient.Own, typeof(LocalSigner))]
    [InlineData(ChainClient.Nethereum, typeof(NethereumSigner))]
    public async Task The_choice_decides_who_signs_with_a_key_file(ChainClient client, Type signer)
    {
        using var scratch = new Scratch();
        await File.WriteAllTextAsync(scratch.At("key"), Key, Cancel);
        using var key = await KeySource.FromFileAsync(scratch.At("key"), null, client.SignerFactory(), Cancel);
        Assert.IsType(signer, key.Signer);
        Assert.Equal("0x2c7536E3605D9C16a7a3D7b1898e529396a65c23", key.Signer.Address.ToChecksumString());
        var signature = await key.Signer.SignPersonalAsync(new byte[32], Cancel);
        Assert.Equal(key.Signer.Address, PersonalSign.Recover(new byte[32], signature));
    }

    [Theory]
    [InlineData(ChainClient.Own)]
    [InlineData(ChainClient.Nethereum)]
    public async Task A_file_that_holds_no_key_is_refused_without_being_repeated(ChainClient client)
    {
        using var scratch = new Scratch();
        await File.WriteAllTextAsync(scratch.At("key"), new string('f', 64), Cancel);
        var refusal = await Assert.ThrowsAsync<KeyException>(() => KeySource.FromFileAsync(scratch.At("key"), null, client.SignerFactory(), Cancel));
        Assert.DoesNotContain("ffffffff", refusal.ToString(), StringComparison.OrdinalIgnoreCase);
    }
}
