using System.Text.Json;
using System.Text.Json.Serialization;
using Monitoring.Core;

namespace Monitoring.Standalone.PostTo;

/// <summary>A post that the server will not have.</summary>
/// <param name="At">When we gave it up, UTC.</param>
/// <param name="Test">The test.</param>
/// <param name="Status">The HTTP status of the last answer; 0 where it was never sent.</param>
/// <param name="Answer">What the server said, or why it was not sent.</param>
/// <param name="Body">The body, to be posted by hand once the cause is gone.</param>
internal sealed record RefusedPost(DateTimeOffset At, TestId Test, int Status, string Answer, string Body);

/// <summary>
/// The file that refused posts end up in, a JSON object a line. It is bounded: when it is full nothing more is taken, and whoever asks keeps
/// what he has.
/// </summary>
internal sealed class RefusedPosts(string path, long mostBytes) : IDisposable
{
    /// <summary>The bound unless another is given.</summary>
    public const long DefaultMostBytes = 64L << 20;

    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <summary>The file.</summary>
    public string Path => path;

    public void Dispose() => _gate.Dispose();

    /// <summary>Writes a post down durably.</summary>
    /// <returns>False when the file is full.</returns>
    /// <exception cref="IOException">The disk is full or unwritable.</exception>
    public async Task<bool> TryAddAsync(RefusedPost post, CancellationToken cancellationToken)
    {
        byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(post, RefusedPostJson.Default.RefusedPost), (byte)'\n'];
        await _gate.WaitAsync(cancellationToken);
        try
        {
            await using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read);
            if (file.Length + line.Length > mostBytes) return false;
            await file.WriteAsync(line, CancellationToken.None);
            file.Flush(flushToDisk: true);
            return true;
        }
        finally
        {
            _gate.Release();
        }
    }
}

/// <summary>How refused posts are written.</summary>
[JsonSerializable(typeof(RefusedPost))]
internal sealed partial class RefusedPostJson : JsonSerializerContext;
