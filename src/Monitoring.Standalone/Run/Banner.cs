using System.Globalization;
using System.Numerics;
using Monitoring.Core;
using Monitoring.Ethereum;
using Monitoring.Livepeer;
using Monitoring.Standalone.Configuration;
using Monitoring.Web;

namespace Monitoring.Standalone.Run;

/// <summary>What is said first: whether any of this is real, where to look, and what is done how often.</summary>
internal static class Banner
{
    /// <summary>Writes it.</summary>
    /// <param name="options">The configuration.</param>
    /// <param name="urls">The addresses that are really listened on, those for metrics last.</param>
    /// <param name="payer">Whose tickets pay the tests; null where nobody's do.</param>
    /// <param name="to">Where to.</param>
    public static void Write(MonitorOptions options, ICollection<string> urls, Address? payer, TextWriter to)
    {
        if (options.IsSimulated)
        {
            to.WriteLine("**********************************************************************");
            to.WriteLine("*  SIMULATED NETWORK: the orchestrators below are made up and run    *");
            to.WriteLine("*  inside this process. Nothing here is measured on a real network.  *");
            to.WriteLine("*  Name a Source to measure real ones (monitor --help).              *");
            to.WriteLine("**********************************************************************");
        }

        var schedule = options.Schedule;
        to.WriteLine($"leaderboard  {string.Join(" ", urls.SkipLast(options.MetricsUrls.Length))}");
        if (!options.MetricsUrls.IsEmpty) to.WriteLine($"metrics      {string.Join(" ", urls.TakeLast(options.MetricsUrls.Length).Select(u => u + MetricsAddresses.Path))}");
        to.WriteLine($"data         {Path.GetFullPath(options.Data)}");
        if (options.Store is { } store) to.WriteLine($"results      {store.Url.Display}");
        to.WriteLine($"source       {Source(options)}");
        to.WriteLine($"regions      {string.Join(" ", schedule.Regions)}{(options.IsSimulated && options.Remote.Regions.IsEmpty ? " (simulated on this machine)" : "")}");
        if (!options.Remote.Regions.IsEmpty) to.WriteLine($"elsewhere    {string.Join(" ", options.Remote.Regions)}: 'monitor region --hub ...' there");
        to.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"schedule     {schedule.TestsPerDay} tests a day from each region, one every {Span(TimeSpan.FromDays(1) / schedule.TestsPerDay)}; {options.Tests.Segments} segments, {options.Tests.Streams} at a time"));
        if (payer is { } wallet)
            to.WriteLine($"wallet       {wallet}, at most {WeiText.Format(options.Spend.PerTest)} a test and {WeiText.Format(BigInteger.Min(options.Spend.PerRegionDay, options.Spend.PerDay))} a day");
        if (options.PostTo is { } postTo) to.WriteLine($"posting to   {postTo.Url.GetLeftPart(UriPartial.Path)}");
        to.Flush();
    }

    private static string Source(MonitorOptions options) => options.Source.Kind switch
    {
        SourceKind.Simulated => "simulated network",
        SourceKind.List => string.Create(CultureInfo.InvariantCulture, $"list of {options.Source.Orchestrators.Length}"),
        SourceKind.Chain => string.Create(CultureInfo.InvariantCulture, $"active set of chain {options.Chain!.Id}, by {options.Chain.RpcUrls.Length} endpoint(s)"),
        _ => $"webhook {options.Source.Webhook!.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped)}",
    };

    private static string Span(TimeSpan span) =>
        span < TimeSpan.FromMinutes(2) ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0} s") : string.Create(CultureInfo.InvariantCulture, $"{span.TotalMinutes:0} min");
}
