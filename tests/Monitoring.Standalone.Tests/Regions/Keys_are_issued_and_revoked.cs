using Monitoring.Core;
using Monitoring.Probing;
using Monitoring.Standalone.Regions;
using Monitoring.Standalone.Tests.Commands;
using Monitoring.Testing;
using Monitoring.Testing.Processes;

namespace Monitoring.Standalone.Tests.Regions;

public sealed class Keys_are_issued_and_revoked : IDisposable
{
    private static readonly RegionId Fra = RegionId.Parse("FRA");
    private readonly Scratch _scratch = new();
    private readonly List<string> _faults = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _scratch.Dispose();

    [LimitedFact]
    public async Task A_hub_sees_at_once_what_another_process_changed()
    {
        var (hub, command) = (Book(), Book());
        using var key = RegionKey.Create(Fra);
        Assert.Null(hub.Find(Fra, key.Id));
        await command.AddAsync(key, null, Cancel);
        Assert.Equal(key.PublicKey().AsEnumerable(), hub.Find(Fra, key.Id)!.PublicKey);
        Assert.Null(hub.Find(RegionId.Parse("MDW"), key.Id));
        Assert.Equal(1, await command.RevokeAsync(Fra, null, Cancel));
        Assert.Null(hub.Find(Fra, key.Id));
        Assert.NotNull(Assert.Single(hub.Read()).RevokedAt);
    }

    [LimitedFact]
    public async Task A_region_changes_its_key_without_a_gap()
    {
        var book = Book();
        using RegionKey before = RegionKey.Create(Fra), after = RegionKey.Create(Fra);
        await book.AddAsync(before, null, Cancel);
        await book.AddAsync(after, new string('a', 64), Cancel);
        Assert.NotNull(book.Find(Fra, before.Id));
        Assert.Equal(1, await book.RevokeAsync(Fra, before.Id, Cancel));
        Assert.Null(book.Find(Fra, before.Id));
        Assert.Equal(new string('a', 64), book.Find(Fra, after.Id)!.ClientCertificateSha256);
        Assert.Equal(0, await book.RevokeAsync(Fra, before.Id, Cancel));
    }

    [LimitedFact]
    public async Task Changes_at_the_same_time_are_all_kept()
    {
        var keys = Enumerable.Range(0, 12).Select(_ => RegionKey.Create(Fra)).ToList();
        await Task.WhenAll(keys.Select(k => Book().AddAsync(k, null, Cancel)));
        Assert.Equal(keys.Select(k => k.Id).Order(), Book().Read().Select(k => k.Id).Order());
        foreach (var key in keys) key.Dispose();
    }

    [LimitedTheory]
    [InlineData("{ broken")]
    [InlineData("""{"format":2,"keys":[]}""")]
    [InlineData("""{"keys":[{"region":"FRA","id":"x","publicKey":"!","issuedAt":"2026-11-20T00:00:00Z"}]}""")]
    public async Task A_damaged_list_believes_nobody_and_says_so_once(string text)
    {
        var book = Book();
        using var key = RegionKey.Create(Fra);
        await book.AddAsync(key, null, Cancel);
        Assert.NotNull(book.Find(Fra, key.Id));
        await File.WriteAllTextAsync(_scratch.At("data/regions.json"), text, Cancel);
        Assert.Null(book.Find(Fra, key.Id));
        Assert.Null(book.Find(Fra, key.Id));
        Assert.Single(_faults);
    }

    [LimitedFact]
    public async Task The_commands_show_the_private_key_once_and_keep_the_public_half_alone()
    {
        var printed = await MonitorProcess.RunAsync(_scratch.Path, ["region", "add", "fra", "--set", "Hub:Regions=FRA"]);
        Assert.Equal(0, printed.Code);
        using var key = RegionKey.Parse(printed.Output);
        Assert.Equal(Fra, key.Region);

        var written = await MonitorProcess.RunAsync(_scratch.Path, ["region", "add", "MDW", "--out", "mdw.key", "--set", "Hub:Regions=FRA"]);
        Assert.Equal((0, ""), (written.Code, written.Output));
        Assert.Contains("WARNING MDW is not among Hub:Regions", written.Errors, StringComparison.Ordinal);
        using var mdw = RegionKey.Load(_scratch.At("mdw.key"));
        Assert.Equal(1, (await MonitorProcess.RunAsync(_scratch.Path, ["region", "add", "MDW", "--out", "mdw.key"])).Code);

        var kept = await File.ReadAllTextAsync(_scratch.At("data/regions.json"), Cancel);
        Assert.DoesNotContain("PRIVATE", kept, StringComparison.Ordinal);
        var listed = await MonitorProcess.RunAsync(_scratch.Path, ["region", "list"]);
        Assert.Matches($"FRA +{key.Id}  issued .*Z  valid\nMDW +{mdw.Id}  issued .*Z  valid\n", listed.Output);

        Assert.Equal(0, (await MonitorProcess.RunAsync(_scratch.Path, ["region", "revoke", "FRA"])).Code);
        Assert.Matches($"FRA +{key.Id}  issued .*Z  revoked .*Z\nMDW ", (await MonitorProcess.RunAsync(_scratch.Path, ["region", "list"])).Output);
        Assert.Equal(1, (await MonitorProcess.RunAsync(_scratch.Path, ["region", "revoke", "FRA"])).Code);
        Assert.Equal(2, (await MonitorProcess.RunAsync(_scratch.Path, ["region", "add", "!"])).Code);
    }

    [LimitedFact]
    public async Task A_region_that_cannot_be_run_says_everything_that_is_wrong()
    {
        var nothing = await MonitorProcess.RunAsync(_scratch.Path, ["region"]);
        Assert.Equal(2, nothing.Code);
        Assert.Contains("Region:Hub: ", nothing.Errors, StringComparison.Ordinal);
        Assert.Contains("Region:KeyFile: ", nothing.Errors, StringComparison.Ordinal);

        var wrong = await MonitorProcess.RunAsync(
            _scratch.Path, ["region", "--hub", "http://hub.example.org", "--key-file", "no.key", "--hub-pin", "abc", "--set", "Simulate:ClockOffset=10", "--set", "Regions:Id=FRA"]);
        Assert.Equal(2, wrong.Code);
        foreach (var expected in new[] { "Region:Hub: Over http", "Region:HubPin: ", "Simulate:ClockOffset: ", "There is no such key" }) Assert.Contains(expected, wrong.Errors, StringComparison.Ordinal);

        var keyless = await MonitorProcess.RunAsync(_scratch.Path, ["region", "--hub", "https://hub.example.org", "--key-file", "no.key"]);
        Assert.Equal(2, keyless.Code);
        Assert.Contains("no.key", keyless.Errors, StringComparison.Ordinal);
    }

    private RegionKeyBook Book() => new(_scratch.At("data"), TimeProvider.System, _faults.Add);
}
