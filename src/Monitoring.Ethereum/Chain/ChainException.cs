namespace Monitoring.Ethereum;

/// <summary>Why a chain read gave nothing.</summary>
public enum ChainFault
{
    /// <summary>No endpoint could be reached, or it answered with an HTTP error.</summary>
    Unreachable,

    /// <summary>No endpoint answered in time.</summary>
    TimedOut,

    /// <summary>The endpoint answered something that is not a correct answer to the question.</summary>
    Malformed,

    /// <summary>The endpoint understood and refused (a JSON-RPC error object): a block that it does not have, a transaction that it does not take.</summary>
    Refused,

    /// <summary>The contract refused: the call or transaction reverted. Every endpoint would say the same.</summary>
    Reverted,

    /// <summary>The endpoint serves another chain than the one configured.</summary>
    WrongChain,

    /// <summary>The contracts are not those that were expected: an upgrade of the protocol, or a false endpoint.</summary>
    WrongContracts,
}

/// <summary>The chain could not be read or written. It is our trouble: a test that needed it is void, never a fault of an orchestrator.</summary>
public sealed class ChainException : Exception
{
    /// <summary>Says what was asked, of whom, what went wrong and what to do.</summary>
    public ChainException(ChainFault fault, string message, Exception? innerException = null)
        : base(message, innerException) => Fault = fault;

    /// <summary>Why.</summary>
    public ChainFault Fault { get; }
}
