namespace Monitoring.Ethereum;

/// <summary>The newest block of the chain.</summary>
/// <param name="Number">Its number on this chain.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="L1BlockNumber">
/// The block of Ethereum by which tickets expire: the member <c>l1BlockNumber</c> that Arbitrum adds, or the block's own number on a chain
/// without it. Never compare an expiration block with <paramref name="Number"/>.
/// </param>
/// <param name="Time">The block's time, whole seconds.</param>
public sealed record ChainHead(long Number, Hash32 Hash, long L1BlockNumber, DateTimeOffset Time);
