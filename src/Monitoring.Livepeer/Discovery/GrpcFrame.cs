using System.Buffers.Binary;
using System.Text;
using Google.Protobuf;

namespace Monitoring.Livepeer;

/// <summary>The framing of gRPC over HTTP/2 for one message each way: a flag byte, a length of 4 bytes, the message.</summary>
internal static class GrpcFrame
{
    public const int HeaderLength = 5;

    /// <summary>A frame with one uncompressed message.</summary>
    public static byte[] Write(IMessage message)
    {
        var size = message.CalculateSize();
        var frame = new byte[HeaderLength + size];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), size);
        message.WriteTo(frame.AsSpan(HeaderLength));
        return frame;
    }

    /// <summary>Reads a body that must hold exactly one uncompressed message.</summary>
    /// <param name="body">The whole body.</param>
    /// <param name="message">The message's bytes.</param>
    /// <param name="problem">What is wrong; empty where nothing is.</param>
    public static bool TryRead(ReadOnlySpan<byte> body, out ReadOnlySpan<byte> message, out string problem)
    {
        message = default;
        problem = "";
        if (body.Length < HeaderLength) problem = $"a gRPC answer of {body.Length} bytes holds no message";
        else if (body[0] != 0) problem = $"the message's flag is {body[0]}: a compressed message was never offered";
        else if (BinaryPrimitives.ReadUInt32BigEndian(body[1..]) is var length && length != (uint)(body.Length - HeaderLength))
            problem = $"the frame states {length} bytes and {body.Length - HeaderLength} came: one message is expected";
        else message = body[HeaderLength..];
        return problem.Length == 0;
    }

    /// <summary>Decodes <c>grpc-message</c>: percent-encoded UTF-8; what is not well encoded stays as it is.</summary>
    public static string DecodeMessage(string text)
    {
        if (!text.Contains('%', StringComparison.Ordinal)) return text;
        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && i + 2 < text.Length && char.IsAsciiHexDigit(text[i + 1]) && char.IsAsciiHexDigit(text[i + 2]))
            {
                bytes[length++] = Convert.FromHexString(text.AsSpan(i + 1, 2))[0];
                i += 2;
            }
            else
            {
                length += Encoding.UTF8.GetBytes(text.AsSpan(i, 1), bytes.AsSpan(length));
            }
        }

        return Encoding.UTF8.GetString(bytes, 0, length);
    }
}
