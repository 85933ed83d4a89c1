using System.Threading.Channels;
using Monitoring.Core;

namespace Monitoring.Standalone.PostTo;

/// <summary>Takes results from the hub's loop, which must not wait for a disk, and hands them to the poster in order.</summary>
internal sealed class PostFeed(LeaderboardPoster poster)
{
    private readonly Channel<OutcomeRevision> _results = Channel.CreateUnbounded<OutcomeRevision>(new UnboundedChannelOptions { SingleReader = true });

    /// <summary>Takes a result; returns at once.</summary>
    public void Take(OutcomeRevision result) => _results.Writer.TryWrite(result);

    /// <summary>No more results will come.</summary>
    public void Complete() => _results.Writer.TryComplete();

    /// <summary>Spools what was taken until <see cref="Complete"/> was called and everything is spooled.</summary>
    public async Task RunAsync()
    {
        await foreach (var result in _results.Reader.ReadAllAsync()) await poster.OfferAsync(result, CancellationToken.None);
    }
}
