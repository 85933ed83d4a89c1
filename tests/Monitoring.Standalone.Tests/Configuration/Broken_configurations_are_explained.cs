using Monitoring.Standalone.Configuration;
using Monitoring.Testing;
using Monitoring.Web;

namespace Monitoring.Standalone.Tests.Configuration;

public sealed class Broken_configurations_are_explained
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests/Monitoring.Standalone.Tests/Configuration/Broken");

    public static TheoryData<string> Names => [.. Directory.GetFiles(Folder, "*.json").Select(f => Path.GetFileNameWithoutExtension(f)!).Order()];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_problem_is_named_and_no_other(string name)
    {
        using var scratch = new Scratch();
        File.Copy(Path.Combine(Folder, name + ".json"), scratch.At(ConfigurationLayers.DefaultFile));
        var found = Configurations.ParseIn(scratch.Path, null).Problems.Where(p => !p.IsWarning).Select(p => p.ToString()).ToList();
        var expected = File.ReadAllLines(Path.Combine(Folder, name + ".txt")).Where(l => l.Length > 0).ToList();

        foreach (var text in expected) Assert.Contains(found, f => f.StartsWith(text, StringComparison.Ordinal));
        Assert.Equal(expected.Count, found.Count);
    }

    [Fact]
    public void There_are_fixtures() => Assert.True(Names.Count >= 15);

    [Fact]
    public void A_named_file_that_is_not_there_is_a_problem_and_the_default_one_is_none()
    {
        using var scratch = new Scratch();
        Assert.True(Configurations.ParseIn(scratch.Path, null).IsUsable);
        var problem = Assert.Single(Configurations.ParseIn(scratch.Path, "other.json").Problems);
        Assert.StartsWith("other.json: There is no such file", problem.ToString(), StringComparison.Ordinal);
    }
}
