using System.Diagnostics;
using System.Globalization;
using Monitoring.Testing.Postgres;

namespace Monitoring.Standalone.Tests.Sites;

/// <summary>What can befall a hub and its regions. Each fault strikes while all work, lasts a little, and is mended.</summary>
internal sealed class SiteFaults
{
    private const int SigStop = 19;
    private const int SigContinue = 18;
    private const int SigTerm = 15;
    private readonly RegionSites _sites;
    private bool _wasSkipped;
    private readonly List<(string Name, Func<string, CancellationToken, Task> Strike)> _all;

    public SiteFaults(RegionSites sites)
    {
        _sites = sites;
        _all =
        [
            ("region killed", KillRegionAsync),
            ("hub killed", (_, cancel) => KillHubAsync(cancel)),
            ("region frozen", FreezeRegionAsync),
            ("hub away", (_, cancel) => HubAwayAsync(cancel)),
            ("clock off by 10 s", ClockOffAsync),
            ("disk of the spool full", DiskFullAsync),
            ("region stopped", StopRegionAsync),
            ("key changed", ChangeKeyAsync),
            ("hub gone for 60 s", (_, cancel) => HubGoneAsync(cancel)),
        ];
        if (sites.Database is { } database)
        {
            _all.Add(("database stopped for 60 s, region killed", (region, cancel) => StopDatabaseAsync(database, region, cancel)));
            _all.Add(("database killed", (_, cancel) => KillDatabaseAsync(database, cancel)));
        }
    }

    /// <summary>What struck, in order.</summary>
    public List<string> Struck { get; } = [];

    /// <summary>The first faults of the list once each, on one region after the other: those that an ordinary run has the time for.</summary>
    public async Task StrikeSomeAsync(int faults, CancellationToken cancellationToken)
    {
        for (var i = 0; i < faults; i++) await StrikeAsync(i, RegionSites.Regions[i % RegionSites.Regions.Length], cancellationToken);
    }

    /// <summary>Random faults for so long: all of them once in random order, on regions drawn at random and the kill on each region, then all of them again.</summary>
    public async Task StrikeAtRandomAsync(TimeSpan time, int seed, CancellationToken cancellationToken)
    {
        var random = new Random(seed);
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            var faults = Enumerable.Range(0, _all.Count)
                .SelectMany(fault => fault == 0 ? RegionSites.Regions.Select(region => (fault, region)) : [(fault, region: RegionSites.Regions[random.Next(RegionSites.Regions.Length)])]).ToArray();
            random.Shuffle(faults);
            foreach (var (fault, region) in faults)
            {
                if (Stopwatch.GetElapsedTime(began) >= time) return;
                await StrikeAsync(fault, region, cancellationToken);
                await Task.Delay(TimeSpan.FromSeconds(random.Next(1, 6)), cancellationToken);
            }
        }
    }

    private async Task StrikeAsync(int fault, string region, CancellationToken cancellationToken)
    {
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:HH:mm:ss} {_all[fault].Name} ({region})"));
        _wasSkipped = false;
        await _all[fault].Strike(region, cancellationToken);
        Struck.Add(_all[fault].Name + (_wasSkipped ? " (SKIPPED)" : ""));
    }

    private async Task KillRegionAsync(string region, CancellationToken cancel)
    {
        await ATestOfAsync(region, cancel);
        _sites.Processes[region].Kill();
        await _sites.RetireAsync(region);
        _sites.StartRegion(region);
        await MeasuresAsync(region, cancel);
    }

    private async Task KillHubAsync(CancellationToken cancel)
    {
        await ATestOfAsync(RegionSites.Regions[0], cancel);
        _sites.Hub.Kill();
        await _sites.StartHubAsync(cancel);
        foreach (var region in RegionSites.Regions) await MeasuresAsync(region, cancel);
    }

    // Longer than any job may wait: what it holds is stale when it wakes.
    private async Task FreezeRegionAsync(string region, CancellationToken cancel)
    {
        await ATestOfAsync(region, cancel);
        _sites.Processes[region].Signal(SigStop);
        await Task.Delay(TimeSpan.FromSeconds(26), cancel);
        _sites.Processes[region].Signal(SigContinue);
        await MeasuresAsync(region, cancel);
    }

    // Frozen, not gone: connections hang as they do when a line is cut.
    private async Task HubAwayAsync(CancellationToken cancel)
    {
        await ATestOfAsync(RegionSites.Regions[0], cancel);
        _sites.Hub.Signal(SigStop);
        await Task.Delay(TimeSpan.FromSeconds(15), cancel);
        _sites.Hub.Signal(SigContinue);
        foreach (var region in RegionSites.Regions) await MeasuresAsync(region, cancel);
    }

    // Dead for a while: slots come and go, and the regions have results and nobody to tell.
    private async Task HubGoneAsync(CancellationToken cancel)
    {
        await ATestOfAsync(RegionSites.Regions[0], cancel);
        _sites.Hub.Kill();
        await Task.Delay(TimeSpan.FromMinutes(1), cancel);
        await _sites.StartHubAsync(cancel);
        foreach (var region in RegionSites.Regions) await MeasuresAsync(region, cancel);
    }

    // Nothing can be stored, so nothing is acknowledged: what was measured waits with the regions, also with one that dies meanwhile.
    private async Task StopDatabaseAsync(PostgresServer database, string region, CancellationToken cancel)
    {
        await ATestOfAsync(region, cancel);
        var began = Stopwatch.GetTimestamp();
        await database.StopAsync();
        await _sites.Hub.SaysAsync("could not be stored", _sites.Hub.Said.Split("could not be stored").Length, cancel);
        _sites.Processes[region].Kill();
        await _sites.RetireAsync(region);
        _sites.StartRegion(region);
        if (TimeSpan.FromSeconds(60) - Stopwatch.GetElapsedTime(began) is { Ticks: > 0 } left) await Task.Delay(left, cancel);
        await database.RestartAsync();
        foreach (var each in RegionSites.Regions) await MeasuresAsync(each, cancel);
    }

    private async Task KillDatabaseAsync(PostgresServer database, CancellationToken cancel)
    {
        await ATestOfAsync(RegionSites.Regions[0], cancel);
        await database.KillAsync();
        await database.RestartAsync();
        foreach (var region in RegionSites.Regions) await MeasuresAsync(region, cancel);
    }

    private async Task ClockOffAsync(string region, CancellationToken cancel)
    {
        await StopAsync(region, cancel);
        _sites.StartRegion(region, "--set", "Simulate:ClockOffset=-10");
        await _sites.UntilInstrumentAsync(region, (state, text) => state == "alarm" && text.Contains("OurClock", StringComparison.Ordinal), cancel);
        await _sites.Processes[region].SaysAsync(": OurClock,", cancel);
        await StopAsync(region, cancel);
        _sites.StartRegion(region);
        await MeasuresAsync(region, cancel);
    }

    // The spool is on a file system with no room, where this machine lets us make one.
    private async Task DiskFullAsync(string region, CancellationToken cancel)
    {
        var data = _sites.At("at-" + region);
        await StopAsync(region, cancel);
        Assert.Equal(0, _sites.SpooledOf(region));
        Directory.Move(data, data + "-kept");
        Directory.CreateDirectory(data);
        if (!await RunAsync("mount", ["-t", "tmpfs", "-o", "size=64k", "none", data], cancel))
        {
            _wasSkipped = true;
            TestContext.Current.TestOutputHelper?.WriteLine("SKIPPED: no small file system can be mounted here, so no disk gets full");
        }

        var isMounted = File.ReadLines("/proc/mounts").Any(l => l.Contains(data, StringComparison.Ordinal));
        try
        {
            _sites.StartRegion(region);
            if (isMounted)
            {
                await _sites.Processes[region].SaysAsync("region ", cancel);
                await File.WriteAllBytesAsync(Path.Combine(data, "filler"), new byte[8 * 1024], cancel);
                await FillAsync(Path.Combine(data, "filler"), cancel);
                await _sites.Processes[region].SaysAsync("could not be spooled", cancel);
                File.Delete(Path.Combine(data, "filler"));
            }

            await ATestOfAsync(region, cancel);
            await StopAsync(region, cancel);
            Assert.Equal(0, _sites.SpooledOf(region));
        }
        finally
        {
            if (isMounted)
            {
                await _sites.RetireAsync(region);
                Assert.True(await RunAsync("umount", [data], CancellationToken.None));
            }
        }

        Directory.Delete(data, recursive: true);
        Directory.Move(data + "-kept", data);
        _sites.StartRegion(region);
        await MeasuresAsync(region, cancel);
    }

    private async Task StopRegionAsync(string region, CancellationToken cancel)
    {
        await StopAsync(region, cancel);
        _sites.StartRegion(region);
        await MeasuresAsync(region, cancel);
    }

    // Revoked, it is refused at once; with a new key it goes on where it was.
    private async Task ChangeKeyAsync(string region, CancellationToken cancel)
    {
        await _sites.CommandAsync(cancel, "region", "revoke", region);
        await _sites.Processes[region].SaysAsync("revoked", cancel);
        await _sites.UntilInstrumentAsync(region, (state, text) => state == "warning" && text.Contains("UnknownKey", StringComparison.Ordinal), cancel);
        File.Delete(_sites.At(region + ".key"));
        await _sites.CommandAsync(cancel, "region", "add", region, "--out", region + ".key");
        await StopAsync(region, cancel);

        // What was refused is told of for an hour, unless the hub starts anew.
        _sites.Hub.Signal(SigTerm);
        Assert.Equal(0, await _sites.Hub.ExitAsync(cancel));
        await _sites.StartHubAsync(cancel);
        _sites.StartRegion(region);
        foreach (var each in RegionSites.Regions) await MeasuresAsync(each, cancel);
    }

    private async Task StopAsync(string region, CancellationToken cancel)
    {
        _sites.Processes[region].Signal(SigTerm);
        Assert.Equal(0, await _sites.Processes[region].ExitAsync(cancel));
        await _sites.RetireAsync(region);
    }

    // A test of this region ends from now on.
    private Task ATestOfAsync(string region, CancellationToken cancel) =>
        _sites.Processes[region].SaysAsync("Tested ", _sites.Processes[region].Said.Split("Tested ").Length, cancel);

    private async Task MeasuresAsync(string region, CancellationToken cancel)
    {
        await ATestOfAsync(region, cancel);
        await _sites.UntilInstrumentAsync(region, (state, _) => state == "ok", cancel);
    }

    private static async Task FillAsync(string file, CancellationToken cancel)
    {
        using var stream = File.OpenHandle(file, FileMode.Open, FileAccess.Write);
        try
        {
            for (var i = 0; i < 1024; i++) await RandomAccess.WriteAsync(stream, new byte[512], RandomAccess.GetLength(stream), cancel);
        }
        catch (IOException)
        {
            // That is what was wanted.
        }
    }

    private static async Task<bool> RunAsync(string command, string[] arguments, CancellationToken cancel)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            await process.WaitForExitAsync(cancel);
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
