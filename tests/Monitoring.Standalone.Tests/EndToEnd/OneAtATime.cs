namespace Monitoring.Standalone.Tests.EndToEnd;

/// <summary>Tests that run whole monitors: one after the other, and beside nothing else, or they would measure each other.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class OneAtATime
{
    public const string Name = "whole monitors, one at a time";
}
