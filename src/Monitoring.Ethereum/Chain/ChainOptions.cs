using System.Collections.Immutable;

namespace Monitoring.Ethereum;

/// <summary>Which chain is read, and through whom.</summary>
public sealed record ChainOptions
{
    /// <summary>JSON-RPC endpoints (http or https), the preferred first. Their paths often hold a key, so no message of ours repeats one.</summary>
    public required ImmutableArray<Uri> Endpoints { get; init; }

    /// <summary>The chain that every endpoint must serve. Default 42161, Arbitrum One.</summary>
    public long ChainId { get; init; } = ProtocolContracts.ArbitrumOneChainId;

    /// <summary>The protocol's Controller. Not needed on Arbitrum One, whose own is built in and where no other is taken; needed elsewhere.</summary>
    public Address? Controller { get; init; }

    /// <summary>How long one endpoint may take to answer one request. Default 10 s.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often the whole list of endpoints is tried again after all of them failed, with growing pauses. Default 2.</summary>
    public int Retries { get; init; } = 2;

    /// <summary>The first of those pauses. Default 250 ms.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long an endpoint that failed is asked only after the others. Default 1 minute.</summary>
    public TimeSpan DemotedFor { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The most calls in one request; providers limit it. Default 50.</summary>
    public int MaxBatch { get; init; } = 50;

    /// <summary>The most bytes of one answer, after decompression. Default 16 MiB: a batch of the longest service URIs that a block can hold.</summary>
    public int MaxAnswerBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>How many rounds back, the last initialized one included, earnings pools are read in a walk. Default 2; 0 for none.</summary>
    public int EarningsRounds { get; init; } = 2;

    /// <summary>The hosts alone: paths may hold keys.</summary>
    public override string ToString() => $"chain {ChainId} through {string.Join(", ", Endpoints.Select(e => e.IsAbsoluteUri ? e.Authority : "?"))}";

    /// <summary>Refuses options that make no sense; no message repeats an address.</summary>
    /// <exception cref="ArgumentException">One of them.</exception>
    public void Validate()
    {
        if (Endpoints.IsDefaultOrEmpty) throw new ArgumentException("At least one RPC endpoint is needed.");
        for (var i = 0; i < Endpoints.Length; i++)
        {
            if (!Endpoints[i].IsAbsoluteUri || (Endpoints[i].Scheme != Uri.UriSchemeHttp && Endpoints[i].Scheme != Uri.UriSchemeHttps))
                throw new ArgumentException($"RPC endpoint {i + 1} is not an http or https address.");
        }

        if (ChainId <= 0) throw new ArgumentException("The chain id must be above 0.");
        if (RequestTimeout <= TimeSpan.Zero || RetryDelay < TimeSpan.Zero || DemotedFor < TimeSpan.Zero)
            throw new ArgumentException("RPC times must not be negative, and the timeout must be above 0.");
        if (Retries < 0) throw new ArgumentException($"RPC retries are {Retries}; 0 or more are expected.");
        if (MaxBatch < 1) throw new ArgumentException($"The RPC batch is {MaxBatch}; 1 or more is expected.");
        if (MaxAnswerBytes < 1024) throw new ArgumentException($"RPC answers are limited to {MaxAnswerBytes} bytes; 1024 or more are expected.");
        if (EarningsRounds is < 0 or > 100) throw new ArgumentException($"{EarningsRounds} earnings rounds are asked for; 0 to 100 are expected.");
    }
}
