using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace AccessGov.Cedar;

/// <summary>A Cedar decimal: a signed 64-bit count of ten-thousandths, so about ±922 337 203 685 477.5807.</summary>
public sealed class DecimalValue(long tenThousandths) : ExtensionValue
{
    private const int Scale = 10_000;

    /// <summary>The value times 10,000.</summary>
    public long TenThousandths => tenThousandths;

    internal override string TypeName => "decimal";

    internal override string Constructor => "decimal";

    internal override string ConstructorArgument
    {
        get
        {
            // The magnitude of the smallest value does not fit a long.
            UInt128 magnitude = (UInt128)Int128.Abs(tenThousandths);
            string fraction = ((int)(magnitude % Scale)).ToString("D4", CultureInfo.InvariantCulture).TrimEnd('0');
            return $"{(tenThousandths < 0 ? "-" : "")}{magnitude / Scale}.{(fraction.Length == 0 ? "0" : fraction)}";
        }
    }

    /// <summary>Reads <c>-?digits.digits</c> with one to four digits after the mandatory point.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out DecimalValue? value)
    {
        value = null;
        ReadOnlySpan<char> rest = text;
        bool negative = rest is ['-', ..];
        if (negative)
        {
            rest = rest[1..];
        }

        int point = rest.IndexOf('.');
        if (point < 1 || rest.Length - point - 1 is < 1 or > 4)
        {
            return false;
        }

        // Digits are taken as negative numbers: that side of a long reaches one further.
        long number = 0;
        for (int i = 0; i < point + 5; i++)
        {
            if (i == point)
            {
                continue;
            }

            char digit = i < rest.Length ? rest[i] : '0';
            if (!char.IsAsciiDigit(digit))
            {
                return false;
            }

            Int128 next = ((Int128)number * 10) - (digit - '0');
            if (next < long.MinValue)
            {
                return false;
            }

            number = (long)next;
        }

        if (!negative && number == long.MinValue)
        {
            return false;
        }

        value = new DecimalValue(negative ? number : -number);
        return true;
    }

    /// <inheritdoc />
    public override bool Equals(Value? other) => other is DecimalValue that && that.TenThousandths == tenThousandths;

    /// <inheritdoc />
    public override int GetHashCode() => SeededHash.Of(3, tenThousandths);
}
