using System.Numerics;
using Monitoring.Core;
using Monitoring.Ethereum;

namespace Monitoring.Livepeer.Tests;

/// <summary>
/// The laws of paying, over long random sessions against <see cref="BooksOfAnOrchestrator"/>: our credit is never more than the
/// orchestrator's books say, and exactly that where nothing went wrong; nobody ever answers "Insufficient balance"; no nonce comes twice; no
/// test spends more than its allowance and no day more than its cap. The process is killed at random instants and goes on from its journal.
/// </summary>
public sealed class Long_sessions_keep_their_books
{
    private static readonly BigInteger DayCap = 60_000_000_000_000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Credit_never_drifts_and_nothing_is_signed_beyond_a_cap(int seed)
    {
        var run = new Run(seed, await Wallet.OpenAsync(new FakeClock(), new PaymentLimits { MaxPerDay = DayCap }, signer: new StampSigner()));
        for (var step = 0; step < 1000; step++) await run.StepAsync();
        run.CheckEverything();
        run.HasSeenEverything();
    }

    [Fact]
    public async Task Two_segments_in_flight_do_not_share_their_credit()
    {
        var wallet = await Wallet.OpenAsync(new FakeClock(), signer: new StampSigner());
        var books = new BooksOfAnOrchestrator(wallet.Chain);
        var info = wallet.Info(wallet.Params(), 707, "s");
        books.HandOut(info);
        Assert.True(OrchestratorSession.TryRead(info, out var session, out _));
        var purse = wallet.Paymaster.Open(Wallet.Job(1_000_000_000_000_000));
        for (var round = 0; round < 20; round++)
        {
            var pair = await Task.WhenAll(Wallet.PayAsync(purse, session!).AsTask(), Wallet.PayAsync(purse, session!).AsTask());
            foreach (var payment in pair)
            {
                Assert.Equal("", books.Take("s", Wallet.Message(payment)));
                books.Debit("s", Wallet.Pixels(), info.PriceInfo);
                payment.Delivered(Wallet.Pixels());
            }

            Assert.Equal(books.Balance("s"), wallet.Paymaster.Credit.Balance(new CreditKey(Keys.Recipient.Address, "s")));
        }
    }

    private sealed class Run(int seed, Wallet wallet)
    {
        private readonly Random _random = new(seed);
        private readonly HashSet<string> _happened = [];
        private readonly BooksOfAnOrchestrator _books = new(wallet.Chain);
        private readonly Dictionary<TestId, BigInteger> _allowances = [];
        private readonly FakeClock _clock = (FakeClock)wallet.Time;
        private readonly DateTimeOffset _start = wallet.Time.GetUtcNow();
        private OrchestratorSession? _session;
        private IPurse? _purse;
        private TestId _test;
        private bool _isClean;
        private bool _isSilent;
        private int _number;
        private long _price;

        public async Task StepAsync()
        {
            _clock.Now += TimeSpan.FromSeconds(_random.Next(300) == 0 ? 40_000 : 2);
            wallet.Chain.L1Block = 1000 + (long)((_clock.Now - _start).TotalSeconds / 12);
            if (_purse is null || _random.Next(40) == 0) OpenTest();
            if (_session is null || _random.Next(60) == 0 || _purse!.NeedsRefresh(_session)) OpenSession();

            var session = _session!;
            var died = _random.Next(25) == 0;
            if (died) Arm();
            SegmentPayment payment;
            try
            {
                payment = await Wallet.PayAsync(_purse!, session, _random.Next(15));
            }
            catch (Killed)
            {
                await RestartAsync();
                return;
            }

            wallet.OnAppend = null;
            if (payment.Refusal.Code != OutcomeCode.Completed)
            {
                // Out of money by a cap of ours, or parameters that ran out meanwhile: nothing else is ever refused here.
                Assert.True(
                    payment.Refusal.Code == OutcomeCode.SpendCap || payment.Refusal.Detail.StartsWith(SenderChecks.Expired, StringComparison.Ordinal) || payment.Refusal.Detail.Contains("nonces", StringComparison.Ordinal),
                    payment.Refusal.ToString());
                _happened.Add(payment.Refusal.Code.ToString());
                if (payment.Refusal.Code == OutcomeCode.SpendCap) OpenTest();
                else OpenSession();
                Check();
                return;
            }

            if (_random.Next(30) == 0)
            {
                // Killed while the segment is on its way: its tickets may arrive, and nobody ever hears how it ended.
                if (_random.Next(2) == 0) _books.Take(session.AuthToken.SessionId, Wallet.Message(payment));
                _happened.Add("killed in flight");
                await RestartAsync();
                return;
            }

            if (payment.Charged) _isSilent = false;
            Send(session, payment);
            Check();
        }

        public void HasSeenEverything()
        {
            foreach (var thing in new[] { "SpendCap", "killed before the disk", "killed after the disk", "killed in flight", "delivered", "refused before payment", "error after payment", "lost before payment", "lost after payment", "lost after debit", "free", "clean" })
                Assert.Contains(thing, _happened);
        }

        private void Send(OrchestratorSession session, SegmentPayment payment)
        {
            var id = session.AuthToken.SessionId;
            var message = Wallet.Message(payment);
            if (!payment.Charged) _happened.Add("free");
            var fate = _random.Next(16);
            if (fate == 0)
            {
                payment.Failed();
                Spoil("refused before payment");
                return;
            }

            if (fate == 1)
            {
                payment.NoResponse();
                Spoil("lost before payment");
                return;
            }

            var error = _books.Take(id, message);
            Assert.True(error is "" or "TicketParams expired", error);
            var pixels = Wallet.Pixels() * _random.Next(90, 101) / 100;
            switch (fate)
            {
                case 2:
                    payment.NoResponse();
                    Spoil("lost after payment");
                    return;
                case 3:
                    _books.Debit(id, pixels, message.ExpectedPrice);
                    payment.NoResponse();
                    Spoil("lost after debit");
                    return;
                case 4:
                    payment.Failed();
                    Spoil("error after payment");
                    return;
                case 5: // a result that breaks off after the charge
                    _books.Debit(id, pixels, message.ExpectedPrice);
                    payment.Failed();
                    Spoil("error after payment");
                    return;
            }

            if (error.Length > 0)
            {
                payment.Failed();
                Spoil("error after payment");
                OpenSession();
                return;
            }

            _books.Debit(id, pixels, message.ExpectedPrice);
            Assert.Equal(OutcomeCode.Completed, payment.Delivered(pixels).Code);
            _happened.Add("delivered");
            NextInfo(session);
        }

        // What the result says: mostly fresh parameters, a price that creeps, doubles or falls to nothing.
        private void NextInfo(OrchestratorSession session)
        {
            if (_random.Next(4) == 0) return;
            var first = (long)session.InitialPrice!.Value.Numerator;
            _price = _random.Next(12) switch
            {
                0 => first * 2,
                1 => 0,
                2 => (first / 2) + 1,
                _ => first,
            };
            var info = Info(session.AuthToken.SessionId);
            _session = session.Refresh(info);
        }

        private Wire.OrchestratorInfo Info(string id)
        {
            var terms = wallet.Params(expirationBlock: wallet.Chain.L1Block + 40, ev: Wallet.TicketEv * _random.Next(1, 4));
            if (_price == 0) (terms.FaceValue, terms.WinProb) = (WireNumber.Write(0), WireNumber.Write(0));
            var info = wallet.Info(terms, _price, id);
            _books.HandOut(info);
            return info;
        }

        private void OpenTest()
        {
            _test = TestId.OnDemand("t" + ++_number);
            _allowances[_test] = _random.NextInt64(100_000_000_000, 4_000_000_000_000);
            _purse = wallet.Paymaster.Open(Wallet.Job(_allowances[_test], "t" + _number));
        }

        private void OpenSession()
        {
            _price = _random.Next(2) == 0 ? _random.Next(1, 60) : _random.Next(60, 900); // a ticket for many segments, or many tickets for one
            var info = Info("session-" + ++_number);
            Assert.True(OrchestratorSession.TryRead(info, out _session, out var fault), fault.Detail);
            (_isClean, _isSilent) = (true, false);
        }

        private void Spoil(string how)
        {
            _isClean = false;
            _isSilent |= how.StartsWith("lost", StringComparison.Ordinal);
            _happened.Add(how);
        }

        private void Check()
        {
            var id = _session!.AuthToken.SessionId;
            var ours = wallet.Paymaster.Credit.Balance(new CreditKey(Keys.Recipient.Address, id));
            // What the next segment counts on: after silence, nothing of a credit.
            var countedOn = _isSilent && ours.Sign > 0 ? Rational.Zero : ours;
            Assert.True(countedOn <= _books.Balance(id), $"we count on {countedOn.ToDecimalString(1)} where the orchestrator has {_books.Balance(id).ToDecimalString(1)}");
            if (_isClean)
            {
                Assert.Equal(_books.Balance(id), ours);
                if (ours.Sign != 0) _happened.Add("clean");
            }

            if (_random.Next(100) == 0) CheckEverything();
        }

        public void CheckEverything()
        {
            foreach (var (test, spent) in wallet.Journal.GroupBy(entry => entry.Test).Select(group => (group.Key, Sum(group)))) Assert.True(spent <= _allowances[test]);
            foreach (var day in wallet.Journal.GroupBy(entry => entry.At.UtcDateTime.Date)) Assert.True(Sum(day) <= DayCap);
            Assert.True(_books.Received <= Sum(wallet.Journal));
            Assert.Equal(wallet.Journal.Sum(entry => entry.Count), wallet.Journal.SelectMany(entry => Enumerable.Range((int)entry.FirstNonce, entry.Count).Select(nonce => (entry.RecipientRandHash, nonce))).Distinct().Count());
        }

        private static Rational Sum(IEnumerable<SpendEntry> entries) => entries.Aggregate(Rational.Zero, (sum, entry) => sum + entry.Total);

        private void Arm()
        {
            var written = _random.Next(2) == 0;
            wallet.OnAppend = entry =>
            {
                _happened.Add(written ? "killed after the disk" : "killed before the disk");
                if (written) wallet.Journal.Add(entry);
                throw new Killed();
            };
        }

        // Everything in memory is gone; the test goes on under its name, or another begins.
        private async Task RestartAsync()
        {
            wallet.OnAppend = null;
            await wallet.RestartAsync(new PaymentLimits { MaxPerDay = DayCap });
            _purse = wallet.Paymaster.Open(Wallet.Job(_allowances[_test], _test.Text["probe-".Length..]));
            if (_random.Next(2) == 0) OpenSession();
            else _isClean = false; // the same session and parameters, without the credit
        }
    }

    private sealed class Killed : Exception;

    /// <summary>Signs at once, with a stamp: what signatures are worth is proved elsewhere.</summary>
    private sealed class StampSigner : ISigner
    {
        private static readonly Signature Stamp = Read();

        public Address Address => Keys.Broadcaster.Address;

        public ValueTask<Signature> SignPersonalAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken) => ValueTask.FromResult(Stamp);

        public ValueTask<Signature> SignHashAsync(ReadOnlyMemory<byte> hash32, CancellationToken cancellationToken) => ValueTask.FromResult(Stamp);

        private static Signature Read() => Signature.TryParse([.. new byte[31], 1, .. new byte[31], 1, 27], out var stamp, out _) ? stamp : throw new InvalidOperationException("no stamp");
    }
}
