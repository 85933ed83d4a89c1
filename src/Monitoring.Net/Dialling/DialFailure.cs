namespace Monitoring.Net;

/// <summary>Why a connection to a stranger was not made.</summary>
public enum DialFailure
{
    /// <summary>The host or port is not one that can be dialled: empty, malformed, an odd spelling of an address, or a port outside 1 to 65535.</summary>
    BadHost,

    /// <summary>The resolver answered that the name does not exist or has no address.</summary>
    NameNotFound,

    /// <summary>The resolver failed or gave no answer in time; this says nothing certain about the stranger.</summary>
    ResolverFailed,

    /// <summary>At least one address of the host lies in a range that is never dialled; see <see cref="AddressRules"/>.</summary>
    Blocked,

    /// <summary>Every address refused the connection or could not be reached; <see cref="DialException.SocketError"/> says which.</summary>
    Refused,

    /// <summary>No address accepted the connection, or the TLS handshake did not end, within its limit.</summary>
    TimedOut,

    /// <summary>The connection was made and the TLS handshake on it failed.</summary>
    TlsFailed,
}
