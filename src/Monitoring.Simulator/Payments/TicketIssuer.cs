using System.Numerics;
using System.Security.Cryptography;
using Google.Protobuf;
using Monitoring.Core;
using Monitoring.Ethereum;
using Monitoring.Livepeer.Wire;

namespace Monitoring.Simulator;

/// <summary>Makes the price and the ticket parameters of an info (protocol sections 3.1 and 3.4), and makes them badly where it should.</summary>
internal sealed class TicketIssuer(Address recipient, Rational price, OnChainOptions options, RecipientRand rand, Func<Behaviour> behaviour)
{
    /// <summary>Parameters are good for so many L1 blocks.</summary>
    private const int ValidBlocks = 40;

    private const int OversizedBytes = 4096;

    private readonly TicketPolicy _policy = new(options.TicketEv, options.RedeemGas, options.MaxFaceValue);

    /// <summary>Fills the info for a sender.</summary>
    /// <returns>What keeps it from doing so, in the orchestrator's words; null if nothing does.</returns>
    public async ValueTask<string?> CompleteAsync(OrchestratorInfo info, Address sender, SessionStage? stage, Rational? pinned, CancellationToken cancellation)
    {
        var acting = behaviour();
        if (acting.Payment == PaymentFault.ClaimsNoReserve) return TicketPolicy.InsufficientReserve;
        ChainFacts facts;
        SenderFacts account;
        try
        {
            facts = await options.Chain.ReadAsync(cancellation);
            account = await options.Chain.ReadSenderAsync(sender, recipient, cancellation);
        }
        catch (ChainException e)
        {
            return "GetSenderInfo RPC call to remote node failed: " + e.Message;
        }

        // Nothing is ever pending: who redeems winning tickets here is a test, and it does so at once.
        var maxFloat = account.MaxFloat(facts.PoolSize, pending: 0);
        var own = acting.WeiPerPixel is { } other ? other : price;
        if ((pinned ?? (options.AdjustsPrice ? _policy.StatedPrice(own, facts.GasPrice, maxFloat) : own)) is not { } agreed) return TicketPolicy.InsufficientReserve;
        agreed *= acting.PriceFactorAfter(stage?.Results ?? 0);

        var stated = StatedPrice(acting.Payment, agreed, stage);
        if (!Fits(stated.Numerator) || !Fits(stated.Denominator)) return "price cannot be converted to int64";
        if ((agreed.Sign > 0 ? _policy.FaceValue(facts.GasPrice, maxFloat) : BigInteger.Zero) is not { } faceValue) return TicketPolicy.InsufficientReserve;

        info.PriceInfo = new PriceInfo { PricePerUnit = (long)stated.Numerator, PixelsPerUnit = (long)stated.Denominator };
        var bound = acting.Payment is PaymentFault.WrongPrice or PaymentFault.MixedParams ? agreed : stated;
        info.TicketParams = Issue(acting.Payment, sender, faceValue, bound, facts);
        return null;
    }

    private static bool Fits(BigInteger number) => number >= long.MinValue && number <= long.MaxValue;

    private static Rational StatedPrice(PaymentFault fault, Rational agreed, SessionStage? stage) => fault switch
    {
        PaymentFault.WrongPrice => agreed * new Rational(9, 10),
        PaymentFault.MixedParams when stage is not null => agreed * new Rational(11, 10),
        PaymentFault.NegativePrice => -agreed,
        _ => agreed,
    };

    private TicketParams Issue(PaymentFault fault, Address sender, BigInteger faceValue, Rational bound, ChainFacts facts)
    {
        var seed = fault == PaymentFault.RepeatsParams ? BigInteger.One : BigEndian.Read(RandomNumberGenerator.GetBytes(32));
        (faceValue, var winProb) = Terms(fault, faceValue);
        var expirationBlock = fault == PaymentFault.ExpiredParams ? BigInteger.Max(1, facts.L1Block - 1) : facts.L1Block + ValidBlocks;
        var (round, blockHash) = facts.RoundBlockHash.IsZero ? (facts.Round - 1, facts.PreviousRoundBlockHash) : (facts.Round, facts.RoundBlockHash);
        var number = rand.Of(seed, sender, faceValue, winProb, expirationBlock, bound, ReceivedTicket.AuxDataOf(round, blockHash));
        return new TicketParams
        {
            Recipient = ByteString.CopyFrom(recipient.ToByteArray()),
            FaceValue = Bytes(faceValue),
            WinProb = Bytes(winProb),
            RecipientRandHash = ByteString.CopyFrom(RecipientRand.HashOf(fault == PaymentFault.WrongRecipientRand ? number + 1 : number).ToByteArray()),
            Seed = Bytes(seed),
            ExpirationBlock = Bytes(expirationBlock),
            ExpirationParams = new TicketExpirationParams { CreationRound = round, CreationRoundBlockHash = ByteString.CopyFrom(blockHash.ToByteArray()) },
        };
    }

    private (BigInteger FaceValue, BigInteger WinProb) Terms(PaymentFault fault, BigInteger faceValue)
    {
        switch (fault)
        {
            case PaymentFault.AbsurdFaceValue:
                faceValue = BigInteger.Pow(10, 24);
                return (faceValue, _policy.WinProb(faceValue));
            case PaymentFault.AbsurdTicketValue:
                return (BigInteger.Pow(10, 18), ReceivedTicket.MaxWinProb / 2);
            case PaymentFault.OversizedNumbers:
                var oversized = BigInteger.Pow(2, 8 * OversizedBytes) - 1;
                return (oversized, oversized);
            default:
                return (faceValue, _policy.WinProb(faceValue));
        }
    }

    private static ByteString Bytes(BigInteger value) => ByteString.CopyFrom(BigEndian.Minimal(value));
}
