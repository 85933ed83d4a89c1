namespace Monitoring.Ethereum;

/// <summary>
/// A point of secp256k1 (y^2 = x^3 + 7) in Jacobian coordinates: x = X/Z^2, y = Y/Z^3, and Z = 0 at infinity. Formulas: Explicit-Formulas
/// Database, short Weierstrass with a = 0, dbl-2009-l and add-2007-bl. For public points and scalars only.
/// </summary>
internal readonly struct CurvePoint
{
    private static readonly FieldElement Seven = FieldElement.FromSmall(7);

    private readonly FieldElement _x, _y, _z;

    private CurvePoint(FieldElement x, FieldElement y, FieldElement z)
    {
        _x = x;
        _y = y;
        _z = z;
    }

    /// <summary>The neutral element.</summary>
    public static CurvePoint Infinity => default;

    /// <summary>The base point G (SEC 2, section 2.4.1).</summary>
    public static CurvePoint Generator { get; } = OfConstants(
        "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798", "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8");

    public bool IsInfinity => _z.IsZero;

    /// <summary>The point of two coordinates; false when it is not on the curve.</summary>
    public static bool TryCreate(FieldElement x, FieldElement y, out CurvePoint point)
    {
        point = new CurvePoint(x, y, FieldElement.One);
        return y.Square().Equals((x.Square() * x) + Seven);
    }

    /// <summary>The point of this x whose y is odd or even as asked; false when no point has this x.</summary>
    public static bool TryLift(FieldElement x, bool odd, out CurvePoint point)
    {
        point = default;
        if (!((x.Square() * x) + Seven).TrySquareRoot(out var y)) return false;
        point = new CurvePoint(x, y.IsOdd == odd ? y : -y, FieldElement.One);
        return true;
    }

    /// <summary>The coordinates of a point other than infinity.</summary>
    public (FieldElement X, FieldElement Y) ToAffine()
    {
        var inverse = _z.Inverse();
        var square = inverse.Square();
        return (_x * square, _y * (square * inverse));
    }

    public CurvePoint Double()
    {
        var a = _x.Square();
        var b = _y.Square();
        var c = b.Square();
        var d = (_x + b).Square() - a - c;
        d += d;
        var e = a + a + a;
        var x = e.Square() - (d + d);
        var c8 = c + c;
        c8 += c8;
        c8 += c8;
        var yz = _y * _z;
        return new CurvePoint(x, (e * (d - x)) - c8, yz + yz);
    }

    public static CurvePoint operator +(in CurvePoint p, in CurvePoint q)
    {
        if (p.IsInfinity) return q;
        if (q.IsInfinity) return p;
        var zz1 = p._z.Square();
        var zz2 = q._z.Square();
        var u1 = p._x * zz2;
        var u2 = q._x * zz1;
        var s1 = p._y * q._z * zz2;
        var s2 = q._y * p._z * zz1;
        var h = u2 - u1;
        var r = s2 - s1;
        if (h.IsZero) return r.IsZero ? p.Double() : Infinity;

        r += r;
        var i = (h + h).Square();
        var j = h * i;
        var v = u1 * i;
        var x = r.Square() - j - (v + v);
        var s1j = s1 * j;
        return new CurvePoint(x, (r * (v - x)) - (s1j + s1j), ((p._z + q._z).Square() - zz1 - zz2) * h);
    }

    private static CurvePoint OfConstants(string x, string y)
    {
        FieldElement.TryRead(Convert.FromHexString(x), out var fx);
        FieldElement.TryRead(Convert.FromHexString(y), out var fy);
        return new CurvePoint(fx, fy, FieldElement.One);
    }
}
