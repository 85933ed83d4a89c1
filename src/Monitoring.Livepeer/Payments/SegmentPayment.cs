using System.Numerics;
using Monitoring.Core;

namespace Monitoring.Livepeer;

/// <summary>
/// What accompanies one segment. Whoever sent the segment says once how it ended; only then is the credit of the session known again. The
/// first word counts.
/// </summary>
public sealed class SegmentPayment
{
    private readonly Func<PaymentEnd, BigInteger, Outcome>? _end;
    private int _ended;

    /// <summary>A payment.</summary>
    /// <param name="header">Value of <c>Livepeer-Payment</c>: base64 of a <c>Payment</c>, or empty.</param>
    /// <param name="signature">Value of <c>SegData.sig</c>: 65 bytes, or none.</param>
    /// <param name="charged">Whether the orchestrator charges for the segment.</param>
    /// <param name="end">Told how it ended, and with how many pixels; null when nobody wants to know.</param>
    public SegmentPayment(string header, ReadOnlyMemory<byte> signature, bool charged = false, Func<PaymentEnd, BigInteger, Outcome>? end = null)
    {
        Header = header;
        Signature = signature;
        Charged = charged;
        _end = end;
    }

    private SegmentPayment(Outcome refusal)
        : this("", ReadOnlyMemory<byte>.Empty) => Refusal = refusal;

    /// <summary>Completed, or why nothing was signed; then the segment must not be sent.</summary>
    public Outcome Refusal { get; } = new(OutcomeCode.Completed);

    /// <summary>Value of <c>Livepeer-Payment</c>.</summary>
    public string Header { get; }

    /// <summary>Value of <c>SegData.sig</c>.</summary>
    public ReadOnlyMemory<byte> Signature { get; }

    /// <summary>True when the orchestrator charges for the segment, by new tickets or from credit.</summary>
    public bool Charged { get; }

    /// <summary>A payment that was not made.</summary>
    public static SegmentPayment Refused(Outcome why) => new(why);

    /// <summary>The result holds renditions.</summary>
    /// <param name="pixels">The sum of the pixels that it charges for; it may be any number.</param>
    /// <returns>Completed, or what is wrong with the charge.</returns>
    public Outcome Delivered(BigInteger pixels) => End(PaymentEnd.Delivered, pixels);

    /// <summary>An answer came, but no renditions: an HTTP error, an error in the result, or a result that cannot be read.</summary>
    public void Failed() => End(PaymentEnd.Failed, BigInteger.Zero);

    /// <summary>No HTTP response at all.</summary>
    public void NoResponse() => End(PaymentEnd.NoResponse, BigInteger.Zero);

    private Outcome End(PaymentEnd end, BigInteger pixels) =>
        Interlocked.Exchange(ref _ended, 1) == 0 && _end is not null ? _end(end, pixels) : new Outcome(OutcomeCode.Completed);
}

/// <summary>How a payment ended (protocol reference, 3.7).</summary>
public enum PaymentEnd
{
    /// <summary>With renditions: what was not used up comes back as credit.</summary>
    Delivered,

    /// <summary>With an answer that brought nothing: the credit is spent.</summary>
    Failed,

    /// <summary>Without any answer: the credit from before is kept.</summary>
    NoResponse,
}
