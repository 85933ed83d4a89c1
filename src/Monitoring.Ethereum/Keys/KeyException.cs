namespace Monitoring.Ethereum;

/// <summary>A key could not be had: no file, the wrong password, a damaged or foreign format. The message never holds a secret.</summary>
public sealed class KeyException : Exception
{
    /// <summary>Says which source, what was wrong, and what to do.</summary>
    public KeyException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
