using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Monitoring.Testing;

/// <summary>
/// A point-to-point network interface whose far end is this process: what the kernel sends into it is read here, what is written here
/// the kernel receives (Linux, <c>/dev/net/tun</c>, without the packet information header). It is gone when it is disposed.
/// </summary>
internal sealed partial class TunDevice : IDisposable
{
    private const int ReadWriteWithoutWaiting = 0x802; // O_RDWR | O_NONBLOCK
    private const short CanBeRead = 1; // POLLIN
    private const int LooksAgainAfterMillis = 100;
    private const nuint SetInterface = 0x400454CA; // TUNSETIFF
    private const short PlainPackets = 0x0001 | 0x1000; // IFF_TUN | IFF_NO_PI
    private const int Interrupted = 4; // EINTR
    private const int TryAgain = 11; // EAGAIN
    private readonly SafeFileHandle _file;
    private volatile bool _isEnding;

    /// <param name="name">The interface's name, at most 15 characters.</param>
    /// <exception cref="IOException">The kernel does not make one: no rights, or no such device.</exception>
    public TunDevice(string name)
    {
        _file = new SafeFileHandle(Open("/dev/net/tun", ReadWriteWithoutWaiting), ownsHandle: true);
        if (_file.IsInvalid) throw new IOException($"/dev/net/tun cannot be opened (error {Marshal.GetLastPInvokeError()}).");
        Span<byte> request = stackalloc byte[40];
        Encoding.ASCII.GetBytes(name, request);
        BinaryPrimitives.WriteInt16LittleEndian(request[16..], PlainPackets);
        if (Control(_file, SetInterface, ref MemoryMarshal.GetReference(request)) == 0) return;
        var error = Marshal.GetLastPInvokeError();
        _file.Dispose();
        throw new IOException($"No network interface {name} can be made (error {error}).");
    }

    /// <summary>Set, nobody waits for a packet any more.</summary>
    public bool IsEnding { get => _isEnding; set => _isEnding = value; }

    /// <summary>Waits for the next packet; its length, or 0 when the interface is gone or is <see cref="IsEnding"/>.</summary>
    public int Read(Span<byte> packet)
    {
        while (!_isEnding)
        {
            var wait = new Waiting { File = (int)_file.DangerousGetHandle(), For = CanBeRead };
            if (Poll(ref wait, 1, LooksAgainAfterMillis) == 0) continue;
            var length = Read(_file, ref MemoryMarshal.GetReference(packet), (nuint)packet.Length);
            if (length > 0) return (int)length;
            if (Marshal.GetLastPInvokeError() is not (TryAgain or Interrupted)) return 0;
        }

        return 0;
    }

    /// <summary>Hands a packet to the kernel. One that it does not want is lost, as on a wire.</summary>
    public void Write(ReadOnlySpan<byte> packet) => Write(_file, ref MemoryMarshal.GetReference(packet), (nuint)packet.Length);

    /// <inheritdoc />
    public void Dispose() => _file.Dispose();

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(SafeFileHandle file, nuint request, ref byte argument);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(ref Waiting wait, nuint count, int millis);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(SafeFileHandle file, ref byte buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(SafeFileHandle file, ref byte buffer, nuint length);

    // struct pollfd
    [StructLayout(LayoutKind.Sequential)]
    private struct Waiting
    {
        public int File;
        public short For;
        public short Happened;
    }
}
