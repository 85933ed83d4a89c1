using System.Text;

namespace Monitoring.Ethereum.Tests.Keys;

public sealed class KeystoreV3Tests
{
    private const string Password = "testpassword";
    private const string Key = "7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d";

    // The two examples of the Web3 Secret Storage Definition.
    private const string Pbkdf2 =
        """
        {"crypto":{"cipher":"aes-128-ctr","cipherparams":{"iv":"6087dab2f9fdbbfaddc31a909735c1e6"},
        "ciphertext":"5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46","kdf":"pbkdf2",
        "kdfparams":{"c":262144,"dklen":32,"prf":"hmac-sha256","salt":"ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd"},
        "mac":"517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2"},"id":"3198bc9c-6672-5ab3-d995-4942343ae5b6","version":3}
        """;

    private const string WithScrypt =
        """
        {"crypto":{"cipher":"aes-128-ctr","cipherparams":{"iv":"83dbcc02d8ccb40e466191a123791e0e"},
        "ciphertext":"d172bf743a674da9cdad04534d56926ef8358534d458fffccd4e6ad2fbde479c","kdf":"scrypt",
        "kdfparams":{"dklen":32,"n":262144,"p":8,"r":1,"salt":"ab0c7876052600dd703518d6fc3fe8984592145b591fc8fb5c6d43190334ba19"},
        "mac":"2103ac29920d71da29f15d75b4a16dbe95cfd7ff8faea1056c33131d846e3097"},"id":"3198bc9c-6672-5ab3-d995-4942343ae5b6","version":3}
        """;

    [Theory]
    [InlineData(Pbkdf2)]
    [InlineData(WithScrypt)]
    public void The_published_files_open(string file) => Assert.Equal(Key, Convert.ToHexStringLower(KeystoreV3.Decrypt(Encoding.UTF8.GetBytes(file), Password)));

    [Fact]
    public void Capital_members_and_prefixed_hex_are_read_too() =>
        Assert.Equal(Key, Open(Pbkdf2.Replace("\"crypto\"", "\"Crypto\"", StringComparison.Ordinal).Replace("\"mac\":\"", "\"mac\":\"0x", StringComparison.Ordinal)));

    [Theory]
    [InlineData("\"version\":3", "\"version\":1", "version 1")]
    [InlineData("aes-128-ctr", "aes-256-gcm", "aes-256-gcm")]
    [InlineData("\"kdf\":\"pbkdf2\"", "\"kdf\":\"argon2\"", "argon2")]
    [InlineData("hmac-sha256", "hmac-md5", "prf")]
    [InlineData("\"c\":262144", "\"c\":2000000000", "iterations")]
    [InlineData("\"c\":262144", "\"c\":0", "iterations")]
    [InlineData("\"c\":262144", "\"c\":1e99", "whole number")]
    [InlineData("\"c\":262144", "\"c\":\"262144\"", "member c")]
    [InlineData("\"dklen\":32", "\"dklen\":16", "dklen")]
    [InlineData("\"iv\":\"6087", "\"iv\":\"87", "iv is not hex of 16 bytes")]
    [InlineData("\"ciphertext\":\"53", "\"ciphertext\":\"", "ciphertext")]
    [InlineData("\"mac\":\"51", "\"mac\":\"zz", "mac")]
    [InlineData("\"mac\":\"51", "\"mac\":\"52", "damaged")]
    [InlineData("\"ciphertext\":\"53", "\"ciphertext\":\"54", "damaged")]
    [InlineData("\"crypto\"", "\"cripto\"", "crypto")]
    [InlineData("{\"crypto\"", "[", "JSON")]
    public void A_file_that_is_wrong_is_refused_and_the_member_named(string part, string instead, string why)
    {
        Assert.Contains(part, Pbkdf2, StringComparison.Ordinal);
        var refusal = Assert.Throws<KeyException>(() => Open(Pbkdf2.Replace(part, instead, StringComparison.Ordinal)));
        Assert.Contains(why, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"n\":262144", "\"n\":262143")]
    [InlineData("\"n\":262144", "\"n\":1073741824")]
    [InlineData("\"r\":1", "\"r\":100000")]
    [InlineData("\"p\":8", "\"p\":-1")]
    public void Scrypt_that_costs_more_than_we_give_is_refused(string part, string instead) =>
        Assert.Contains("scrypt", Assert.Throws<KeyException>(() => Open(WithScrypt.Replace(part, instead, StringComparison.Ordinal))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("3")]
    [InlineData("null")]
    [InlineData("{\"version\":3}")]
    [InlineData("{\"version\":3,\"crypto\":{}}")]
    [InlineData("{\"version\":3,\"crypto\":[[[[[[[[[[[[]]]]]]]]]]]]}")]
    public void Anything_else_is_refused(string file) => Assert.Throws<KeyException>(() => Open(file));

    [Fact]
    public void A_file_that_is_cut_off_anywhere_is_refused()
    {
        var bytes = Encoding.UTF8.GetBytes(Pbkdf2);
        for (var length = 0; length < bytes.Length - 2; length++) Assert.Throws<KeyException>(() => KeystoreV3.Decrypt(bytes.AsMemory(0, length), "x"));
    }

    [Fact]
    public void A_huge_file_is_not_parsed() =>
        Assert.Contains("at most", Assert.Throws<KeyException>(() => KeystoreV3.Decrypt(new byte[KeystoreV3.MostBytes + 1], Password)).Message, StringComparison.Ordinal);

    [Fact]
    public void The_wrong_password_is_said_to_be_wrong_and_not_repeated()
    {
        var refusal = Assert.Throws<KeyException>(() => KeystoreV3.Decrypt(Encoding.UTF8.GetBytes(Pbkdf2), "not the one"));
        Assert.Contains("password", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("not the one", refusal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_written_opens_with_its_password_only()
    {
        var file = KeystoreV3.Encrypt(Convert.FromHexString(Key), "pässword", 1024, 8, 1);
        Assert.Equal(Key, Convert.ToHexStringLower(KeystoreV3.Decrypt(file, "pässword")));
        Assert.Throws<KeyException>(() => KeystoreV3.Decrypt(file, "password"));
        Assert.DoesNotContain(Key, Encoding.UTF8.GetString(file), StringComparison.OrdinalIgnoreCase);
        Assert.NotEqual(file, KeystoreV3.Encrypt(Convert.FromHexString(Key), "pässword", 1024, 8, 1));
        Assert.Throws<ArgumentException>(() => KeystoreV3.Encrypt(Convert.FromHexString(Key), "", 1024, 8, 1));
    }

    [Fact]
    public void A_file_that_names_another_address_than_its_key_has_is_refused()
    {
        var file = Encoding.UTF8.GetString(KeystoreV3.Encrypt(Convert.FromHexString(Key), "p", 2, 1, 1));
        using var signer = LocalSigner.FromPrivateKey(Convert.FromHexString(Key));
        var own = Convert.ToHexStringLower(signer.Address.ToByteArray());
        Assert.Contains(own, file, StringComparison.Ordinal);
        var refusal = Assert.Throws<KeyException>(() => KeystoreV3.Decrypt(Encoding.UTF8.GetBytes(file.Replace(own, new string('1', 40), StringComparison.Ordinal)), "p"));
        Assert.Contains(signer.Address.ToString(), refusal.Message, StringComparison.Ordinal);
    }

    private static string Open(string file) => Convert.ToHexStringLower(KeystoreV3.Decrypt(Encoding.UTF8.GetBytes(file), Password));
}
