using System.Text;
using Monitoring.Core;
using Monitoring.Ethereum;

namespace Monitoring.Livepeer;

/// <summary>Pays with probabilistic tickets out of a deposit on the chain (protocol reference, section 3).</summary>
public sealed class OnChainPaymaster : IPaymaster
{
    private OnChainPaymaster(
        GatewayIdentity identity, ISigner signer, SenderWatch watch, IReserveCheck reserve, IActivityCheck activity, INonceLedger ledger, PaymentLimits limits, TimeProvider time)
    {
        Identity = identity;
        Signer = signer;
        Watch = watch;
        Reserve = reserve;
        Activity = activity;
        Ledger = ledger;
        Limits = limits;
        Time = time;
        Credit = new CreditBook(time);
    }

    /// <inheritdoc />
    public GatewayIdentity Identity { get; }

    internal ISigner Signer { get; }

    internal SenderWatch Watch { get; }

    internal IReserveCheck Reserve { get; }

    internal IActivityCheck Activity { get; }

    internal INonceLedger Ledger { get; }

    internal PaymentLimits Limits { get; }

    internal TimeProvider Time { get; }

    internal CreditBook Credit { get; }

    /// <summary>Makes a paymaster and signs its introduction, once for all orchestrators (protocol reference, 1.5).</summary>
    /// <param name="signer">Holds the key.</param>
    /// <param name="watch">Our view of the chain.</param>
    /// <param name="reserve">Confirms what orchestrators say of our reserve.</param>
    /// <param name="activity">Confirms what orchestrators say of their own activity.</param>
    /// <param name="ledger">Hands out nonces.</param>
    /// <param name="limits">What is never signed.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the wait for the signer.</param>
    /// <exception cref="ArgumentException">A limit is out of range; the message lists all that are.</exception>
    public static async Task<OnChainPaymaster> CreateAsync(
        ISigner signer, SenderWatch watch, IReserveCheck reserve, IActivityCheck activity, INonceLedger ledger, PaymentLimits limits, TimeProvider time,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(signer);
        ArgumentNullException.ThrowIfNull(limits);
        ArgumentNullException.ThrowIfNull(time);
        var problems = string.Join(' ', limits.Problems());
        if (problems.Length > 0) throw new ArgumentException(problems, nameof(limits));
        var text = Encoding.ASCII.GetBytes(signer.Address.ToChecksumString());
        var signature = await signer.SignPersonalAsync(Keccak256.Hash(text), cancellationToken);
        return new OnChainPaymaster(
            new GatewayIdentity(signer.Address.ToByteArray(), signature.ToBytes()), signer, watch, reserve, activity, ledger, limits, time);
    }

    /// <inheritdoc />
    public IPurse Open(TestJob job)
    {
        ArgumentNullException.ThrowIfNull(job);
        return new OnChainPurse(this, job);
    }
}
