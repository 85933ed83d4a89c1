namespace Monitoring.Ethereum;

/// <summary>What the error object of a JSON-RPC answer means.</summary>
public static class RpcErrors
{
    // A JSON-RPC 2.0 code of ours to know, and the one by which providers say that the limit is reached (EIP-1474).
    private const int LimitExceeded = -32005;
    private const int ExecutionReverted = 3;

    /// <summary>The exception for an error object.</summary>
    /// <param name="endpoint">Who said it.</param>
    /// <param name="what">What was asked, for the message.</param>
    /// <param name="code">The error's code; 0 where there is none.</param>
    /// <param name="message">The error's message, in the endpoint's own words.</param>
    public static ChainException Of(RpcEndpoint endpoint, string what, int code, string message)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentNullException.ThrowIfNull(message);
        var said = $"'{RpcText.Clean(message, 200)}' (code {code})";
        if (code == ExecutionReverted || message.Contains("revert", StringComparison.OrdinalIgnoreCase))
            return new ChainException(ChainFault.Reverted, $"The contract refused {what}; {endpoint.Host} says {said}.");
        return code == LimitExceeded
            ? new ChainException(ChainFault.Unreachable, $"{endpoint.Host} has enough of us for now: {said}. Use an endpoint with a higher limit, or several.")
            : new ChainException(ChainFault.Refused, $"{endpoint.Host} refused {what}: {said}.");
    }
}
