using System.Globalization;
using System.Numerics;

namespace Monitoring.Core;

/// <summary>Amounts of ether as people write and read them: <c>0.02 ether</c>, <c>20 gwei</c>, <c>12000</c> (wei). Exact both ways.</summary>
public static class WeiText
{
    /// <summary>What is expected, for messages.</summary>
    public const string Expected = "an amount such as 0.02 ether, 20 gwei or a whole number of wei is expected";

    private const int MostCharacters = 100;
    private const int EtherDecimals = 18;
    private static readonly (string Unit, int Decimals)[] Units = [("ether", EtherDecimals), ("eth", EtherDecimals), ("gwei", 9), ("wei", 0)];

    /// <summary>Reads an amount; no sign, no exponent, no more decimals than the unit has.</summary>
    public static bool TryParse(string text, out BigInteger wei)
    {
        wei = default;
        if (text.Length > MostCharacters) return false;
        var number = text.Trim();
        var decimals = 0;
        foreach (var (unit, places) in Units)
        {
            if (!number.EndsWith(unit, StringComparison.OrdinalIgnoreCase)) continue;
            (number, decimals) = (number[..^unit.Length].TrimEnd(), places);
            break;
        }

        var point = number.IndexOf('.', StringComparison.Ordinal);
        var (whole, fraction) = point < 0 ? (number, "") : (number[..point], number[(point + 1)..]);
        if (point >= 0 && fraction.Length == 0) return false;
        if (fraction.Length > decimals || !BigInteger.TryParse(whole, NumberStyles.None, CultureInfo.InvariantCulture, out _)) return false;
        return BigInteger.TryParse(whole + fraction.PadRight(decimals, '0'), NumberStyles.None, CultureInfo.InvariantCulture, out wei);
    }

    /// <summary>The amount in ether, without needless zeros; it reads back as the same amount.</summary>
    public static string Format(BigInteger wei)
    {
        var digits = BigInteger.Abs(wei).ToString(CultureInfo.InvariantCulture).PadLeft(EtherDecimals + 1, '0');
        var fraction = digits[^EtherDecimals..].TrimEnd('0');
        return $"{(wei.Sign < 0 ? "-" : "")}{digits[..^EtherDecimals]}{(fraction.Length > 0 ? "." : "")}{fraction} ether";
    }
}
