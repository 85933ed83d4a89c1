using Monitoring.Livepeer;
using Monitoring.Web;

namespace Monitoring.Standalone.Wallet;

/// <summary>The wallet as a part of the instrument, by the looks of its watch.</summary>
internal sealed class WalletPart : IInstrumentStatus
{
    private readonly WalletWatch _watch;
    private readonly TimeProvider _time;
    private ImmutableArray<InstrumentState> _current = [];

    /// <param name="watch">The watch; it is not looking yet.</param>
    /// <param name="time">The clock.</param>
    public WalletPart(WalletWatch watch, TimeProvider time)
    {
        (_watch, _time) = (watch, time);
        watch.Looked += Learn;
    }

    /// <inheritdoc />
    public ImmutableArray<InstrumentState> Current => _current;

    private void Learn() => _current = _watch is { Unread: { Length: > 0 } why } ? FundsReport.Unread(_current, why, _time.GetUtcNow())
        : FundsReport.Of(_current, _watch.Latest!, _watch.Alarms, _time.GetUtcNow());
}
