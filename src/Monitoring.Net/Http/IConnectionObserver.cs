namespace Monitoring.Net;

/// <summary>Learns of every connection that a handler opens: the evidence of whom a test really talked to.</summary>
public interface IConnectionObserver
{
    /// <summary>Called once for each new connection, TLS included, before a request goes over it; from any thread. It must not throw or block.</summary>
    void Connected(ConnectionFacts connection);
}
