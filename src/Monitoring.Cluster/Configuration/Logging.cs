using Microsoft.Extensions.Logging;
using Monitoring.Web;

namespace Monitoring.Cluster.Configuration;

/// <summary>Reads <c>Log</c>, and sets logging up by it.</summary>
internal static class Logging
{
    /// <summary><c>Log:Level</c>.</summary>
    public static LogLevel ReadLevel(KeyReader keys) => keys.Choice("Log:Level", LogLevel.Information, [.. Enum.GetValues<LogLevel>().Select(l => (l.ToString(), l))]);

    /// <summary>Logs to stderr; of Orleans from Warning on, and the story of the membership, which is what an incident is understood by.</summary>
    public static ILoggerFactory Create(LogLevel least, Surroundings around) => LoggerFactory.Create(logging =>
    {
        ConsoleLog.Configure(logging, least, around.Environment.FirstOrDefault(v => v.Key == "NO_COLOR").Value is not { Length: > 0 });
        if (least != LogLevel.Information) return;
        logging.AddFilter("Orleans", LogLevel.Warning);
        logging.AddFilter("Orleans.Runtime.MembershipService", LogLevel.Information);
    });
}
