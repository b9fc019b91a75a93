using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace AccessGov.Cedar;

/// <summary>A Cedar duration: a signed 64-bit count of milliseconds.</summary>
public sealed class DurationValue(long milliseconds) : ExtensionValue
{
    private static readonly (string Unit, long Milliseconds)[] Units =
        [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

    /// <summary>The whole length in milliseconds.</summary>
    public long Milliseconds => milliseconds;

    internal override string TypeName => "duration";

    internal override string Constructor => "duration";

    internal override string ConstructorArgument => milliseconds.ToString(CultureInfo.InvariantCulture) + "ms";

    /// <summary>The duration of <paramref name="span"/>; parts of a millisecond are cut off.</summary>
    public static DurationValue From(TimeSpan span) => new(span.Ticks / TimeSpan.TicksPerMillisecond);

    /// <summary>Reads <c>-?(nd)?(nh)?(nm)?(ns)?(nms)?</c>: at least one part, in this order, one sign for all.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out DurationValue? value)
    {
        value = null;
        ReadOnlySpan<char> rest = text;
        int sign = 1;
        if (rest is ['-', ..])
        {
            sign = -1;
            rest = rest[1..];
        }

        if (rest.IsEmpty)
        {
            return false;
        }

        Int128 total = 0;
        int unit = 0;
        while (!rest.IsEmpty)
        {
            int digits = rest.IndexOfAnyExceptInRange('0', '9');
            if (digits < 1 || !Int128.TryParse(rest[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out Int128 quantity)
                || quantity > (Int128)long.MaxValue + 1)
            {
                return false;
            }

            rest = rest[digits..];
            int letters = rest.IndexOfAnyInRange('0', '9');
            ReadOnlySpan<char> name = letters < 0 ? rest : rest[..letters];
            while (unit < Units.Length && !name.SequenceEqual(Units[unit].Unit))
            {
                unit++;
            }

            if (unit == Units.Length)
            {
                return false;
            }

            total += sign * quantity * Units[unit++].Milliseconds;
            rest = rest[name.Length..];
        }

        if (total < long.MinValue || total > long.MaxValue)
        {
            return false;
        }

        value = new DurationValue((long)total);
        return true;
    }

    /// <inheritdoc />
    public override bool Equals(Value? other) => other is DurationValue that && that.Milliseconds == milliseconds;

    /// <inheritdoc />
    public override int GetHashCode() => SeededHash.Of(4, milliseconds);
}
