namespace Monitoring.Web.Tests.Telemetry;

/// <summary>Whoever listens to the monitor's meter hears everybody in this process, so its tests keep out of each other's way.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class OneMeter
{
    public const string Name = "the monitor's meter";
}
