using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;
using Monitoring.Testing.Anvil;

namespace Monitoring.Ethereum.Tests.Anvil;

/// <summary>A ticket with the hash and signature that our code makes of it, and the calls that hand it to the contract (protocol section 3.3).</summary>
internal sealed record SignedTicket
{
    private const string Type = "(address,address,uint256,uint256,uint256,bytes32,bytes)";

    public required Address Recipient { get; init; }

    public required Address Sender { get; init; }

    public required BigInteger FaceValue { get; init; }

    public BigInteger WinProb { get; init; } = BigInteger.Pow(2, 256) - 1;

    public int Nonce { get; init; } = 1;

    public required BigInteger Rand { get; init; }

    public required byte[] AuxData { get; init; }

    public byte[] Signature { get; init; } = [];

    public BigInteger RevealedRand { get; init; }

    private byte[] RandHash => Keccak256.Hash(Word(Rand));

    /// <summary>The hash over the packed fields.</summary>
    public byte[] Hash() => Keccak256.Hash(
        [.. Recipient.ToByteArray(), .. Sender.ToByteArray(), .. Word(FaceValue), .. Word(WinProb), .. Word(Nonce), .. RandHash, .. AuxData]);

    public async Task<SignedTicket> SignAsync(ISigner signer) => this with
    {
        Signature = (await signer.SignPersonalAsync(Hash(), TestContext.Current.CancellationToken)).ToBytes(),
        RevealedRand = Rand,
    };

    public async Task<byte[]> HashOnChainAsync(LocalProtocol chain) => Word((await chain.TicketBroker.CallAsync($"getTicketHash({Type})", [Fields()]))[0]);

    /// <summary>Redeems it as anybody may; throws with the contract's reason.</summary>
    public Task<JsonObject> RedeemAsync(LocalProtocol chain) =>
        chain.TicketBroker.SendAsync($"redeemWinningTicket({Type},bytes,uint256)", Fields(), Signature, RevealedRand);

    public static byte[] AuxDataOf(BigInteger round, BigInteger blockHash) => [.. Word(round), .. Word(blockHash)];

    private object[] Fields() => [Recipient.ToString(), Sender.ToString(), FaceValue, WinProb, Nonce, "0x" + Convert.ToHexStringLower(RandHash), AuxData];

    private static byte[] Word(BigInteger number) =>
        Convert.FromHexString(AnvilNode.Hex(number).AsSpan(2).ToString().PadLeft(64, '0').ToUpper(CultureInfo.InvariantCulture));
}
