namespace Monitoring.Ethereum;

/// <summary>Whoever holds a key: this process, or a remote signer behind it. Safe for concurrent use.</summary>
public interface ISigner
{
    /// <summary>The address of the key.</summary>
    Address Address { get; }

    /// <summary>Personal-sign of a message (<see cref="PersonalSign"/>): what orchestrators and the ticket broker verify.</summary>
    /// <param name="message">The bytes themselves; for a ticket its 32-byte hash, which is not hashed again before the prefix.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<Signature> SignPersonalAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken);

    /// <summary>Signs a digest as it is, for transactions. Never hand it bytes that a stranger chose.</summary>
    /// <param name="hash32">32 bytes.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentException">The digest has not 32 bytes.</exception>
    ValueTask<Signature> SignHashAsync(ReadOnlyMemory<byte> hash32, CancellationToken cancellationToken);
}
