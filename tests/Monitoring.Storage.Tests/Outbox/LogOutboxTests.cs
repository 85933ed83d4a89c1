namespace Monitoring.Storage.Tests.Outbox;

/// <summary>An outbox in a file.</summary>
public sealed class LogOutboxTests : OutboxContract
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
    private readonly TemporaryFolder _folder = new();

    private string File => _folder.File("outbox.jsonl");

    [Fact]
    public async Task Others_can_read_the_dead_letters_meanwhile()
    {
        await using var outbox = await LogOutbox.OpenAsync(_folder.File("other.jsonl"), new OutboxBounds(), null, Cancel);
        var owed = (await outbox.AddAsync(Opened(1), [new("pager", "")], Now, Cancel)).Single();
        await outbox.BuryAsync(new DeadLetter(owed, Now, 404, "no such hook"), Cancel);
        var seen = Assert.Single(await LogOutbox.ReadDeadAsync(_folder.File("other.jsonl"), Cancel));
        Assert.Equal((404, "no such hook"), (seen.Status, seen.Why));
    }

    protected override Task<LogOutbox> OpenAsync(OutboxBounds bounds) => LogOutbox.OpenAsync(File, bounds, null, Cancel);

    protected override ValueTask CloseAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
