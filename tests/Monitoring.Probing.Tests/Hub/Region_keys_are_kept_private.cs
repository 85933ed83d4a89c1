using Monitoring.Core;
using Monitoring.Testing;

namespace Monitoring.Probing.Tests.Hub;

public sealed class Region_keys_are_kept_private : IDisposable
{
    private static readonly SignedRequest Request = new(HubWire.Lease, "FRA", "session", 1, new string('0', 32));
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_key_file_gives_the_same_key_and_only_its_owner_may_read_it()
    {
        using var key = RegionKey.Create(RegionId.Parse("FRA"));
        key.Save(_scratch.At("key"));
        using var again = RegionKey.Load(_scratch.At("key"));
        Assert.Equal((key.Region, key.Id), (again.Region, again.Id));
        using var theirs = RegionKey.ReadPublic(key.PublicKey())!;
        Assert.True(RequestSignature.Verify(theirs, Request, [1, 2], again.Sign(Request, [1, 2])));
        Assert.False(RequestSignature.Verify(theirs, Request, [1, 3], again.Sign(Request, [1, 2])));
        if (OperatingSystem.IsWindows()) return;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_scratch.At("key")));
        Assert.False(RegionKey.IsReadableByOthers(_scratch.At("key")));
        File.SetUnixFileMode(_scratch.At("key"), UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Assert.True(RegionKey.IsReadableByOthers(_scratch.At("key")));
    }

    [Fact]
    public void A_key_file_is_never_written_over()
    {
        using var key = RegionKey.Create(RegionId.Parse("FRA"));
        key.Save(_scratch.At("key"));
        var before = File.ReadAllText(_scratch.At("key"));
        Assert.Contains(_scratch.At("key"), Assert.Throws<RegionKeyException>(() => key.Save(_scratch.At("key"))).Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(_scratch.At("key")));
    }

    [Fact]
    public void Whatever_is_no_key_of_a_region_is_refused_without_showing_it()
    {
        using var key = RegionKey.Create(RegionId.Parse("FRA"));
        using var other = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP384);
        string[] texts = ["", "Region: FRA\n", "Region: !\n" + key.ToText().Split('\n', 2)[1], key.ToText().Replace("Region:", "Of:", StringComparison.Ordinal), "Region: FRA\n" + other.ExportPkcs8PrivateKeyPem(), "Region: FRA\n" + new string('x', 5000)];
        foreach (var text in texts)
        {
            File.WriteAllText(_scratch.At("key"), text);
            var refused = Assert.Throws<RegionKeyException>(() => RegionKey.Load(_scratch.At("key")));
            Assert.Contains(_scratch.At("key"), refused.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("BEGIN", refused.Message, StringComparison.Ordinal);
        }

        Assert.Throws<RegionKeyException>(() => RegionKey.Load(_scratch.At("nothing")));
        Assert.Null(RegionKey.ReadPublic(other.ExportSubjectPublicKeyInfo()));
        Assert.Null(RegionKey.ReadPublic([1, 2, 3]));
        Assert.DoesNotContain("BEGIN", key.ToString(), StringComparison.Ordinal);
    }
}
