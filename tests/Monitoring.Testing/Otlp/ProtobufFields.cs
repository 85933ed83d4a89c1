using Google.Protobuf;

namespace Monitoring.Testing.Otlp;

/// <summary>The fields of a protobuf message by their numbers, without a schema: what each one means, the reader knows.</summary>
public sealed class ProtobufFields
{
    private readonly List<(int Number, object Value)> _fields = [];

    /// <summary>Reads a message.</summary>
    public static ProtobufFields Read(ByteString message)
    {
        var fields = new ProtobufFields();
        var input = message.CreateCodedInput();
        while (input.ReadTag() is var tag and not 0)
        {
            object value = WireFormat.GetTagWireType(tag) switch
            {
                WireFormat.WireType.Varint => input.ReadUInt64(),
                WireFormat.WireType.Fixed64 => input.ReadFixed64(),
                WireFormat.WireType.Fixed32 => input.ReadFixed32(),
                WireFormat.WireType.LengthDelimited => input.ReadBytes(),
                var other => throw new InvalidDataException($"There is no wire type {other} in OTLP."),
            };
            fields._fields.Add((WireFormat.GetTagFieldNumber(tag), value));
        }

        return fields;
    }

    /// <summary>The messages in a field, through the fields on the way to it.</summary>
    public IEnumerable<ProtobufFields> All(params int[] path) => path.Aggregate(
        new[] { this }.AsEnumerable(), (messages, number) => messages.SelectMany(m => m.Values(number)).Select(v => Read((ByteString)v)));

    /// <summary>The bytes in a field.</summary>
    public byte[] Bytes(int number) => ((ByteString)Values(number).Single()).ToByteArray();

    /// <summary>The text in a field; empty where there is none.</summary>
    public string Text(int number) => Values(number).Cast<ByteString>().SingleOrDefault()?.ToStringUtf8() ?? "";

    /// <summary>The number in a field of 64 bits, as they are.</summary>
    public ulong Number(int number) => (ulong)Values(number).Single();

    /// <summary>The double in a field.</summary>
    public double Real(int number) => BitConverter.UInt64BitsToDouble(Number(number));

    /// <summary>Attributes in a field: a key (1) and a value (2) that holds a text (1).</summary>
    public Dictionary<string, string> Attributes(int number) => All(number).ToDictionary(a => a.Text(1), a => a.All(2).Single().Text(1));

    private IEnumerable<object> Values(int number) => _fields.Where(f => f.Number == number).Select(f => f.Value);
}
