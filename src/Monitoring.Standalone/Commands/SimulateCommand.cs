using System.CommandLine;
using System.Net;
using System.Text.Json;
using Monitoring.Simulator;
using Monitoring.Standalone.Configuration;
using Monitoring.Standalone.Sources;
using Monitoring.Web;

namespace Monitoring.Standalone.Commands;

/// <summary><c>monitor simulate</c>: the simulated orchestrators alone, for whoever wants to point a gateway or another tester at them.</summary>
internal static class SimulateCommand
{
    private static readonly JsonSerializerOptions Readable = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static Command Create(Surroundings around)
    {
        var port = new Option<int?>("--port-base") { HelpName = "PORT", Description = "The list of nodes is served here, and the nodes listen on the ports that follow. Default: chosen by the system" };
        var nodes = new Option<int?>("--nodes") { HelpName = "N", Description = $"How many nodes, 1 to 500. Default: {SimulatedNetwork.DefaultNodes}, one of each behaviour" };
        var seed = new Option<int?>("--seed") { HelpName = "N", Description = "Deals the behaviours out to the addresses in another order." };
        var transcode = new Option<string>("--transcode") { HelpName = "HOW", Description = "kept (answers with renditions made beforehand) or ffmpeg (of this machine).", DefaultValueFactory = _ => "kept" };
        var address = new Option<string>("--address") { HelpName = "IP", Description = "The address of this machine that the nodes listen on and go by. Another than loopback lets other machines test them.", DefaultValueFactory = _ => "127.0.0.1" };
        var json = new Option<bool>("--json") { Description = "Prints the nodes as JSON." };
        transcode.AcceptOnlyFromAmong("kept", "ffmpeg");
        address.Refuse(value => IPAddress.TryParse(value, out var ip) && !ip.Equals(IPAddress.Any) && !ip.Equals(IPAddress.IPv6Any)
            ? "" : $"--address is '{value}'; one IP address of this machine is expected, for the nodes tell it to those who test them.");
        port.Within(1, 65_535);
        nodes.Within(1, 500);

        var command = new Command("simulate", "Starts simulated orchestrators on this machine and prints how to reach them. Ends with Ctrl-C.") { port, nodes, seed, transcode, address, json };
        command.SetAction(async (parsed, _) =>
        {
            var first = parsed.GetValue(port);
            if (first + (parsed.GetValue(nodes) ?? SimulatedNetwork.DefaultNodes) > 65_535)
            {
                await around.Error.WriteLineAsync($"--port-base is {first}, which leaves too few ports up to 65535 for the nodes.");
                return ExitCode.Usage;
            }

            var options = new SimulateOptions(parsed.GetValue(nodes), first + 1, parsed.GetValue(seed), parsed.GetValue(transcode) == "ffmpeg");
            using var interruption = new Interruption();
            try
            {
                await using var fleet = await SimulatedFleet.StartAsync(SimulatedNetwork.Fleet(options, first ?? 0) with { Address = IPAddress.Parse(parsed.GetValue(address)!) }, interruption.Token);
                if (parsed.GetValue(json)) PrintJson(fleet, around.Output);
                else Print(fleet, around.Output);
                await around.Output.FlushAsync(CancellationToken.None);
                await around.Error.WriteLineAsync("SIMULATED orchestrators: their keys are public and they measure nothing. Ctrl-C ends them.");
                await Task.Delay(Timeout.Infinite, interruption.Token);
            }
            catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
            {
                return ExitCode.Ok;
            }
            catch (Exception e) when (e is IOException or InvalidOperationException)
            {
                await around.Error.WriteLineAsync($"The simulated orchestrators could not be started: {e.Message}");
                return ExitCode.Failure;
            }

            return ExitCode.Ok;
        });
        return command;
    }

    private static void Print(SimulatedFleet fleet, TextWriter output)
    {
        var width = fleet.Nodes.Max(n => n.Name.Length);
        foreach (var node in fleet.Nodes) output.WriteLine($"{node.Name.PadRight(width)}  {node.Id}={node.Uri.GetLeftPart(UriPartial.Authority)}  {node.Behaviour}");
        output.WriteLine($"list: {fleet.WebhookUri}");
    }

    private static void PrintJson(SimulatedFleet fleet, TextWriter output) => output.WriteLine(JsonSerializer.Serialize(
        new
        {
            webhook = fleet.WebhookUri,
            nodes = fleet.Nodes.Select(n => new { n.Name, address = n.Id.Text, uri = n.Uri.GetLeftPart(UriPartial.Authority), behaviour = n.Behaviour.Name }),
        },
        Readable));
}
