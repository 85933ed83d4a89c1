namespace Monitoring.Cluster.Tests.Processes;

/// <summary>Tests that run whole clusters of processes: one after the other, and beside nothing else, or they would measure each other.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class WholeProcesses
{
    public const string Name = "whole clusters, one at a time";
}
