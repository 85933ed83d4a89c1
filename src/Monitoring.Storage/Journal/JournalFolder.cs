using System.Globalization;
using Monitoring.Storage.Disk;

namespace Monitoring.Storage.Journal;

/// <summary>
/// The files of a journal: one per stream and UTC day, <c>outcomes-2026-11-20.jsonl</c>. It knows how much of each file may be read: of one
/// that is being appended to, what is durable.
/// </summary>
internal sealed class JournalFolder(string path, IDisk disk, FaultLog faults)
{
    public const string Outcomes = "outcomes";
    public const string Evidence = "evidence";
    public const string Hourly = "hourly";
    private const string Extension = ".jsonl";
    private readonly Lock _lock = new();
    private readonly Dictionary<string, JournalFile> _open = [];

    public string FolderPath => path;

    public IDisk Disk => disk;

    public FaultLog Faults => faults;

    public static string NameOf(string stream, DateOnly day) =>
        string.Create(CultureInfo.InvariantCulture, $"{stream}-{day:yyyy-MM-dd}{Extension}");

    public static DateOnly DayOf(DateTimeOffset time) => DateOnly.FromDateTime(time.UtcDateTime);

    public static bool TryParse(string fileName, out string stream, out DateOnly day)
    {
        (stream, day) = ("", default);
        if (!fileName.EndsWith(Extension, StringComparison.Ordinal) || fileName.Length < 11 + Extension.Length) return false;
        var name = fileName.AsSpan(0, fileName.Length - Extension.Length);
        if (name[^11] != '-' || !DateOnly.TryParseExact(name[^10..], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out day)) return false;
        stream = name[..^11].ToString();
        return stream is Outcomes or Evidence or Hourly;
    }

    public string PathOf(string stream, DateOnly day) => Path.Combine(path, NameOf(stream, day));

    /// <summary>The days of a stream that have a file, first to last.</summary>
    public List<DateOnly> Days(string stream, DateOnly from, DateOnly until)
    {
        var days = new List<DateOnly>();
        foreach (var file in Directory.EnumerateFiles(path, stream + "-*" + Extension))
        {
            if (TryParse(Path.GetFileName(file), out var found, out var day) && found == stream && day >= from && day <= until) days.Add(day);
        }

        days.Sort();
        return days;
    }

    /// <summary>Bytes of a file that may be read; 0 when there is none.</summary>
    public long LengthOf(string stream, DateOnly day)
    {
        var file = PathOf(stream, day);
        lock (_lock)
        {
            if (_open.TryGetValue(file, out var open)) return open.Length;
            var info = new FileInfo(file);
            return info.Exists ? info.Length : 0;
        }
    }

    /// <summary>Reads a day of a stream; null when there is no file or nothing in it.</summary>
    public ChainReader? OpenForReading(string stream, DateOnly day)
    {
        var length = LengthOf(stream, day);
        if (length == 0) return null;
        try
        {
            return new ChainReader(PathOf(stream, day), length, faults.Report);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    public async Task<JournalFile> OpenForAppendAsync(string stream, DateOnly day, Action<ChainReader>? onRecord, CancellationToken cancellationToken)
    {
        var file = await JournalFile.OpenAsync(disk, PathOf(stream, day), faults.Report, onRecord, cancellationToken);
        lock (_lock) _open.Add(file.FilePath, file);
        return file;
    }

    public void Close(JournalFile file)
    {
        lock (_lock) _open.Remove(file.FilePath);
        file.Dispose();
    }
}
