namespace Monitoring.Core.Tests;

/// <summary>What befalls the instrument beside its regions.</summary>
internal sealed class InstrumentFaults
{
    /// <summary>The wallet runs low.</summary>
    public List<Span> Poor { get; } = [];

    /// <summary>No endpoint of the chain answers.</summary>
    public List<Span> NoChain { get; } = [];

    /// <summary>No snapshot is published.</summary>
    public List<Span> Stuck { get; } = [];

    public List<Span> Of(IncidentRule rule) => rule switch
    {
        IncidentRule.FloatLow => Poor,
        IncidentRule.ChainUnreachable => NoChain,
        _ => Stuck,
    };
}
