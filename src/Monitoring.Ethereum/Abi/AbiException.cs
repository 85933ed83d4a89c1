namespace Monitoring.Ethereum;

/// <summary>Bytes from the chain are not an encoding of what was expected. The message says what was wrong and at which offset.</summary>
public sealed class AbiException : Exception
{
    /// <summary>Says what was wrong.</summary>
    public AbiException(string message)
        : base(message)
    {
    }
}
