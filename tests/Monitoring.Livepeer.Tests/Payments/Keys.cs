using Monitoring.Ethereum;

namespace Monitoring.Livepeer.Tests;

/// <summary>The throw-away keys of the vectors and the recording.</summary>
internal static class Keys
{
    public static LocalSigner Broadcaster { get; } = LocalSigner.FromPrivateKey(Fixture.Hex("0x4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318"));

    public static LocalSigner Orchestrator { get; } = LocalSigner.FromPrivateKey(Fixture.Hex("0x0000000000000000000000000000000000000000000000000000000000000002"));

    public static LocalSigner Recipient { get; } = LocalSigner.FromPrivateKey(Fixture.Hex("0x8da4ef21b864d2cc526dbdb2a120bd2874c36c9d0a1fb7f8c63d7f7a8b41de8f"));
}
