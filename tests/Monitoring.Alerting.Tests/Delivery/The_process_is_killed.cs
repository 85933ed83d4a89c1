using System.Diagnostics;
using System.Globalization;

namespace Monitoring.Alerting.Tests;

/// <summary>A real process with a real outbox and real receivers that fail, killed with signal 9 again and again.</summary>
public sealed class The_process_is_killed
{
    private static readonly bool Soak = Environment.GetEnvironmentVariable("MONITORING_SOAK") == "1";

    [Fact]
    public async Task Nothing_taken_is_lost_and_duplicates_come_only_under_the_same_key()
    {
        var stop = TestContext.Current.CancellationToken;
        var span = Soak ? TimeSpan.FromMinutes(10) : TimeSpan.FromSeconds(25);
        using var scratch = new Scratch();
        await using var failing = await TestReceiver.StartAsync((context, _, before) =>
        {
            // Each failure costs a pause of a second or more before the next attempt, and what is owed must arrive in the end.
            if (before % 19 == 3) context.Response.StatusCode = 500;
            if (before % 29 == 5) context.Abort();
            return Task.CompletedTask;
        });
        await using var steady = await TestReceiver.StartAsync();
        var random = new Random(7);
        var owed = new Queue<string>();
        var offered = new HashSet<(string Incident, int Sequence)>();
        var taken = new HashSet<(string Incident, int Sequence)>();
        int next = 1, kills = 0;
        var start = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(start) < span || kills < 3)
        {
            using var teller = Start(scratch.Path, failing.Url, steady.Url);
            Assert.Equal("ready", await teller.StandardOutput.ReadLineAsync(stop));
            var deeds = random.Next(5, 60);
            for (var i = 0; i < deeds; i++)
            {
                if (owed.Count == 0)
                {
                    owed.Enqueue($"{next} 0 Opened");
                    owed.Enqueue($"{next} 1 Changed");
                    owed.Enqueue($"{next++} 2 Resolved");
                }

                await OfferAsync(teller, owed, offered, taken, acknowledged: true, stop);
            }

            // One more under way when it dies: it may be taken or not, and is offered again.
            if (owed.Count > 0) await OfferAsync(teller, owed, offered, taken, acknowledged: false, stop);
            teller.Kill();
            await teller.WaitForExitAsync(stop);
            kills++;
        }

        // A repetition under another key would be a second alert: the receiver could not know it for one.
        foreach (var receiver in new[] { failing, steady }) Assert.Empty(receiver.All.Select(Key).Except(offered));
        using (var last = Start(scratch.Path, failing.Url, steady.Url))
        {
            Assert.Equal("ready", await last.StandardOutput.ReadLineAsync(stop));
            while (owed.Count > 0) await OfferAsync(last, owed, offered, taken, acknowledged: true, stop);
            foreach (var receiver in new[] { failing, steady })
                await receiver.UntilAsync(all => taken.IsSubsetOf(all.Select(Key)));
            last.Kill();
            await last.WaitForExitAsync(stop);
        }

        foreach (var receiver in new[] { failing, steady })
        {
            Assert.Empty(receiver.All.Select(Key).Except(offered));
            foreach (var incident in receiver.All.Select(Key).GroupBy(k => k.Incident))
            {
                var highest = -1;
                foreach (var (_, sequence) in incident)
                {
                    Assert.True(sequence >= highest, $"{incident.Key} #{sequence} came after #{highest}.");
                    highest = sequence;
                }
            }
        }

        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{kills} kills, {taken.Count} notifications taken; told {failing.All.Count} and {steady.All.Count} times, of these {steady.All.Count - steady.All.Select(Key).Distinct().Count()} twice at the steady receiver"));
    }

    private static async Task OfferAsync(Process teller, Queue<string> owed, HashSet<(string, int)> offered, HashSet<(string, int)> taken, bool acknowledged, CancellationToken stop)
    {
        var line = owed.Peek();
        var words = line.Split(' ');
        var id = (new IncidentKey(IncidentRule.OrchestratorDown, Incidents.Orchestrator(int.Parse(words[0], CultureInfo.InvariantCulture)), null, 1).Text, int.Parse(words[1], CultureInfo.InvariantCulture));
        offered.Add(id);
        await teller.StandardInput.WriteLineAsync(line.AsMemory(), stop);
        await teller.StandardInput.FlushAsync(stop);
        if (!acknowledged) return;
        Assert.Equal($"taken {words[0]} {words[1]}", await teller.StandardOutput.ReadLineAsync(stop));
        taken.Add(id);
        owed.Dequeue();
    }

    private static (string Incident, int Sequence) Key(Received received)
    {
        var hash = received.EventId.LastIndexOf('#');
        return (received.EventId[..hash], int.Parse(received.EventId.AsSpan(hash + 1), CultureInfo.InvariantCulture));
    }

    private static Process Start(string folder, params Uri[] receivers)
    {
        // Built beside these tests, in a folder of its own.
        var program = AppContext.BaseDirectory.Replace("Monitoring.Alerting.Tests", "Monitoring.Alerting.CrashTeller", StringComparison.Ordinal);
        var host = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet";
        return Process.Start(new ProcessStartInfo(host, [Path.Combine(program, "Monitoring.Alerting.CrashTeller.dll"), folder, .. receivers.Select(r => r.AbsoluteUri)])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true,
        })!;
    }
}
