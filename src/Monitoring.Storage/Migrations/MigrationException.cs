namespace Monitoring.Storage.Migrations;

/// <summary>A database does not have the tables this program needs, or has others. The message says which and what to do.</summary>
public sealed class MigrationException : IOException
{
    /// <summary>Creates the exception with what is wrong, where, and what to do.</summary>
    public MigrationException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}
