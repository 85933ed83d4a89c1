namespace Monitoring.Ethereum.Tests.Keys;

public sealed class KeySourceTests : IDisposable
{
    private const string Key = "4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318";
    private const string Owner = "0x2c7536E3605D9C16a7a3D7b1898e529396a65c23";
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("keys-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(Key)]
    [InlineData("0x" + Key)]
    [InlineData("  0x" + Key + "\r\n")]
    public async Task A_hex_file_holds_a_key(string text)
    {
        using var loaded = await KeySource.FromFileAsync(Write(text), null, Cancel);
        Assert.Equal(Address.Parse(Owner), loaded.Signer.Address);
    }

    [Fact]
    public async Task A_file_that_others_may_read_is_reported()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("This system has no such permissions.");
        var path = Write(Key);
        foreach (var (mode, open) in new[] { (UnixFileMode.UserRead | UnixFileMode.UserWrite, false), (UnixFileMode.UserRead | UnixFileMode.GroupRead, true), (UnixFileMode.UserRead | UnixFileMode.OtherRead, true) })
        {
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, mode);
            using var loaded = await KeySource.FromFileAsync(path, null, Cancel);
            Assert.Equal(open, loaded.ReadableByOthers);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("0x")]
    [InlineData("key")]
    [InlineData(Key + "00")]
    [InlineData("0x4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f36231g")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    public async Task A_file_without_a_key_is_refused_by_name_and_without_its_content(string text)
    {
        var path = Write(text);
        var refusal = await Assert.ThrowsAsync<KeyException>(() => KeySource.FromFileAsync(path, null, Cancel));
        Assert.Contains(path, refusal.Message, StringComparison.Ordinal);
        if (text.Length > 8) Assert.DoesNotContain(text[2..], refusal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_a_huge_and_a_folder_are_refused()
    {
        await Assert.ThrowsAsync<KeyException>(() => KeySource.FromFileAsync(Path.Combine(_folder.FullName, "none"), null, Cancel));
        await Assert.ThrowsAsync<KeyException>(() => KeySource.FromFileAsync(_folder.FullName, null, Cancel));
        await Assert.ThrowsAsync<KeyException>(() => KeySource.FromFileAsync(Write(new string('0', 1_000_000)), null, Cancel));
    }

    [Fact]
    public async Task A_protected_file_is_written_for_its_owner_alone_and_read_back()
    {
        var path = Path.Combine(_folder.FullName, "key.json");
        await KeySource.WriteKeystoreAsync(path, Convert.FromHexString(Key), "secret", Cancel);
        using (var loaded = await KeySource.FromFileAsync(path, "secret", Cancel))
        {
            Assert.Equal(Address.Parse(Owner), loaded.Signer.Address);
            Assert.False(loaded.ReadableByOthers);
        }

        Assert.Contains("password", (await Assert.ThrowsAsync<KeyException>(() => KeySource.FromFileAsync(path, null, Cancel))).Message, StringComparison.Ordinal);
        var before = await File.ReadAllBytesAsync(path, Cancel);
        await Assert.ThrowsAsync<KeyException>(() => KeySource.WriteKeystoreAsync(path, Convert.FromHexString(Key), "other", Cancel));
        Assert.Equal(before, await File.ReadAllBytesAsync(path, Cancel));
    }

    [Fact]
    public void The_environment_holds_a_key()
    {
        const string variable = "MONITORING_ETHEREUM_TESTS_KEY";
        Assert.Contains(variable, Assert.Throws<KeyException>(() => KeySource.FromEnvironment(variable)).Message, StringComparison.Ordinal);
        Environment.SetEnvironmentVariable(variable, "0x" + Key);
        using (var loaded = KeySource.FromEnvironment(variable)) Assert.Equal(Address.Parse(Owner), loaded.Signer.Address);
        Environment.SetEnvironmentVariable(variable, Key[1..]);
        var refusal = Assert.Throws<KeyException>(() => KeySource.FromEnvironment(variable));
        Assert.DoesNotContain(Key[1..], refusal.ToString(), StringComparison.Ordinal);
        Environment.SetEnvironmentVariable(variable, null);
    }

    private string Write(string text)
    {
        var path = Path.Combine(_folder.FullName, Guid.NewGuid().ToString("N"));
        File.WriteAllText(path, text);
        return path;
    }
}
