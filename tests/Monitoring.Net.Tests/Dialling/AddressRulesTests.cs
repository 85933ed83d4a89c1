using System.Net;

namespace Monitoring.Net.Tests.Dialling;

public sealed class AddressRulesTests
{
    private static readonly DialPolicy Strict = new();
    private static readonly DialPolicy Simulated = new() { AllowLoopback = true };

    [Theory]
    [InlineData("0.0.0.0", "0.255.255.255", null, "1.0.0.0")]
    [InlineData("10.0.0.0", "10.255.255.255", "9.255.255.255", "11.0.0.0")]
    [InlineData("100.64.0.0", "100.127.255.255", "100.63.255.255", "100.128.0.0")]
    [InlineData("127.0.0.0", "127.255.255.255", "126.255.255.255", "128.0.0.0")]
    [InlineData("169.254.0.0", "169.254.255.255", "169.253.255.255", "169.255.0.0")]
    [InlineData("172.16.0.0", "172.31.255.255", "172.15.255.255", "172.32.0.0")]
    [InlineData("192.0.0.0", "192.0.0.255", "191.255.255.255", "192.0.1.0")]
    [InlineData("192.0.2.0", "192.0.2.255", "192.0.1.255", "192.0.3.0")]
    [InlineData("192.88.99.0", "192.88.99.255", "192.88.98.255", "192.88.100.0")]
    [InlineData("192.168.0.0", "192.168.255.255", "192.167.255.255", "192.169.0.0")]
    [InlineData("198.18.0.0", "198.19.255.255", "198.17.255.255", "198.20.0.0")]
    [InlineData("198.51.100.0", "198.51.100.255", "198.51.99.255", "198.51.101.0")]
    [InlineData("203.0.113.0", "203.0.113.255", "203.0.112.255", "203.0.114.0")]
    [InlineData("224.0.0.0", "255.255.255.255", "223.255.255.255", null)]
    [InlineData("2001::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", "2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:200::")]
    [InlineData("2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db9::")]
    [InlineData("2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2003::")]
    [InlineData("3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", "3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "3fff:1000::")]
    [InlineData("::", "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", null, "2000::")]
    [InlineData("4000::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", null)]
    public void A_range_is_blocked_from_its_first_address_to_its_last_and_no_further(string first, string last, string? before, string? after)
    {
        Assert.True(Blocked(first));
        Assert.True(Blocked(last));
        if (before is not null) Assert.False(Blocked(before), before);
        if (after is not null) Assert.False(Blocked(after), after);
    }

    [Theory]
    [InlineData("127.0.0.1", "loopback")]
    [InlineData("169.254.169.254", "metadata")]
    [InlineData("255.255.255.255", "broadcast")]
    [InlineData("240.0.0.1", "reserved")]
    [InlineData("224.0.0.1", "multicast")]
    [InlineData("::", "unspecified")]
    [InlineData("::1", "loopback")]
    [InlineData("::2", "IPv4-compatible")]
    [InlineData("::8.8.8.8", "IPv4-compatible")]
    [InlineData("::255.255.255.255", "IPv4-compatible")]
    [InlineData("::ffff:8.8.8.8", "IPv4-mapped")]
    [InlineData("::ffff:127.0.0.1", "IPv4-mapped")]
    [InlineData("::ffff:255.255.255.255", "IPv4-mapped")]
    [InlineData("::ffff:0:8.8.8.8", "IPv4-translated")]
    [InlineData("64:ff9b::", "(NAT64)")]
    [InlineData("64:ff9b::8.8.8.8", "(NAT64)")]
    [InlineData("64:ff9b:1::", "local NAT64")]
    [InlineData("64:ff9b:1:ffff:ffff:ffff:ffff:ffff", "local NAT64")]
    [InlineData("100::", "discard")]
    [InlineData("100::ffff:ffff:ffff:ffff", "discard")]
    [InlineData("2001::1", "Teredo")]
    [InlineData("2001:0:ffff:ffff:ffff:ffff:ffff:ffff", "Teredo")]
    [InlineData("2001:2::", "benchmarking")]
    [InlineData("2001:2:0:ffff:ffff:ffff:ffff:ffff", "benchmarking")]
    [InlineData("2001:10::", "ORCHID")]
    [InlineData("2001:20::", "ORCHIDv2")]
    [InlineData("2001:db8::1", "documentation")]
    [InlineData("2002:7f00:1::", "6to4")]
    [InlineData("5f00::", "segment routing")]
    [InlineData("5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "segment routing")]
    [InlineData("fc00::", "unique local")]
    [InlineData("fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "unique local")]
    [InlineData("fe80::1", "link-local")]
    [InlineData("febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "link-local")]
    [InlineData("fec0::1", "site-local")]
    [InlineData("feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "site-local")]
    [InlineData("ff02::1", "multicast")]
    [InlineData("2606:4700::5efe:10.0.0.1", "ISATAP")]
    [InlineData("2606:4700:0:0:200:5efe:808:808", "ISATAP")]
    [InlineData("2606:4700::1%7", "zone")]
    [InlineData("6000::1", "2000::/3")]
    public void The_reason_names_the_range(string address, string reason)
    {
        Assert.True(AddressRules.IsBlocked(IPAddress.Parse(address), Strict, out var why));
        Assert.Contains(reason, why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("8.8.8.8")]
    [InlineData("185.199.108.153")]
    [InlineData("2606:4700:4700::1111")]
    [InlineData("2a00:1450:4001:800::200e")]
    [InlineData("2400:cb00::5eff:1")]
    public void Public_addresses_are_dialled(string address)
    {
        Assert.False(AddressRules.IsBlocked(IPAddress.Parse(address), Strict, out var why));
        Assert.Empty(why);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.255")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    public void Loopback_is_admitted_only_by_setting(string address)
    {
        Assert.False(AddressRules.IsBlocked(IPAddress.Parse(address), Simulated, out _));
        Assert.True(Blocked(address));
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("10.0.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("192.168.1.1")]
    [InlineData("::")]
    [InlineData("::127.0.0.1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("::ffff:0:127.0.0.1")]
    [InlineData("64:ff9b::127.0.0.1")]
    [InlineData("2002:7f00:1::")]
    [InlineData("fe80::1")]
    [InlineData("fd00::1")]
    public void The_loopback_setting_admits_nothing_else(string address) =>
        Assert.True(AddressRules.IsBlocked(IPAddress.Parse(address), Simulated, out _));

    private static bool Blocked(string address) => AddressRules.IsBlocked(IPAddress.Parse(address), Strict, out _);
}
