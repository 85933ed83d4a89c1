namespace Monitoring.Ethereum;

/// <summary>
/// The multiples 0 to 15 of a point, so that a scalar is worked off four bits at a time. A signer keeps those of its public key, and those
/// of the base point exist once.
/// </summary>
internal sealed class PointMultiples
{
    private readonly CurvePoint[] _multiples = new CurvePoint[16];

    public PointMultiples(CurvePoint point)
    {
        for (var i = 1; i < _multiples.Length; i++) _multiples[i] = _multiples[i - 1] + point;
    }

    /// <summary>The multiples of the base point.</summary>
    public static PointMultiples OfGenerator { get; } = new(CurvePoint.Generator);

    /// <summary>a times the base point plus b times this point; both scalars are 32 big-endian bytes.</summary>
    public CurvePoint Combine(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        var sum = CurvePoint.Infinity;
        for (var i = 0; i < 2 * Scalar.ByteLength; i++)
        {
            sum = sum.Double().Double().Double().Double();
            sum += OfGenerator._multiples[Nibble(a, i)];
            sum += _multiples[Nibble(b, i)];
        }

        return sum;
    }

    private static int Nibble(ReadOnlySpan<byte> bytes, int index) => index % 2 == 0 ? bytes[index / 2] >> 4 : bytes[index / 2] & 0xf;
}
