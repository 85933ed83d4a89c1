using System.Net.Http.Headers;
using System.Text;

namespace Monitoring.Ethereum;

/// <summary>How an endpoint is doing, for a status page or a metric.</summary>
/// <param name="Host">Its host and port; never its path, which may hold a key.</param>
/// <param name="Demoted">Whether it is asked only after the others at present.</param>
/// <param name="Answers">Requests that it answered well.</param>
/// <param name="Failures">Requests that it did not.</param>
/// <param name="LastTrouble">What was wrong the last time; null when nothing ever was.</param>
public sealed record RpcEndpointHealth(string Host, bool Demoted, long Answers, long Failures, string? LastTrouble);

/// <summary>One endpoint and what is known of it. Its text is its host, never its address.</summary>
public sealed class RpcEndpoint
{
    private readonly Lock _gate = new();
    private DateTimeOffset _demotedUntil = DateTimeOffset.MinValue;
    private long _answers;
    private long _failures;
    private string? _lastTrouble;

    internal RpcEndpoint(Uri address)
    {
        Address = address;
        Host = address.Authority;
        if (address.UserInfo.Length > 0)
            Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(address.UserInfo))));
    }

    /// <summary>Host and port: what messages and metrics may say.</summary>
    public string Host { get; }

    internal Uri Address { get; }

    internal AuthenticationHeaderValue? Authorization { get; }

    /// <summary>Null while unknown; what the endpoint said its chain is.</summary>
    internal long? ChainId { get; set; }

    internal DateTimeOffset DemotedUntil
    {
        get
        {
            lock (_gate) return _demotedUntil;
        }
    }

    /// <inheritdoc />
    public override string ToString() => Host;

    internal RpcEndpointHealth Health(DateTimeOffset now)
    {
        lock (_gate) return new RpcEndpointHealth(Host, _demotedUntil > now, _answers, _failures, _lastTrouble);
    }

    internal void Answered()
    {
        lock (_gate)
        {
            _answers++;
            _demotedUntil = DateTimeOffset.MinValue;
        }
    }

    internal void Failed(string trouble, DateTimeOffset? demotedUntil)
    {
        lock (_gate)
        {
            _failures++;
            _lastTrouble = trouble;
            if (demotedUntil is { } until) _demotedUntil = until;
        }
    }
}
