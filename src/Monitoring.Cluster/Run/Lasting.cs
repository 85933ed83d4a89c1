using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Monitoring.Web;

namespace Monitoring.Cluster.Run;

/// <summary>Keeps a host until somebody asks it to stop, or one of its parts fails.</summary>
internal static class Lasting
{
    /// <summary>Waits, then stops it: readiness first, then the web and the long polls, then the silo.</summary>
    /// <returns>The exit code: a failure when nobody asked.</returns>
    public static async Task<int> UntilStoppedAsync(IHost host, Action stopping, CancellationToken stop)
    {
        var failed = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, failed);
        try
        {
            await Task.Delay(Timeout.Infinite, either.Token);
        }
        catch (OperationCanceledException)
        {
        }

        stopping();
        await host.StopAsync(CancellationToken.None);
        return stop.IsCancellationRequested ? ExitCode.Ok : ExitCode.Failure;
    }
}
