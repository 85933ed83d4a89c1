using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Monitoring.Ethereum;

/// <summary>
/// A number modulo p = 2^256 - 2^32 - 977, the prime of the field under secp256k1 (SEC 2, section 2.4.1), always below p. Its running time
/// depends on the values, so it is for public numbers only: no secret comes here.
/// </summary>
internal readonly struct FieldElement : IEquatable<FieldElement>
{
    public const int ByteLength = 32;

    // 2^256 - p: what a carry out of the top limb is worth.
    private const ulong Fold = 0x1_0000_03d1;

    // Little-endian limbs.
    private readonly ulong _a, _b, _c, _d;

    private FieldElement(ulong a, ulong b, ulong c, ulong d)
    {
        _a = a;
        _b = b;
        _c = c;
        _d = d;
    }

    public static FieldElement Zero => default;

    public static FieldElement One => new(1, 0, 0, 0);

    public bool IsZero => (_a | _b | _c | _d) == 0;

    public bool IsOdd => (_a & 1) == 1;

    public static FieldElement FromSmall(uint value) => new(value, 0, 0, 0);

    /// <summary>Reads 32 big-endian bytes; false when the number is p or more.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out FieldElement element)
    {
        element = new FieldElement(
            BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]), BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]), BinaryPrimitives.ReadUInt64BigEndian(bytes));
        return !AtLeastP(element._a, element._b, element._c, element._d);
    }

    public void WriteTo(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64BigEndian(bytes, _d);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], _c);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[16..], _b);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[24..], _a);
    }

    public static FieldElement operator +(in FieldElement x, in FieldElement y)
    {
        ulong carry = 0;
        var a = Add(x._a, y._a, ref carry);
        var b = Add(x._b, y._b, ref carry);
        var c = Add(x._c, y._c, ref carry);
        var d = Add(x._d, y._d, ref carry);
        return Reduce(a, b, c, d, carry);
    }

    public static FieldElement operator -(in FieldElement x, in FieldElement y)
    {
        ulong borrow = 0;
        var a = Subtract(x._a, y._a, ref borrow);
        var b = Subtract(x._b, y._b, ref borrow);
        var c = Subtract(x._c, y._c, ref borrow);
        var d = Subtract(x._d, y._d, ref borrow);
        if (borrow == 0) return new FieldElement(a, b, c, d);

        // The wrapped difference is 2^256 too large, and p more is wanted: take 2^256 - p away.
        borrow = 0;
        a = Subtract(a, Fold, ref borrow);
        b = Subtract(b, 0, ref borrow);
        c = Subtract(c, 0, ref borrow);
        d = Subtract(d, 0, ref borrow);
        return new FieldElement(a, b, c, d);
    }

    public static FieldElement operator -(in FieldElement x) => Zero - x;

    public static FieldElement operator *(in FieldElement x, in FieldElement y)
    {
        ulong carry = 0;
        var t0 = MultiplyAdd(x._a, y._a, 0, ref carry);
        var t1 = MultiplyAdd(x._a, y._b, 0, ref carry);
        var t2 = MultiplyAdd(x._a, y._c, 0, ref carry);
        var t3 = MultiplyAdd(x._a, y._d, 0, ref carry);
        var t4 = carry;

        carry = 0;
        t1 = MultiplyAdd(x._b, y._a, t1, ref carry);
        t2 = MultiplyAdd(x._b, y._b, t2, ref carry);
        t3 = MultiplyAdd(x._b, y._c, t3, ref carry);
        t4 = MultiplyAdd(x._b, y._d, t4, ref carry);
        var t5 = carry;

        carry = 0;
        t2 = MultiplyAdd(x._c, y._a, t2, ref carry);
        t3 = MultiplyAdd(x._c, y._b, t3, ref carry);
        t4 = MultiplyAdd(x._c, y._c, t4, ref carry);
        t5 = MultiplyAdd(x._c, y._d, t5, ref carry);
        var t6 = carry;

        carry = 0;
        t3 = MultiplyAdd(x._d, y._a, t3, ref carry);
        t4 = MultiplyAdd(x._d, y._b, t4, ref carry);
        t5 = MultiplyAdd(x._d, y._c, t5, ref carry);
        t6 = MultiplyAdd(x._d, y._d, t6, ref carry);
        var t7 = carry;

        // The upper half counts Fold times; what then stands above (34 bits at most) once more.
        carry = 0;
        t0 = MultiplyAdd(t4, Fold, t0, ref carry);
        t1 = MultiplyAdd(t5, Fold, t1, ref carry);
        t2 = MultiplyAdd(t6, Fold, t2, ref carry);
        t3 = MultiplyAdd(t7, Fold, t3, ref carry);

        var above = carry;
        carry = 0;
        t0 = MultiplyAdd(above, Fold, t0, ref carry);
        ulong bit = 0;
        t1 = Add(t1, carry, ref bit);
        t2 = Add(t2, 0, ref bit);
        t3 = Add(t3, 0, ref bit);
        return Reduce(t0, t1, t2, t3, bit);
    }

    public FieldElement Square() => this * this;

    /// <summary>1/x by Fermat: x^(p-2). The inverse of 0 is 0.</summary>
    public FieldElement Inverse() => Power(ulong.MaxValue - Fold - 1, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue);

    /// <summary>A square root, if there is one: x^((p+1)/4), because p is 3 modulo 4.</summary>
    public bool TrySquareRoot(out FieldElement root)
    {
        root = Power(0xffff_ffff_bfff_ff0c, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue >> 2);
        return root.Square().Equals(this);
    }

    public bool Equals(FieldElement other) => _a == other._a && _b == other._b && _c == other._c && _d == other._d;

    public override bool Equals(object? obj) => obj is FieldElement other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(_a, _b, _c, _d);

    private FieldElement Power(ulong a, ulong b, ulong c, ulong d)
    {
        Span<ulong> exponent = [a, b, c, d];
        var result = One;
        for (var bit = 255; bit >= 0; bit--)
        {
            result = result.Square();
            if (((exponent[bit >> 6] >> (bit & 63)) & 1) == 1) result *= this;
        }

        return result;
    }

    private static bool AtLeastP(ulong a, ulong b, ulong c, ulong d) => d == ulong.MaxValue && c == ulong.MaxValue && b == ulong.MaxValue && a >= unchecked(0 - Fold);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static FieldElement Reduce(ulong a, ulong b, ulong c, ulong d, ulong carry)
    {
        if (carry == 0 && !AtLeastP(a, b, c, d)) return new FieldElement(a, b, c, d);
        ulong bit = 0;
        a = Add(a, Fold, ref bit);
        b = Add(b, 0, ref bit);
        c = Add(c, 0, ref bit);
        d = Add(d, 0, ref bit);
        return new FieldElement(a, b, c, d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Add(ulong x, ulong y, ref ulong carry)
    {
        var sum = unchecked(x + y);
        var over = sum < x ? 1UL : 0UL;
        var total = unchecked(sum + carry);
        carry = over + (total < sum ? 1UL : 0UL);
        return total;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Subtract(ulong x, ulong y, ref ulong borrow)
    {
        var difference = unchecked(x - y);
        var under = x < y ? 1UL : 0UL;
        var total = unchecked(difference - borrow);
        borrow = under + (difference < borrow ? 1UL : 0UL);
        return total;
    }

    // x * y + added + carry never exceeds 128 bits.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong MultiplyAdd(ulong x, ulong y, ulong added, ref ulong carry)
    {
        var high = Math.BigMul(x, y, out var low);
        low = unchecked(low + added);
        if (low < added) high++;
        low = unchecked(low + carry);
        if (low < carry) high++;
        carry = high;
        return low;
    }
}
