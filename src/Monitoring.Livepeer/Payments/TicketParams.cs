using System.Numerics;
using Google.Protobuf;
using Monitoring.Core;
using Monitoring.Ethereum;

namespace Monitoring.Livepeer;

/// <summary>
/// What an orchestrator wants on its tickets, parsed and bounded (protocol reference, 1.4 and 3.4). Every number fits into 256 bits; what is
/// sensible among them is decided by <see cref="SenderChecks"/>.
/// </summary>
public sealed record TicketParams
{
    private const int WordLength = 32;

    /// <summary>Who is paid.</summary>
    public required Address Recipient { get; init; }

    /// <summary>What a winning ticket costs, wei.</summary>
    public required BigInteger FaceValue { get; init; }

    /// <summary>The chance to win, over 2^256 - 1.</summary>
    public required BigInteger WinProb { get; init; }

    /// <summary>The commitment to the number that decides about winning, 32 bytes. Nonces are counted for each.</summary>
    public required Hash32 RecipientRandHash { get; init; }

    /// <summary>The recipient's own mark, from which it finds that number again.</summary>
    public required BigInteger Seed { get; init; }

    /// <summary>The L1 block from which the parameters are void.</summary>
    public required BigInteger ExpirationBlock { get; init; }

    /// <summary>The round of creation; 0 when the orchestrator named none.</summary>
    public required long CreationRound { get; init; }

    /// <summary>The hash of that round's block; zero when the orchestrator named none.</summary>
    public required Hash32 CreationRoundBlockHash { get; init; }

    /// <summary>The expected value of one ticket, wei, exact.</summary>
    public Rational ExpectedValue => Ticket.ExpectedValueOf(FaceValue, WinProb);

    /// <summary>Reads the message.</summary>
    /// <param name="message">What the orchestrator sent.</param>
    /// <param name="parameters">The parameters.</param>
    /// <param name="problem">What is wrong with them; empty when nothing is.</param>
    internal static bool TryRead(Wire.TicketParams message, out TicketParams? parameters, out string problem)
    {
        parameters = null;
        problem = Problem(message);
        if (problem.Length > 0) return false;
        var expiration = message.ExpirationParams;
        parameters = new TicketParams
        {
            Recipient = Address.FromBytes(message.Recipient.Span),
            FaceValue = WireNumber.Read(message.FaceValue),
            WinProb = WireNumber.Read(message.WinProb),
            RecipientRandHash = Hash32.FromBytes(message.RecipientRandHash.Span),
            Seed = WireNumber.Read(message.Seed),
            ExpirationBlock = WireNumber.Read(message.ExpirationBlock),
            CreationRound = expiration?.CreationRound ?? 0,
            CreationRoundBlockHash = expiration?.CreationRoundBlockHash is { Length: WordLength } hash ? Hash32.FromBytes(hash.Span) : default,
        };
        return true;
    }

    /// <summary>Fields 1 to 6 for a payment. Field 7 stays empty there: the expiration parameters travel in the payment itself (3.8).</summary>
    internal Wire.TicketParams ToWire() => new()
    {
        Recipient = ByteString.CopyFrom(Recipient.ToByteArray()),
        FaceValue = WireNumber.Write(FaceValue),
        WinProb = WireNumber.Write(WinProb),
        RecipientRandHash = ByteString.CopyFrom(RecipientRandHash.ToByteArray()),
        Seed = WireNumber.Write(Seed),
        ExpirationBlock = WireNumber.Write(ExpirationBlock),
    };

    /// <summary>Field 3 of a payment.</summary>
    internal Wire.TicketExpirationParams ExpirationToWire() => new()
    {
        CreationRound = CreationRound,
        CreationRoundBlockHash = ByteString.CopyFrom(CreationRoundBlockHash.ToByteArray()),
    };

    private static string Problem(Wire.TicketParams message)
    {
        if (message.Recipient.Length != Address.ByteLength) return $"the ticket recipient has {message.Recipient.Length} bytes, not {Address.ByteLength}";
        if (!message.Recipient.Span.ContainsAnyExcept((byte)0)) return "the ticket recipient is the zero address";
        if (message.RecipientRandHash.Length != WordLength) return $"the recipientRandHash has {message.RecipientRandHash.Length} bytes, not {WordLength}";
        foreach (var (name, bytes) in new[]
                 {
                     ("faceValue", message.FaceValue), ("winProb", message.WinProb), ("seed", message.Seed), ("expirationBlock", message.ExpirationBlock),
                 })
        {
            if (bytes.Length > WordLength) return $"the {name} of the ticket parameters has {bytes.Length} bytes, more than {WordLength}";
        }

        if (message.ExpirationParams is not { } expiration) return "";
        if (expiration.CreationRound < 0) return FormattableString.Invariant($"the creation round is {expiration.CreationRound}");
        return expiration.CreationRoundBlockHash.Length is 0 or WordLength
            ? ""
            : $"the block hash of the creation round has {expiration.CreationRoundBlockHash.Length} bytes, not {WordLength}";
    }
}
