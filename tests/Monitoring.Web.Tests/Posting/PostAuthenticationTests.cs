using System.Text;

namespace Monitoring.Web.Tests;

public sealed class PostAuthenticationTests
{
    private static readonly byte[] Body = "{\"a\":1}"u8.ToArray();

    [Fact]
    public void The_signature_is_the_lower_case_hex_hmac_of_the_raw_body()
    {
        // RFC 4231, test case 2.
        var authentication = new PostAuthentication(new WebOptions { Secret = "Jefe" });
        Assert.NotNull(authentication.Check("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843", Encoding.UTF8.GetBytes("what do ya want for nothing?")));
    }

    [Fact]
    public void Every_single_changed_digit_is_refused()
    {
        var authentication = new PostAuthentication(new WebOptions { Secret = Sample.Secret });
        var signature = Sample.Sign(Encoding.UTF8.GetString(Body));
        Assert.NotNull(authentication.Check(signature, Body));
        for (var i = 0; i < signature.Length; i++)
        {
            var changed = signature[..i] + (signature[i] == '0' ? '1' : '0') + signature[(i + 1)..];
            Assert.Null(authentication.Check(changed, Body));
        }
    }

    [Fact]
    public void Two_regions_with_the_same_secret_are_both_covered()
    {
        var authentication = new PostAuthentication(new WebOptions
        {
            RegionSecrets = ImmutableDictionary<RegionId, string>.Empty.Add(Sample.Fra, "same").Add(Sample.Mdw, "same"),
        });
        var grant = authentication.Check(Sample.Sign(Encoding.UTF8.GetString(Body), "same"), Body)!;
        Assert.True(grant.Covers(Sample.Fra));
        Assert.True(grant.Covers(Sample.Mdw));
        Assert.False(grant.Covers(RegionId.Parse("SIN")));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("é")]
    public void Odd_headers_are_refused(string? signature) => Assert.Null(new PostAuthentication(new WebOptions { Secret = "x" }).Check(signature, Body));

    [Fact]
    public void Signatures_are_compared_in_constant_time()
    {
        // Time itself cannot be asserted soundly, so the source is: one comparison, of the framework's fixed-time kind.
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Monitoring.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("Monitoring.sln was not found above the tests.");
        }

        var source = File.ReadAllText(Path.Combine(folder.FullName, "src", "Monitoring.Web", "Posting", "PostAuthentication.cs"));
        Assert.Contains("CryptographicOperations.FixedTimeEquals(expected, given)", source, StringComparison.Ordinal);
        Assert.DoesNotContain("SequenceEqual", source, StringComparison.Ordinal);
        Assert.DoesNotContain("==", source, StringComparison.Ordinal);
        Assert.DoesNotContain(".Equals(", source, StringComparison.Ordinal);
    }
}
