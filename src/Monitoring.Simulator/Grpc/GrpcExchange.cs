using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;

namespace Monitoring.Simulator;

/// <summary>
/// One unary gRPC call over HTTP/2: five bytes of frame (compressed or not, length), one message, and the status in the trailers. Errors
/// have trailers after the headers too, as Go's server on a shared port sends them.
/// </summary>
internal sealed class GrpcExchange(HttpContext http)
{
    public const int Unknown = 2;
    public const int ResourceExhausted = 8;
    public const int Unimplemented = 12;
    public const int Internal = 13;

    private const int MaxMessageBytes = 4 << 20;
    private const int FrameBytes = 5;

    public CancellationToken Cancellation => http.RequestAborted;

    /// <summary>The request; null if it was bad and the call is answered already.</summary>
    public async Task<T?> ReadAsync<T>(MessageParser<T> parser)
        where T : class, IMessage<T>
    {
        var cancellation = http.RequestAborted;
        var frame = new byte[FrameBytes];
        if (await http.Request.Body.ReadAtLeastAsync(frame, FrameBytes, throwOnEndOfStream: false, cancellation) < FrameBytes)
        {
            await FailAsync(Internal, "unexpected EOF");
            return null;
        }

        if (frame[0] != 0)
        {
            await FailAsync(Unimplemented, "grpc: Decompressor is not installed for grpc-encoding");
            return null;
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(1));
        if (length > MaxMessageBytes)
        {
            await FailAsync(ResourceExhausted, string.Create(CultureInfo.InvariantCulture, $"grpc: received message larger than max ({length} vs. {MaxMessageBytes})"));
            return null;
        }

        try
        {
            var message = new byte[length];
            await http.Request.Body.ReadExactlyAsync(message, cancellation);
            return parser.ParseFrom(message);
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or EndOfStreamException)
        {
            await FailAsync(Internal, "grpc: error unmarshalling request");
            return null;
        }
    }

    public async Task ReplyAsync(IMessage message)
    {
        var body = new byte[FrameBytes + message.CalculateSize()];
        BinaryPrimitives.WriteUInt32BigEndian(body.AsSpan(1), (uint)(body.Length - FrameBytes));
        message.WriteTo(body.AsSpan(FrameBytes));
        await StartAsync();
        await http.Response.Body.WriteAsync(body, http.RequestAborted);
        http.Response.AppendTrailer("grpc-status", "0");
    }

    public async Task FailAsync(int status, string message)
    {
        await StartAsync();
        http.Response.AppendTrailer("grpc-status", status.ToString(CultureInfo.InvariantCulture));
        http.Response.AppendTrailer("grpc-message", PercentEncode(message));
    }

    private async Task StartAsync()
    {
        http.Response.StatusCode = StatusCodes.Status200OK;
        http.Response.ContentType = "application/grpc";
        await http.Response.StartAsync(http.RequestAborted);
    }

    /// <summary>gRPC over HTTP/2, "Status-Message": printable ASCII without the percent sign stays as it is.</summary>
    private static string PercentEncode(string message)
    {
        var text = new StringBuilder();
        foreach (var b in Encoding.UTF8.GetBytes(message))
        {
            if (b is >= 0x20 and <= 0x7e and not (byte)'%') text.Append((char)b);
            else text.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
        }

        return text.ToString();
    }
}
