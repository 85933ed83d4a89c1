using System.Text.Json;
using Monitoring.Storage.Journal;
using Monitoring.Storage.Lines;

namespace Monitoring.Storage;

/// <summary>What was found in one journal file.</summary>
/// <param name="File">Its name.</param>
/// <param name="Records">Sound records.</param>
/// <param name="Bytes">Bytes of whole lines.</param>
/// <param name="TornBytes">Bytes behind the last whole line: a write cut short by a crash, or under way just now. No damage.</param>
/// <param name="Faults">Damaged lines and gaps.</param>
/// <param name="FirstFault">The first of them, or null.</param>
/// <param name="LastHash">Hash of the last sound line. Whoever keeps it elsewhere can later prove that nothing before it was rewritten.</param>
public sealed record JournalFileReport(string File, long Records, long Bytes, long TornBytes, long Faults, JournalFault? FirstFault, string LastHash)
{
    /// <summary>True when every line is sound and none is missing before another.</summary>
    public bool IsWhole => Faults == 0;
}

/// <summary>What was found in a journal.</summary>
/// <param name="Files">Each file, in order of the names.</param>
public sealed record JournalReport(ImmutableArray<JournalFileReport> Files)
{
    /// <summary>True when every file is.</summary>
    public bool IsWhole => Files.All(file => file.IsWhole);

    /// <summary>Sound records of all files.</summary>
    public long Records => Files.Sum(file => file.Records);

    /// <summary>Damaged lines and gaps of all files.</summary>
    public long Faults => Files.Sum(file => file.Faults);
}

/// <summary>Reads a whole journal and says whether it is as it was written. It changes nothing, and may run beside the process that writes.</summary>
public static class JournalVerifier
{
    /// <summary>Checks every line of every file of a journal.</summary>
    /// <param name="folder">The folder of the journal.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="IOException">The folder or a file cannot be read.</exception>
    public static async Task<JournalReport> VerifyAsync(string folder, CancellationToken cancellationToken)
    {
        var files = ImmutableArray.CreateBuilder<JournalFileReport>();
        foreach (var path in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
        {
            if (JournalFolder.TryParse(Path.GetFileName(path), out var stream, out var day)) files.Add(await VerifyAsync(path, stream, day, cancellationToken));
        }

        return new JournalReport(files.ToImmutable());
    }

    private static async Task<JournalFileReport> VerifyAsync(string path, string stream, DateOnly day, CancellationToken cancellationToken)
    {
        JournalFault? first = null;
        long faults = 0, records = 0;
        using var reader = new ChainReader(path, new FileInfo(path).Length, Found);
        while (await reader.ReadAsync(cancellationToken))
        {
            try
            {
                Check(stream, day, reader);
                records++;
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException)
            {
                reader.Fault(JournalFaultKind.NotARecord, e.Message);
            }
        }

        return new JournalFileReport(reader.Name, records, reader.EndOfLines, reader.TornBytes, faults, first, reader.HeadText);

        void Found(JournalFault fault)
        {
            first ??= fault;
            faults++;
        }
    }

    private static void Check(string stream, DateOnly day, ChainReader reader)
    {
        var record = reader.Record.Span;
        switch (stream)
        {
            case JournalFolder.Outcomes:
                if (JournalFolder.DayOf(OutcomeLine.Read(record).TestTime) != day) throw new JsonException("The test is of another day.");
                break;
            case JournalFolder.Evidence:
                EvidenceLine.Read(record);
                break;
            default:
                if (reader.Line > 1) HourlyLine.Read(record);
                else _ = JsonSerializer.Deserialize(record, StoredJson.Default.HourlyHeaderLine) ?? throw new JsonException("The header is null.");
                break;
        }
    }
}
