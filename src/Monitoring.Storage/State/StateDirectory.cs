using System.Globalization;

namespace Monitoring.Storage;

/// <summary>The data directory cannot be used: another process has it, or its data are of a newer program.</summary>
public sealed class StateDirectoryException : IOException
{
    /// <summary>Creates the exception with what is wrong, where, and what to do.</summary>
    public StateDirectoryException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}

/// <summary>
/// The directory that holds everything one monitor keeps. It belongs to one process at a time, and says of which format its data are.
/// </summary>
/// <remarks>
/// The lock is an exclusive open of <c>monitor.lock</c>, which on Unix is an advisory <c>flock</c>; the system gives it up with the process,
/// so a file left over by kill -9 is no obstacle. Nobody else can read a locked file, so who has it stands in <c>monitor.owner</c> beside it.
/// Some network file systems do not lock: a data directory belongs on a local disk.
/// </remarks>
public sealed class StateDirectory : IDisposable
{
    /// <summary>The format that this program reads and writes.</summary>
    public const int Format = 1;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private readonly FileStream _lock;

    private StateDirectory(string path, FileStream held) => (DirectoryPath, _lock) = (path, held);

    /// <summary>The directory, as an absolute path.</summary>
    public string DirectoryPath { get; }

    /// <summary>Where the journal of results goes.</summary>
    public string Journal => Path.Combine(DirectoryPath, "journal");

    /// <summary>Where a region keeps results that the hub has not acknowledged.</summary>
    public string Spool => Path.Combine(DirectoryPath, "spool");

    /// <summary>The file of the <see cref="KeyedLog"/> of the host.</summary>
    public string State => Path.Combine(DirectoryPath, "state.jsonl");

    /// <summary>The file of the outbox: what is owed to whoever must know of an incident.</summary>
    public string Outbox => Path.Combine(DirectoryPath, "outbox.jsonl");

    /// <summary>The file of the <see cref="KeyedLog"/> of alerting: operators' subscriptions, and the last proof that alerts arrive.</summary>
    public string Alerts => Path.Combine(DirectoryPath, "alerts.jsonl");

    /// <summary>Creates the directory if need be (only its owner may enter a new one), locks it and looks at its format.</summary>
    /// <param name="path">The directory.</param>
    /// <param name="time">Tells when it was taken.</param>
    /// <exception cref="StateDirectoryException">Another process has it, it cannot be written, or its format is newer.</exception>
    public static StateDirectory Open(string path, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        path = Path.GetFullPath(path);
        var held = Lock(path);
        try
        {
            CheckFormat(path);
            File.WriteAllText(OwnerFile(path), string.Create(
                CultureInfo.InvariantCulture, $"process {Environment.ProcessId} on {Environment.MachineName} since {time.GetUtcNow():yyyy-MM-dd HH:mm:ss}Z\n"));
            return new StateDirectory(path, held);
        }
        catch (Exception e) when (e is not StateDirectoryException)
        {
            held.Dispose();
            throw new StateDirectoryException($"The data directory '{path}' cannot be written: {e.Message}", e);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Gives the directory up.</summary>
    public void Dispose() => _lock.Dispose();

    internal static void CreatePrivate(string path)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, OwnerOnly);
    }

    private static string OwnerFile(string path) => Path.Combine(path, "monitor.owner");

    private static FileStream Lock(string path)
    {
        try
        {
            CreatePrivate(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StateDirectoryException($"The data directory '{path}' cannot be created: {e.Message}", e);
        }

        try
        {
            return new FileStream(Path.Combine(path, "monitor.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
        }
        catch (Exception e) when (e is UnauthorizedAccessException || (e is IOException && !IsHeld(e)))
        {
            throw new StateDirectoryException($"The data directory '{path}' cannot be written: {e.Message}", e);
        }
        catch (IOException e)
        {
            throw new StateDirectoryException(
                $"The data directory '{path}' is in use ({Owner(path)}). Two monitors on the same data would spoil it: stop the other one, or give this one a directory of its own.", e);
        }
    }

    // EWOULDBLOCK of Linux and of macOS, ERROR_SHARING_VIOLATION of Windows.
    private static bool IsHeld(Exception e) => e.HResult is 11 or 35 or unchecked((int)0x80070020);

    private static string Owner(string path)
    {
        try
        {
            using var reader = new StreamReader(OwnerFile(path));
            Span<char> text = stackalloc char[200];
            return "by " + new string(text[..reader.ReadBlock(text)]).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "by an unknown process";
        }
    }

    private static void CheckFormat(string path)
    {
        var marker = Path.Combine(path, "format");
        if (!File.Exists(marker))
        {
            File.WriteAllText(marker + ".tmp", $"{Format}\n");
            File.Move(marker + ".tmp", marker, overwrite: true);
            return;
        }

        using var reader = new StreamReader(marker);
        Span<char> text = stackalloc char[32];
        var stated = text[..reader.ReadBlock(text)].Trim();
        if (!int.TryParse(stated, NumberStyles.None, CultureInfo.InvariantCulture, out var format) || format < 1)
        {
            throw new StateDirectoryException($"'{marker}' should hold the number of the data's format and does not. Is '{path}' a monitor's data directory?");
        }

        if (format > Format)
        {
            throw new StateDirectoryException(
                $"The data in '{path}' are of format {format}; this program knows formats up to {Format}. Run the program that wrote them, or a newer one.");
        }
    }
}
