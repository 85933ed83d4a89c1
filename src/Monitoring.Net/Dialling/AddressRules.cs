using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace Monitoring.Net;

/// <summary>
/// Which addresses are never dialled, because a stranger chose them: everything that is not a public unicast address of the internet
/// (the IANA special-purpose registries of RFC 6890), and every IPv6 form that carries an IPv4 address inside, whatever it is.
/// </summary>
/// <remarks>
/// A network's own NAT64 prefix (RFC 6052, not the well-known one) cannot be told from other public addresses; where a region has one, its
/// egress rules must keep it off the internal network.
/// </remarks>
public static class AddressRules
{
    private static readonly ImmutableArray<Range> V4 =
    [
        new("0.0.0.0/8", "this network"),
        new("10.0.0.0/8", "private network"),
        new("100.64.0.0/10", "carrier-grade NAT"),
        new("127.0.0.0/8", "loopback"),
        new("169.254.0.0/16", "link-local and cloud metadata"),
        new("172.16.0.0/12", "private network"),
        new("192.0.0.0/24", "protocol assignments"),
        new("192.0.2.0/24", "documentation"),
        new("192.88.99.0/24", "6to4 relay"),
        new("192.168.0.0/16", "private network"),
        new("198.18.0.0/15", "benchmarking"),
        new("198.51.100.0/24", "documentation"),
        new("203.0.113.0/24", "documentation"),
        new("224.0.0.0/4", "multicast"),
        new("255.255.255.255/32", "broadcast"),
        new("240.0.0.0/4", "reserved"),
    ];

    // The first match gives the reason, so narrow ranges stand before the wide ones that hold them.
    private static readonly ImmutableArray<Range> V6 =
    [
        new("::/128", "unspecified"),
        new("::1/128", "loopback"),
        new("::/96", "IPv4-compatible"),
        new("::ffff:0:0/96", "IPv4-mapped"),
        new("::ffff:0:0:0/96", "IPv4-translated"),
        new("64:ff9b::/96", "NAT64"),
        new("64:ff9b:1::/48", "local NAT64"),
        new("100::/64", "discard"),
        new("100:0:0:1::/64", "dummy prefix"),
        new("2001::/32", "Teredo"),
        new("2001:2::/48", "benchmarking"),
        new("2001:10::/28", "ORCHID"),
        new("2001:20::/28", "ORCHIDv2"),
        new("2001:30::/28", "drone identifiers"),
        new("2001::/23", "protocol assignments"),
        new("2001:db8::/32", "documentation"),
        new("2002::/16", "6to4"),
        new("3fff::/20", "documentation"),
        new("5f00::/16", "segment routing"),
        new("fc00::/7", "unique local"),
        new("fe80::/10", "link-local"),
        new("fec0::/10", "site-local"),
        new("ff00::/8", "multicast"),
    ];

    /// <summary>Decides whether an address may not be dialled.</summary>
    /// <param name="address">An IPv4 or IPv6 address.</param>
    /// <param name="policy">Whether loopback (127.0.0.0/8, ::1, and 127.0.0.0/8 in its IPv4-mapped form) is admitted.</param>
    /// <param name="why">The address, its range and what the range is for; empty where the address may be dialled.</param>
    /// <returns>True where it must not be dialled.</returns>
    public static bool IsBlocked(IPAddress address, DialPolicy policy, out string why)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(policy);
        why = "";
        if (policy.AllowLoopback && IsLoopback(address)) return false;

        var reason = address.AddressFamily switch
        {
            AddressFamily.InterNetwork => Find(V4, address),
            AddressFamily.InterNetworkV6 => FindV6(address),
            _ => "is neither IPv4 nor IPv6",
        };
        if (reason is null) return false;
        why = $"{address} {reason}; only public addresses are dialled";
        return true;
    }

    private static bool IsLoopback(IPAddress address) =>
        address.IsIPv4MappedToIPv6 ? address.MapToIPv4().GetAddressBytes()[0] == 127
        : address.AddressFamily == AddressFamily.InterNetwork ? address.GetAddressBytes()[0] == 127
        : address.Equals(IPAddress.IPv6Loopback);

    private static string? FindV6(IPAddress address)
    {
        if (address.ScopeId != 0) return "has a zone, so it belongs to one link";
        if (Find(V6, address) is { } known) return known;
        var bytes = address.GetAddressBytes();
        if (bytes[0] >> 5 != 0b001) return "is outside 2000::/3 (global unicast)";

        // ISATAP (RFC 5214) hides an IPv4 address behind 0:5efe or 200:5efe in the interface identifier of any prefix.
        return bytes[8] is 0 or 2 && bytes[9] == 0 && bytes[10] == 0x5e && bytes[11] == 0xfe ? "is an ISATAP address (an IPv4 address inside)" : null;
    }

    private static string? Find(ImmutableArray<Range> ranges, IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        foreach (var range in ranges)
        {
            if (range.Contains(bytes[..length])) return $"lies in {range.Text} ({range.Purpose})";
        }

        return null;
    }

    // Compared byte by byte: IPNetwork.Contains reads an IPv4-mapped address as the IPv4 address inside, and so finds it in no IPv6 range.
    private sealed class Range
    {
        private readonly byte[] _prefix;
        private readonly int _bits;

        public Range(string text, string purpose)
        {
            var network = IPNetwork.Parse(text);
            (_prefix, _bits) = (network.BaseAddress.GetAddressBytes(), network.PrefixLength);
            (Text, Purpose) = (text, purpose);
        }

        public string Text { get; }

        public string Purpose { get; }

        public bool Contains(ReadOnlySpan<byte> address)
        {
            var whole = _bits / 8;
            if (address.Length != _prefix.Length || !address[..whole].SequenceEqual(_prefix.AsSpan(0, whole))) return false;
            var rest = _bits % 8;
            return rest == 0 || (address[whole] ^ _prefix[whole]) >> (8 - rest) == 0;
        }
    }
}
