using System.Numerics;
using Monitoring.Core;
using Monitoring.Ethereum;

namespace Monitoring.Livepeer.Tests;

/// <summary>The ledger of nonces and its journal.</summary>
public sealed class Nonces_are_never_used_twice : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), "spend-" + Path.GetRandomFileName());
    private readonly FakeClock _clock = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_batch_follows_the_one_before_over_a_restart()
    {
        using (var file = SpendJournalFile.Open(_path, _clock))
        {
            using var ledger = new TicketLedger(file, file.Written, _clock);
            Assert.Equal(1u, (await ledger.TakeAsync(Request(3), Token)).First);
            Assert.Equal(4u, (await ledger.TakeAsync(Request(1), Token)).First);
            Assert.Equal(1u, (await ledger.TakeAsync(Request(1, rand: 2), Token)).First);
        }

        using (var file = SpendJournalFile.Open(_path, _clock))
        {
            using var ledger = new TicketLedger(file, file.Written, _clock);
            Assert.Equal(5u, (await ledger.TakeAsync(Request(1), Token)).First);
            Assert.Equal(2u, (await ledger.TakeAsync(Request(1, rand: 2), Token)).First);
            Assert.Equal(7, ledger.SpentBy(TestId.OnDemand("1")).Tickets);
            Assert.Equal((Rational)70, ledger.SpentToday());
        }
    }

    [Fact]
    public async Task The_entry_is_on_disk_before_the_nonces_are_handed_out()
    {
        using var file = SpendJournalFile.Open(_path, _clock);
        using var ledger = new TicketLedger(file, file.Written, _clock);
        await ledger.TakeAsync(Request(3), Token);
        Assert.Single(await ReadLinesAsync());
    }

    [Fact]
    public async Task Six_hundred_nonces_are_all_there_are()
    {
        using var file = SpendJournalFile.Open(_path, _clock);
        using var ledger = new TicketLedger(file, file.Written, _clock);
        Assert.Equal(1u, (await ledger.TakeAsync(Request(599), Token)).First);
        Assert.Equal(GrantRefusal.Nonces, (await ledger.TakeAsync(Request(2), Token)).Refusal);
        Assert.Equal(600u, (await ledger.TakeAsync(Request(1), Token)).First);
        Assert.Equal(0, ledger.NoncesLeft(Rand(1)));
        Assert.Equal(GrantRefusal.Nonces, (await ledger.TakeAsync(Request(1), Token)).Refusal);
    }

    [Fact]
    public async Task The_allowance_and_the_day_hold_over_a_restart_and_the_next_day_is_new()
    {
        for (var i = 0; i < 2; i++)
        {
            using var file = SpendJournalFile.Open(_path, _clock);
            using var ledger = new TicketLedger(file, file.Written, _clock);
            var grant = await ledger.TakeAsync(Request(5, allowance: 70), Token);
            Assert.Equal(i == 0 ? GrantRefusal.None : GrantRefusal.Allowance, grant.Refusal);
        }

        using var last = SpendJournalFile.Open(_path, _clock);
        using var days = new TicketLedger(last, last.Written, _clock);
        Assert.Equal(GrantRefusal.None, (await days.TakeAsync(Request(2, allowance: 70), Token)).Refusal);
        Assert.Equal(GrantRefusal.Day, (await days.TakeAsync(Request(1, test: "2", day: 79), Token)).Refusal);
        Assert.Equal(GrantRefusal.None, (await days.TakeAsync(Request(1, test: "2", day: 80), Token)).Refusal);
        _clock.Now = _clock.Now.AddHours(12);
        Assert.Equal(GrantRefusal.None, (await days.TakeAsync(Request(7, test: "3", day: 79), Token)).Refusal);
    }

    [Fact]
    public async Task A_write_that_fails_burns_its_nonces()
    {
        var broken = new Broken();
        using var ledger = new TicketLedger(broken, [], _clock);
        await Assert.ThrowsAsync<IOException>(async () => await ledger.TakeAsync(Request(3), Token));
        broken.Works = true;
        Assert.Equal(4u, (await ledger.TakeAsync(Request(1), Token)).First);
    }

    [Fact]
    public async Task Old_entries_are_forgotten_but_never_those_of_parameters_still_in_use()
    {
        var journal = new Broken { Works = true };
        using var ledger = new TicketLedger(journal, [], _clock);
        await ledger.TakeAsync(Request(3), Token);
        await ledger.TakeAsync(Request(3, rand: 2), Token);
        _clock.Now += TicketLedger.Memory - TimeSpan.FromHours(1);
        await ledger.TakeAsync(Request(1), Token);
        _clock.Now += TimeSpan.FromHours(2);
        Assert.Equal(5u, (await ledger.TakeAsync(Request(1), Token)).First);
        Assert.Equal(TicketLedger.MaximumNonces, ledger.NoncesLeft(Rand(2)));
        Assert.Equal(2, ledger.SpentBy(TestId.OnDemand("1")).Tickets);
    }

    [Fact]
    public async Task A_torn_last_line_is_dropped_and_damage_before_it_stops_the_start()
    {
        using (var file = SpendJournalFile.Open(_path, _clock))
        {
            using var ledger = new TicketLedger(file, file.Written, _clock);
            for (var i = 0; i < 3; i++) await ledger.TakeAsync(Request(1), Token);
        }

        var whole = await File.ReadAllBytesAsync(_path, Token);
        for (var cut = 1; cut < 40; cut += 13)
        {
            await File.WriteAllBytesAsync(_path, whole[..^cut], Token);
            using var file = SpendJournalFile.Open(_path, _clock);
            Assert.Equal(2, file.Written.Length);
        }

        whole[20] ^= 0x20;
        await File.WriteAllBytesAsync(_path, whole, Token);
        Assert.Contains("Line 1", Assert.Throws<InvalidDataException>(() => SpendJournalFile.Open(_path, _clock)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_process_at_a_time_has_the_journal()
    {
        using var first = SpendJournalFile.Open(_path, _clock);
        Assert.Throws<IOException>(() => SpendJournalFile.Open(_path, _clock));
    }

    [Fact]
    public async Task What_is_outlived_is_left_out()
    {
        using (var file = SpendJournalFile.Open(_path, _clock))
        {
            using var ledger = new TicketLedger(file, file.Written, _clock);
            await ledger.TakeAsync(Request(1), Token);
        }

        _clock.Now += TicketLedger.Memory + TimeSpan.FromSeconds(1);
        using var later = SpendJournalFile.Open(_path, _clock);
        Assert.Empty(later.Written);
        Assert.Empty(await ReadLinesAsync());
    }

    public void Dispose()
    {
        foreach (var suffix in new[] { "", ".lock", ".new" }) File.Delete(_path + suffix);
    }

    private static Hash32 Rand(byte number) => Hash32.FromBytes(Keccak256.Hash([number]));

    private static NonceRequest Request(int count, byte rand = 1, long allowance = long.MaxValue, string test = "1", long? day = null) => new(
        TestId.OnDemand(test), OrchestratorId.Parse("0x00000000000000000000000000000000000000aa"), Keys.Recipient.Address, Rand(rand), count, 10, allowance, day is { } most ? new BigInteger(most) : null);

    private async Task<string[]> ReadLinesAsync()
    {
        await using var stream = new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return (await reader.ReadToEndAsync(Token)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private sealed class Broken : ISpendJournal
    {
        public bool Works { get; set; }

        public ValueTask AppendAsync(SpendEntry entry, CancellationToken cancellationToken) => Works ? ValueTask.CompletedTask : throw new IOException("the disk is full");
    }
}
