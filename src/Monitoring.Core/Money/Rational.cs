using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;
using System.Text.Json.Serialization;

namespace Monitoring.Core;

/// <summary>
/// An exact fraction of integers in lowest terms with a positive denominator. Prices, expected values and balances are fractions over numbers
/// as large as 2^256 - 1; both sides of a payment keep them exactly, so no floating point comes near them.
/// </summary>
[JsonConverter(typeof(RationalJson))]
public readonly record struct Rational : IComparable<Rational>
{
    /// <summary>
    /// The longest text that is read: the sum of any expected values of tickets has a numerator of fewer than 170 digits over a divisor of
    /// 2^256 - 1.
    /// </summary>
    public const int MaximumText = 400;

    private readonly BigInteger _denominator;

    /// <summary>The fraction of two integers.</summary>
    /// <exception cref="DivideByZeroException">The denominator is 0.</exception>
    public Rational(BigInteger numerator, BigInteger denominator)
    {
        if (denominator.IsZero) throw new DivideByZeroException("A fraction needs a denominator other than 0.");
        var divisor = BigInteger.GreatestCommonDivisor(numerator, denominator);
        if (denominator.Sign < 0) divisor = -divisor;
        Numerator = numerator / divisor;
        _denominator = denominator / divisor;
    }

    /// <summary>Nothing.</summary>
    public static Rational Zero { get; } = new(0, 1);

    /// <summary>The numerator; its sign is that of the fraction.</summary>
    public BigInteger Numerator { get; }

    /// <summary>The denominator, positive.</summary>
    public BigInteger Denominator => _denominator.IsZero ? BigInteger.One : _denominator;

    /// <summary>-1, 0 or 1.</summary>
    public int Sign => Numerator.Sign;

    /// <summary>The whole number at or below.</summary>
    public BigInteger Floor()
    {
        var quotient = BigInteger.DivRem(Numerator, Denominator, out var remainder);
        return remainder.Sign < 0 ? quotient - 1 : quotient;
    }

    /// <summary>The whole number at or above.</summary>
    public BigInteger Ceiling() => -(-this).Floor();

    /// <inheritdoc />
    public int CompareTo(Rational other) => (Numerator * other.Denominator).CompareTo(other.Numerator * Denominator);

    /// <inheritdoc />
    public bool Equals(Rational other) => Numerator == other.Numerator && Denominator == other.Denominator;

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Numerator, Denominator);

    /// <summary><c>numerator/denominator</c>, as the protocol's texts have it.</summary>
    public override string ToString() => $"{Numerator}/{Denominator}";

    /// <summary>The digits alone of a whole number, else <see cref="ToString"/>.</summary>
    public string ToShortString() => Denominator.IsOne ? Numerator.ToString(CultureInfo.InvariantCulture) : ToString();

    /// <summary>Decimal digits, rounded half away from zero: for texts alone.</summary>
    /// <param name="decimals">Digits after the point, 1 to 30.</param>
    public string ToDecimalString(int decimals)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(decimals, Math.Clamp(decimals, 1, 30));
        var scale = BigInteger.Pow(10, decimals);
        var rounded = ((BigInteger.Abs(Numerator) * scale * 2) + Denominator) / (Denominator * 2);
        var whole = BigInteger.DivRem(rounded, scale, out var rest);
        var sign = Sign < 0 && !rounded.IsZero ? "-" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{sign}{whole}.{rest.ToString(CultureInfo.InvariantCulture).PadLeft(decimals, '0')}");
    }

    /// <summary>Reads <c>numerator/denominator</c> or a whole number, of at most <see cref="MaximumText"/> characters.</summary>
    /// <exception cref="FormatException">It is neither.</exception>
    public static Rational Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var fraction) ? fraction : throw new FormatException("That is no fraction: numerator/denominator or a whole number is expected.");
    }

    /// <summary>Reads what <see cref="Parse"/> does; false for anything else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Rational fraction)
    {
        fraction = Zero;
        if (text is not { Length: > 0 and <= MaximumText }) return false;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var denominator = BigInteger.One;
        if (slash >= 0 && (!BigInteger.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out denominator) || denominator.IsZero)) return false;
        if (!BigInteger.TryParse(text.AsSpan(0, slash < 0 ? text.Length : slash), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var numerator)) return false;
        fraction = new Rational(numerator, denominator);
        return true;
    }

    /// <summary>A whole number as a fraction.</summary>
    public static implicit operator Rational(BigInteger value) => new(value, BigInteger.One);

    /// <summary>A whole number as a fraction.</summary>
    public static implicit operator Rational(long value) => new(value, BigInteger.One);

    /// <summary>The sum.</summary>
    public static Rational operator +(Rational a, Rational b) => new((a.Numerator * b.Denominator) + (b.Numerator * a.Denominator), a.Denominator * b.Denominator);

    /// <summary>The difference.</summary>
    public static Rational operator -(Rational a, Rational b) => a + -b;

    /// <summary>The opposite.</summary>
    public static Rational operator -(Rational a) => new(-a.Numerator, a.Denominator);

    /// <summary>The product.</summary>
    public static Rational operator *(Rational a, Rational b) => new(a.Numerator * b.Numerator, a.Denominator * b.Denominator);

    /// <summary>The quotient.</summary>
    /// <exception cref="DivideByZeroException">The divisor is 0.</exception>
    public static Rational operator /(Rational a, Rational b) => new(a.Numerator * b.Denominator, a.Denominator * b.Numerator);

    /// <summary>Compares two fractions.</summary>
    public static bool operator <(Rational a, Rational b) => a.CompareTo(b) < 0;

    /// <summary>Compares two fractions.</summary>
    public static bool operator >(Rational a, Rational b) => a.CompareTo(b) > 0;

    /// <summary>Compares two fractions.</summary>
    public static bool operator <=(Rational a, Rational b) => a.CompareTo(b) <= 0;

    /// <summary>Compares two fractions.</summary>
    public static bool operator >=(Rational a, Rational b) => a.CompareTo(b) >= 0;

    /// <summary>The sum.</summary>
    public static Rational Add(Rational left, Rational right) => left + right;

    /// <summary>The difference.</summary>
    public static Rational Subtract(Rational left, Rational right) => left - right;

    /// <summary>The opposite.</summary>
    public static Rational Negate(Rational item) => -item;

    /// <summary>The product.</summary>
    public static Rational Multiply(Rational left, Rational right) => left * right;

    /// <summary>The quotient.</summary>
    public static Rational Divide(Rational left, Rational right) => left / right;

    /// <summary>A whole number as a fraction.</summary>
    public static Rational FromBigInteger(BigInteger value) => value;

    /// <summary>A whole number as a fraction.</summary>
    public static Rational FromInt64(long value) => value;
}
