using Monitoring.Core;
using Monitoring.Ethereum;

namespace Monitoring.Livepeer;

/// <summary>Section <c>Chain</c>.</summary>
/// <param name="RpcUrls">JSON-RPC endpoints, the preferred one first; at least one.</param>
/// <param name="Controller">The contract that names the protocol's others.</param>
/// <param name="Id">The chain that the endpoints must serve.</param>
public sealed record ChainSettings(ImmutableArray<Uri> RpcUrls, Address Controller, long Id)
{
    /// <summary>Arbitrum One, where the protocol lives.</summary>
    public const int ArbitrumOne = 42_161;

    /// <summary>What a client of the chain is opened with.</summary>
    public ChainOptions Options => new() { Endpoints = RpcUrls, Controller = Controller, ChainId = Id };

    /// <summary>The controller there (protocol section 4.1).</summary>
    public static Address ArbitrumController { get; } = Address.Parse("0xD8E8328501E9645d16Cf49539efC04f734606ee4");
}

/// <summary>Section <c>Wallet</c>: where the key is. Exactly one of the three.</summary>
/// <param name="Key">The key itself, 64 hex digits, from the environment.</param>
/// <param name="KeyFile">A file with 64 hex digits.</param>
/// <param name="Keystore">A password-protected key file of version 3.</param>
/// <param name="PasswordFile">The file that holds its password.</param>
public sealed record WalletOptions(Secret? Key, string? KeyFile, string? Keystore, string? PasswordFile);
