using Monitoring.Ethereum;

namespace Monitoring.Simulator;

/// <summary>A chain that stands still until told otherwise. All members may be used from any thread.</summary>
public sealed class SimulatedChain : ISimulatedChain
{
    private readonly Lock _lock = new();
    private ChainFacts _facts = new();
    private SenderFacts _anyone = new();
    private ImmutableDictionary<Address, SenderFacts> _senders = ImmutableDictionary<Address, SenderFacts>.Empty;
    private ImmutableHashSet<Address> _active = [];

    /// <summary>Blocks, round and prices.</summary>
    public ChainFacts Facts
    {
        get
        {
            lock (_lock) return _facts;
        }

        set
        {
            lock (_lock) _facts = value;
        }
    }

    /// <summary>The account of every sender that has none of its own.</summary>
    public SenderFacts AnySender
    {
        get
        {
            lock (_lock) return _anyone;
        }

        set
        {
            lock (_lock) _anyone = value;
        }
    }

    /// <summary>Changes blocks, round or prices from what they are.</summary>
    public void Change(Func<ChainFacts, ChainFacts> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        lock (_lock) _facts = change(_facts);
    }

    /// <summary>Gives a sender an account of its own.</summary>
    public void SetSender(Address sender, SenderFacts facts)
    {
        lock (_lock) _senders = _senders.SetItem(sender, facts);
    }

    /// <summary>Registers an orchestrator, active at once. A fleet does so for each of its nodes as it starts.</summary>
    public void Activate(Address orchestrator)
    {
        lock (_lock) _active = _active.Add(orchestrator);
    }

    /// <summary>Takes an orchestrator out of the active set.</summary>
    public void Deactivate(Address orchestrator)
    {
        lock (_lock) _active = _active.Remove(orchestrator);
    }

    /// <inheritdoc />
    public ValueTask<ChainFacts> ReadAsync(CancellationToken cancellation) => ValueTask.FromResult(Facts);

    /// <inheritdoc />
    public ValueTask<SenderFacts> ReadSenderAsync(Address sender, Address recipient, CancellationToken cancellation)
    {
        lock (_lock) return ValueTask.FromResult(_senders.GetValueOrDefault(sender, _anyone));
    }

    /// <inheritdoc />
    public ValueTask<bool> IsActiveAsync(Address orchestrator, CancellationToken cancellation)
    {
        lock (_lock) return ValueTask.FromResult(_active.Contains(orchestrator));
    }
}
