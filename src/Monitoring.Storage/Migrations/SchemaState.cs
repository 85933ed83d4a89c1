namespace Monitoring.Storage.Migrations;

/// <summary>What a database has of what a program needs.</summary>
/// <param name="Pending">Scripts that it lacks, in the order in which they are applied.</param>
/// <param name="Newer">Scripts that it has and this program does not know, though the program runs on them.</param>
public sealed record SchemaState(ImmutableArray<PendingScript> Pending, ImmutableArray<string> Newer)
{
    /// <summary>True when nothing is missing.</summary>
    public bool IsReady => Pending.IsEmpty;
}

/// <summary>A script that a database lacks.</summary>
/// <param name="Source">The source's name.</param>
/// <param name="Script">The script.</param>
public sealed record PendingScript(string Source, MigrationScript Script)
{
    /// <inheritdoc />
    public override string ToString() => $"{Source}/{Script.Name}";
}
