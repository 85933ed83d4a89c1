using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Monitoring.Web;

/// <summary>Logs to stderr, a line each with the time in UTC, so that stdout stays free for data.</summary>
public static class ConsoleLog
{
    /// <summary>Sets logging up.</summary>
    /// <param name="logging">What is built.</param>
    /// <param name="least">The least level of our own lines; the framework's are shown from Warning on unless debugging.</param>
    /// <param name="withColour">False where the user wants none (NO_COLOR).</param>
    public static void Configure(ILoggingBuilder logging, LogLevel least, bool withColour)
    {
        logging.ClearProviders();
        logging.SetMinimumLevel(least);
        if (least is LogLevel.Information) logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
            console.ColorBehavior = withColour ? LoggerColorBehavior.Default : LoggerColorBehavior.Disabled;
        });
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }
}
