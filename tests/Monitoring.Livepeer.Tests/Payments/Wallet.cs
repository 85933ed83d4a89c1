using System.Numerics;
using Google.Protobuf;
using Monitoring.Core;
using Monitoring.Ethereum;

namespace Monitoring.Livepeer.Tests;

/// <summary>A funded wallet over a fake chain, and the orders and parameters that tests pay by.</summary>
internal sealed class Wallet : ISpendJournal
{
    public static readonly BigInteger TicketEv = 8_000_000_000;

    private int _seed;

    private readonly ISigner _signer;

    private Wallet(TimeProvider time, ISigner signer)
    {
        Time = time;
        _signer = signer;
        Watch = new SenderWatch(Chain, Keys.Broadcaster.Address, time);
    }

    public TimeProvider Time { get; }

    public FakeChain Chain { get; } = new();

    public SenderWatch Watch { get; }

    public List<SpendEntry> Journal { get; } = [];

    /// <summary>Throws in place of writing; it may write before.</summary>
    public Action<SpendEntry>? OnAppend { get; set; }

    public OnChainPaymaster Paymaster { get; private set; } = null!;

    public static async Task<Wallet> OpenAsync(TimeProvider? time = null, PaymentLimits? limits = null, IEnumerable<SpendEntry>? journal = null, ISigner? signer = null)
    {
        var wallet = new Wallet(time ?? TimeProvider.System, signer ?? Keys.Broadcaster);
        wallet.Journal.AddRange(journal ?? []);
        await wallet.RestartAsync(limits);
        return wallet;
    }

    /// <summary>A new process on the same journal.</summary>
    public async Task RestartAsync(PaymentLimits? limits = null) => Paymaster = await OnChainPaymaster.CreateAsync(
        _signer, Watch, new ReserveCheck(Chain, Watch, Time), new ActivityCheck(Chain, Time), new TicketLedger(this, [.. Journal], Time), limits ?? new PaymentLimits(), Time,
        TestContext.Current.CancellationToken);

    public ValueTask AppendAsync(SpendEntry entry, CancellationToken cancellationToken)
    {
        OnAppend?.Invoke(entry);
        Journal.Add(entry);
        return ValueTask.CompletedTask;
    }

    public static TestJob Job(BigInteger? allowance, string mark = "1", string uri = "https://127.0.0.1:1") => Gateway.Job(uri) with { Id = TestId.OnDemand(mark), Allowance = allowance };

    /// <summary>Parameters whose tickets are worth at least <see cref="TicketEv"/> each, as an orchestrator makes them (3.4).</summary>
    public Wire.TicketParams Params(BigInteger? faceValue = null, long expirationBlock = 1040, BigInteger? ev = null)
    {
        var face = faceValue ?? 3_500_000_000_000_000;
        return new Wire.TicketParams
        {
            Recipient = ByteString.CopyFrom(Keys.Recipient.Address.ToByteArray()),
            FaceValue = WireNumber.Write(face),
            WinProb = WireNumber.Write((ev ?? TicketEv) * ((Ticket.MaxWinProb / face) + 1)),
            RecipientRandHash = ByteString.CopyFrom(Keccak256.Hash(BitConverter.GetBytes(++_seed))),
            Seed = WireNumber.Write(_seed),
            ExpirationBlock = WireNumber.Write(expirationBlock),
            ExpirationParams = new Wire.TicketExpirationParams { CreationRound = 42, CreationRoundBlockHash = ByteString.CopyFrom(Keccak256.Hash([42])) },
        };
    }

    public OrchestratorSession Session(Wire.TicketParams? parameters = null, long price = 707, string id = "b3f3904c")
    {
        var info = Info(parameters ?? Params(), price, id);
        Assert.True(OrchestratorSession.TryRead(info, out var session, out var fault), fault.Detail);
        return session!;
    }

    public Wire.OrchestratorInfo Info(Wire.TicketParams? parameters, long price, string id = "b3f3904c")
    {
        var recorded = Fixture.Hex(Fixture.Exchange("onchain", "GetOrchestrator").GetProperty("response").GetProperty("body_hex"));
        var info = Wire.OrchestratorInfo.Parser.ParseFrom(recorded.AsSpan(5));
        info.TicketParams = parameters;
        info.PriceInfo = new Wire.PriceInfo { PricePerUnit = price, PixelsPerUnit = 1 };
        info.AuthToken.SessionId = id;
        info.AuthToken.Expiration = Time.GetUtcNow().AddMinutes(30).ToUnixTimeSeconds();
        return info;
    }

    public static ValueTask<SegmentPayment> PayAsync(IPurse purse, OrchestratorSession session, int segment = 0) =>
        purse.PayAsync(session, Clip.Embedded.Segments[segment], RenditionProfile.StreamTest, new byte[] { 1, 2, 3 }, TestContext.Current.CancellationToken);

    public static Wire.Payment Message(SegmentPayment payment) => Wire.Payment.Parser.ParseFrom(Convert.FromBase64String(payment.Header));

    public static BigInteger Pixels(int segment = 0) => Fees.EstimatePixels(RenditionProfile.StreamTest, Clip.Embedded.Segments[segment].Duration);

    public static StreamOrder Order(int segments = 1) => new(
        [.. Clip.Embedded.Segments.Take(segments).Select(segment => segment.Duration)], RenditionProfile.StreamTest, 1);
}
