using System.Globalization;
using System.Numerics;
using Monitoring.Core;
using Monitoring.Livepeer;
using Monitoring.Standalone.Configuration;

namespace Monitoring.Standalone.Tests.Configuration;

public sealed class Paid_settings_are_read
{
    private const string Url = "Chain:RpcUrls=https://rpc.example/v2/account-key";
    private const string KeyFile = "Wallet:KeyFile=/run/secrets/key";

    [Theory]
    [InlineData("0", "0")]
    [InlineData("12000", "12000")]
    [InlineData("12000 wei", "12000")]
    [InlineData("20 gwei", "20000000000")]
    [InlineData("0.02 ether", "20000000000000000")]
    [InlineData("1.000000000000000001ETH", "1000000000000000001")]
    [InlineData(" 3 eth ", "3000000000000000000")]
    public void An_amount_is_exact(string text, string wei)
    {
        Assert.True(WeiText.TryParse(text, out var read));
        Assert.Equal(BigInteger.Parse(wei, CultureInfo.InvariantCulture), read);
        Assert.True(WeiText.TryParse(WeiText.Format(read), out var again));
        Assert.Equal(read, again);
    }

    [Theory]
    [InlineData("")]
    [InlineData("ether")]
    [InlineData(".5 ether")]
    [InlineData("1. ether")]
    [InlineData("-1")]
    [InlineData("1e18")]
    [InlineData("1,5 ether")]
    [InlineData("0.5")]
    [InlineData("0.0000000001 gwei")]
    [InlineData("1 dollar")]
    [InlineData("0x10")]
    public void Anything_else_is_no_amount(string text) => Assert.False(WeiText.TryParse(text, out _));

    [Fact]
    public void An_endpoint_and_a_key_are_enough_to_measure_the_chain()
    {
        var parsed = Configurations.Parse(environment: ["MONITOR_Wallet__KeyFile=/run/secrets/key"], overrides: [Url, "Region:Id=FRA"]);
        Assert.True(parsed.IsUsable, string.Join('\n', parsed.Problems));
        Assert.Equal(SourceKind.Chain, parsed.Options.Source.Kind);
        Assert.Equal((42_161, "0xD8E8328501E9645d16Cf49539efC04f734606ee4"), (parsed.Options.Chain!.Id, parsed.Options.Chain.Controller.ToString()));
        Assert.Equal("/run/secrets/key", parsed.Options.Wallet!.KeyFile);
        Assert.True(parsed.Options.Source.Refresh < TimeSpan.FromMinutes(10));
        Assert.False(parsed.Options.IsSimulated);
    }

    [Fact]
    public void Without_such_settings_nothing_is_paid()
    {
        var options = Configurations.Parse().Options;
        Assert.Equal((null, null, SourceKind.Simulated), (options.Chain, options.Wallet, options.Source.Kind));
    }

    [Fact]
    public void No_secret_is_shown()
    {
        var parsed = Configurations.Parse(environment: ["MONITOR_Wallet__Key=4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318"], overrides: [Url, "Region:Id=FRA"]);
        Assert.True(parsed.IsUsable, string.Join('\n', parsed.Problems));
        var shown = string.Join('\n', parsed.Effective) + string.Join('\n', parsed.Problems) + parsed.Options;
        Assert.DoesNotContain("account-key", string.Join('\n', parsed.Effective) + string.Join('\n', parsed.Problems), StringComparison.Ordinal);
        Assert.DoesNotContain("4c0883", shown, StringComparison.Ordinal);
        Assert.Contains(parsed.Effective, e => e.Key == "Chain:RpcUrls" && e.Value == "https://rpc.example/********");
    }

    [Theory]
    [InlineData("Wallet:KeyFile", Url, "Region:Id=FRA")]
    [InlineData("Chain:RpcUrls", "Source:Kind=chain", KeyFile, "Region:Id=FRA")]
    [InlineData("Chain:RpcUrls", KeyFile, "Source:Orchestrators=https://a.example:8935", "Region:Id=FRA")]
    [InlineData("Wallet", KeyFile, Url, "Source:Kind=simulated")]
    [InlineData("Chain:RpcUrls:0", KeyFile, "Chain:RpcUrls=wss://rpc.example", "Region:Id=FRA", "Source:Kind=chain")]
    [InlineData("Chain:RpcUrls:1", KeyFile, Url + ",https://rpc.example/v2/account-key", "Region:Id=FRA")]
    [InlineData("Chain:Controller", KeyFile, Url, "Region:Id=FRA", "Chain:Controller=0xd8E8328501E9645d16Cf49539efC04f734606ee4")]
    [InlineData("Chain:Controller", KeyFile, Url, "Region:Id=FRA", "Chain:Id=31337")]
    [InlineData("Chain:Controller", KeyFile, Url, "Region:Id=FRA", "Chain:Controller=0x00000000000000000000000000000000000000aa")]
    [InlineData("Wallet:Keystore", KeyFile, Url, "Region:Id=FRA", "Wallet:Keystore=/keystore", "Wallet:PasswordFile=/password")]
    [InlineData("Wallet:PasswordFile", "Wallet:Keystore=/keystore", Url, "Region:Id=FRA")]
    [InlineData("Wallet:PasswordFile", KeyFile, "Wallet:PasswordFile=/password", Url, "Region:Id=FRA")]
    [InlineData("Wallet:Key", "Wallet:Key=4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318", Url, "Region:Id=FRA")]
    [InlineData("Spend:PerDay", KeyFile, Url, "Region:Id=FRA", "Spend:PerDay=0.5")]
    [InlineData("Spend:PerDay", KeyFile, Url, "Region:Id=FRA", "Spend:PerDay=0")]
    [InlineData("Spend:PerTest", KeyFile, Url, "Region:Id=FRA", "Spend:PerTest=1 ether")]
    [InlineData("Spend:PerTest", KeyFile, Url, "Region:Id=FRA", "Spend:PerDay=1 gwei")]
    public void What_does_not_fit_together_is_a_problem_of_its_key(string key, params string[] settings)
    {
        var parsed = Configurations.Parse(overrides: settings);
        Assert.False(parsed.IsUsable);
        Assert.Contains(parsed.Problems, p => p.Key == key && !p.IsWarning);
    }
}
