namespace Monitoring.Storage.Tests.State;

public sealed class StateDirectoryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_second_opener_is_refused_and_told_who_has_it()
    {
        using var first = Open();
        var e = Assert.Throws<StateDirectoryException>(Open);
        Assert.Contains(_folder.File("data"), e.Message, StringComparison.Ordinal);
        Assert.Contains($"process {Environment.ProcessId} on {Environment.MachineName} since 2026-11-20 12:00:00Z", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_given_up_can_be_taken_again_though_its_files_are_still_there()
    {
        Open().Dispose();
        Assert.True(File.Exists(Path.Combine(_folder.File("data"), "monitor.lock")));
        Open().Dispose();
    }

    [Fact]
    public void Data_of_a_newer_format_are_refused_and_left_alone()
    {
        Open().Dispose();
        var marker = Path.Combine(_folder.File("data"), "format");
        File.WriteAllText(marker, "2\n");
        var e = Assert.Throws<StateDirectoryException>(Open);
        Assert.Contains("format 2", e.Message, StringComparison.Ordinal);
        Assert.Equal("2\n", File.ReadAllText(marker));
        // The refusal does not hold the lock.
        File.WriteAllText(marker, "1\n");
        Open().Dispose();
    }

    [Theory]
    [InlineData("")]
    [InlineData("one")]
    [InlineData("-1")]
    [InlineData("0")]
    [InlineData("99999999999999999999999999999999999999999999999999999999999999999")]
    public void A_marker_that_is_none_is_refused(string text)
    {
        Open().Dispose();
        File.WriteAllText(Path.Combine(_folder.File("data"), "format"), text);
        Assert.Contains("format", Assert.Throws<StateDirectoryException>(Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_that_is_a_file_is_refused_clearly()
    {
        File.WriteAllText(_folder.File("data"), "");
        Assert.Contains("cannot be created", Assert.Throws<StateDirectoryException>(Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_the_owner_may_enter_a_new_directory_or_read_what_is_in_it()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        if (OperatingSystem.IsWindows()) return;
        using var directory = Open();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(directory.DirectoryPath));
        using (Disk.SystemDisk.Instance.Open(directory.State)) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(directory.State));
    }

    private StateDirectory Open() => StateDirectory.Open(_folder.File("data"), new SetTime(Samples.Noon));
}
