using System.Text.Json;

namespace Monitoring.Ethereum;

/// <summary>The members of a key file of version 3, read and checked but not yet opened.</summary>
internal sealed record KeystoreFile
{
    public required string Kdf { get; init; }

    public required byte[] Salt { get; init; }

    public required byte[] Iv { get; init; }

    public required byte[] Ciphertext { get; init; }

    public required byte[] Mac { get; init; }

    public long N { get; init; }

    public long R { get; init; }

    public long P { get; init; }

    public long Iterations { get; init; }

    private Address? Address { get; init; }

    /// <exception cref="KeyException">It is not such a file; the message names the member.</exception>
    public static KeystoreFile Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 8 });
            return Read(document.RootElement);
        }
        catch (JsonException e)
        {
            throw new KeyException("The key file is not JSON.", e);
        }
    }

    /// <summary>The file names its address; the key inside must have it.</summary>
    /// <exception cref="KeyException">It has another, or the content is no key.</exception>
    public void CheckAddress(ReadOnlySpan<byte> secret)
    {
        LocalSigner signer;
        try
        {
            signer = LocalSigner.FromPrivateKey(secret);
        }
        catch (ArgumentException)
        {
            throw new KeyException("The key file opens, but what is inside is not a private key.");
        }

        using (signer)
        {
            if (Address is { } named && named != signer.Address)
                throw new KeyException($"The key file says that it is of {named}, but the key inside is of {signer.Address}. One of them was swapped: find out which.");
        }
    }

    private static KeystoreFile Read(JsonElement root)
    {
        if (Member(root, "version", JsonValueKind.Number).ToString() is not "3" and var version)
            throw new KeyException($"The key file is of version {version}; version 3 is read.");
        var crypto = Member(root, "crypto", JsonValueKind.Object);
        if (Text(crypto, "cipher") is not "aes-128-ctr" and var cipher) throw new KeyException($"The key file's cipher is '{Clean(cipher)}'; aes-128-ctr is read.");
        var kdf = Text(crypto, "kdf");
        var parameters = Member(crypto, "kdfparams", JsonValueKind.Object);
        if (Number(parameters, "dklen") is not 32 and var length) throw new KeyException($"The key file's dklen is {length}; 32 is read.");

        var file = new KeystoreFile
        {
            Kdf = kdf,
            Salt = Hex(parameters, "salt", 1, 256),
            Iv = Hex(Member(crypto, "cipherparams", JsonValueKind.Object), "iv", 16, 16),
            Ciphertext = Hex(crypto, "ciphertext", LocalSigner.SecretLength, LocalSigner.SecretLength),
            Mac = Hex(crypto, "mac", Keccak256.HashLength, Keccak256.HashLength),
            Address = AddressOf(root),
        };
        switch (kdf)
        {
            case "scrypt":
                return file with { N = Number(parameters, "n"), R = Number(parameters, "r"), P = Number(parameters, "p") };
            case "pbkdf2":
                if (Text(parameters, "prf") is not "hmac-sha256" and var prf) throw new KeyException($"The key file's prf is '{Clean(prf)}'; hmac-sha256 is read.");
                return file with { Iterations = Number(parameters, "c") };
            default:
                throw new KeyException($"The key file's kdf is '{Clean(kdf)}'; scrypt and pbkdf2 are read.");
        }
    }

    private static Address? AddressOf(JsonElement root)
    {
        foreach (var member in root.EnumerateObject())
        {
            if (member.Name != "address" || member.Value.ValueKind != JsonValueKind.String) continue;
            var text = member.Value.GetString()!;
            if (text.Length == 0) return null;
            var prefixed = text.StartsWith("0x", StringComparison.Ordinal) ? text : "0x" + text;
            return Ethereum.Address.TryParse(prefixed, out var address) ? address : throw new KeyException("The key file's address is not an address.");
        }

        return null;
    }

    // Some wallets write "Crypto".
    private static JsonElement Member(JsonElement parent, string name, JsonValueKind kind)
    {
        if (parent.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in parent.EnumerateObject())
            {
                if (member.Name.Equals(name, StringComparison.OrdinalIgnoreCase) && member.Value.ValueKind == kind) return member.Value;
            }
        }

        throw new KeyException($"The key file has no member {name} of the right kind: it is not a key file of version 3, or it is damaged.");
    }

    private static string Text(JsonElement parent, string name) => Member(parent, name, JsonValueKind.String).GetString()!;

    private static long Number(JsonElement parent, string name) =>
        Member(parent, name, JsonValueKind.Number).TryGetInt64(out var value) ? value : throw new KeyException($"The key file's {name} is not a whole number.");

    private static byte[] Hex(JsonElement parent, string name, int least, int most)
    {
        var text = Text(parent, name);
        if (text.StartsWith("0x", StringComparison.Ordinal)) text = text[2..];
        if (text.Length % 2 != 0 || text.Length < 2 * least || text.Length > 2 * most || !text.All(char.IsAsciiHexDigit))
            throw new KeyException($"The key file's {name} is not hex of {(least == most ? $"{least}" : $"{least} to {most}")} bytes.");
        return Convert.FromHexString(text);
    }

    private static string Clean(string text) => new(text.Take(32).Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '?').ToArray());
}
