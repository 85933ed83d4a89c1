using Monitoring.Core;
using Monitoring.Ethereum;

namespace Monitoring.Livepeer;

/// <summary>A key with everything that pays out of it: the chain that holds the funds, the journal of what was signed, the paymaster of the region.</summary>
public sealed class OpenedWallet : IDisposable
{
    /// <summary>The journal's name in the directory of what is kept.</summary>
    private const string JournalFile = "spend.jsonl";

    private readonly LoadedKey _key;
    private readonly SpendJournalFile _journal;
    private readonly ReserveCheck _reserve;
    private readonly ActivityCheck _activity;
    private readonly TicketLedger _ledger;

    private OpenedWallet(LoadedKey key, SpendJournalFile journal, TicketLedger ledger, SenderWatch watch, ReserveCheck reserve, ActivityCheck activity, IPaymaster paymaster)
    {
        _key = key;
        _journal = journal;
        _ledger = ledger;
        _reserve = reserve;
        _activity = activity;
        Watch = watch;
        Paymaster = paymaster;
    }

    /// <summary>Who pays.</summary>
    public Address Address => _key.Signer.Address;

    /// <summary>Our funds, as the chain has them.</summary>
    public SenderWatch Watch { get; }

    /// <summary>Whether orchestrators would refuse our reserve.</summary>
    public IReserveCheck Reserve => _reserve;

    /// <summary>Pays for the tests of the region.</summary>
    public IPaymaster Paymaster { get; }

    /// <summary>Expected value signed in the UTC day that it is now, wei.</summary>
    public Rational SpentToday() => _ledger.SpentToday();

    /// <summary>Opens the journal and signs our introduction.</summary>
    /// <param name="key">The key; the wallet disposes of it, also when it cannot be opened.</param>
    /// <param name="chain">The chain; it outlives the wallet.</param>
    /// <param name="caps">Of them the region's day, which the region itself keeps.</param>
    /// <param name="directory">Where what is kept lies.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="IOException">The journal cannot be opened.</exception>
    /// <exception cref="InvalidDataException">The journal is damaged; nothing may be signed before somebody looked at it.</exception>
    public static async Task<OpenedWallet> OpenAsync(LoadedKey key, IChain chain, SpendCaps caps, string directory, TimeProvider time, CancellationToken cancellationToken)
    {
        SpendJournalFile? journal = null;
        try
        {
            journal = SpendJournalFile.Open(JournalIn(directory), time);
            var ledger = new TicketLedger(journal, journal.Written, time);
            var watch = new SenderWatch(chain, key.Signer.Address, time);
            var reserve = new ReserveCheck(chain, watch, time);
            var activity = new ActivityCheck(chain, time);
            var paymaster = await OnChainPaymaster.CreateAsync(key.Signer, watch, reserve, activity, ledger, new PaymentLimits { MaxPerDay = caps.PerRegionDay }, time, cancellationToken);
            return new OpenedWallet(key, journal, ledger, watch, reserve, activity, paymaster);
        }
        catch
        {
            journal?.Dispose();
            key.Dispose();
            throw;
        }
    }

    /// <summary>Where the journal of a monitor with this directory is.</summary>
    public static string JournalIn(string directory) => Path.Combine(directory, JournalFile);

    /// <inheritdoc />
    public void Dispose()
    {
        _reserve.Dispose();
        _activity.Dispose();
        _ledger.Dispose();
        _journal.Dispose();
        _key.Dispose();
    }
}
