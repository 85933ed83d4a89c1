using System.Text.Json;
using System.Text.Json.Serialization;
using Monitoring.Core;
using Monitoring.Ethereum;

namespace Monitoring.Livepeer;

/// <summary>
/// The spend journal as one file of JSON lines, each on disk before <see cref="AppendAsync"/> returns. A last line that a crash cut short was
/// never answered for, so its tickets were never signed: it is dropped. Damage anywhere else stops the start, because nonces could repeat.
/// Opening it leaves out what <see cref="TicketLedger.Memory"/> has outlived. One process at a time has it open.
/// </summary>
public sealed class SpendJournalFile : ISpendJournal, IDisposable
{
    private const int MaximumLine = 4096;
    private const string TemporarySuffix = ".new";
    private readonly FileStream _lock;
    private readonly FileStream _file;

    private SpendJournalFile(FileStream held, FileStream file, ImmutableArray<SpendEntry> entries)
    {
        _lock = held;
        _file = file;
        Written = entries;
    }

    /// <summary>What was in the file when it was opened and still counts, in its order.</summary>
    public ImmutableArray<SpendEntry> Written { get; }

    /// <summary>Opens or creates the file.</summary>
    /// <param name="path">Where it lies; its folder exists.</param>
    /// <param name="time">The clock by which entries are outlived.</param>
    /// <exception cref="InvalidDataException">A line before the last is damaged; the message names it.</exception>
    /// <exception cref="IOException">The disk refused, or another process has the file open.</exception>
    public static SpendJournalFile Open(string path, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        path = Path.GetFullPath(path);
        // The lock is held by its own file, since the journal itself is replaced.
        var held = new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.None);
        try
        {
            var oldest = time.GetUtcNow() - TicketLedger.Memory;
            var entries = (File.Exists(path) ? Read(path) : []).Where(entry => entry.At >= oldest).ToImmutableArray();
            using (var kept = new FileStream(path + TemporarySuffix, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                foreach (var entry in entries) kept.Write(Line(entry));
                kept.Flush(flushToDisk: true);
            }

            File.Move(path + TemporarySuffix, path, overwrite: true);
            DirectorySync.Run(Path.GetDirectoryName(path)!);
            var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, 1, FileOptions.None);
            return new SpendJournalFile(held, file, entries);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <inheritdoc />
    /// <exception cref="IOException">The disk refused; then nothing may be signed.</exception>
    public ValueTask AppendAsync(SpendEntry entry, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(entry);
        cancellationToken.ThrowIfCancellationRequested();
        // A write that failed half-way would hide the next line behind it.
        var end = _file.Length;
        try
        {
            _file.Write(Line(entry));
            _file.Flush(flushToDisk: true);
        }
        catch (IOException)
        {
            _file.SetLength(end);
            throw;
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _file.Dispose();
        _lock.Dispose();
    }

    private static byte[] Line(SpendEntry entry) => [.. JsonSerializer.SerializeToUtf8Bytes(SpendLine.From(entry), SpendJson.Default.SpendLine), (byte)'\n'];

    /// <summary>What is written in a file that another process may have open: for whoever only looks.</summary>
    /// <param name="path">Where it lies; a file that is not there has no entries.</param>
    /// <exception cref="InvalidDataException">A line before the last is damaged.</exception>
    /// <exception cref="IOException">The disk refused.</exception>
    public static IReadOnlyList<SpendEntry> Peek(string path) => File.Exists(path) ? Read(path) : [];

    private static List<SpendEntry> Read(string path)
    {
        var entries = new List<SpendEntry>();
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var content = new byte[file.Length];
        var bytes = content.AsSpan(0, file.ReadAtLeast(content, content.Length, throwOnEndOfStream: false));
        for (var number = 1; bytes.Length > 0; number++)
        {
            var length = bytes.IndexOf((byte)'\n');
            if (length < 0) break;
            try
            {
                if (length > MaximumLine) throw new JsonException("The line is too long.");
                var line = JsonSerializer.Deserialize(bytes[..length], SpendJson.Default.SpendLine) ?? throw new JsonException("The line is null.");
                entries.Add(line.To());
            }
            catch (Exception e) when (e is JsonException or FormatException or ArgumentException)
            {
                throw new InvalidDataException(
                    $"Line {number} of the spend journal '{path}' cannot be read: {e.Message} Ticket nonces might be used twice. "
                    + "Restore the file, or move it away when no ticket was signed in the last hour.", e);
            }

            bytes = bytes[(length + 1)..];
        }

        return entries;
    }
}

/// <summary>A <see cref="SpendEntry"/> as it is written.</summary>
internal sealed class SpendLine
{
    public required DateTimeOffset At { get; init; }
    public required string Test { get; init; }
    public required string Orchestrator { get; init; }
    public required string Recipient { get; init; }
    public required string RecipientRandHash { get; init; }
    public required uint FirstNonce { get; init; }
    public required int Count { get; init; }
    public required Rational ExpectedValue { get; init; }

    public static SpendLine From(SpendEntry entry) => new()
    {
        At = entry.At.ToUniversalTime(),
        Test = entry.Test.Text,
        Orchestrator = entry.Orchestrator.Text,
        Recipient = entry.Recipient.ToString(),
        RecipientRandHash = entry.RecipientRandHash.ToString(),
        FirstNonce = entry.FirstNonce,
        Count = entry.Count,
        ExpectedValue = entry.ExpectedValue,
    };

    public SpendEntry To()
    {
        if (FirstNonce < 1 || Count < 1 || FirstNonce + (long)Count - 1 > TicketLedger.MaximumNonces || ExpectedValue.Sign < 0)
            throw new FormatException("A nonce, a count or a value is out of range.");
        if (RecipientRandHash.Length != 66 || !RecipientRandHash.StartsWith("0x", StringComparison.Ordinal)) throw new FormatException("A hash has 32 bytes in hex.");
        return new SpendEntry(
            At, TestId.Parse(Test), OrchestratorId.Parse(Orchestrator), Address.Parse(Recipient),
            Hash32.FromBytes(Convert.FromHexString(RecipientRandHash.AsSpan(2))), FirstNonce, Count, ExpectedValue);
    }
}

/// <summary>The JSON of the spend journal.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SpendLine))]
internal sealed partial class SpendJson : JsonSerializerContext;
