using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace AccessGov.Cedar;

/// <summary>
/// A Cedar datetime: signed 64-bit milliseconds since 1970-01-01T00:00:00Z. The arithmetic is done on days and milliseconds, since
/// .NET's date types know neither the year 0 nor offsets beyond 14 hours.
/// </summary>
public sealed class DatetimeValue(long epochMilliseconds) : ExtensionValue
{
    internal const long MillisecondsPerDay = 86_400_000;

    // Days from 0000-03-01, the start of a 400-year cycle, to 1970-01-01.
    private const long EpochFromCycleStart = 719_468;

    /// <summary>Milliseconds since 1970-01-01T00:00:00Z; negative before.</summary>
    public long EpochMilliseconds => epochMilliseconds;

    internal override string TypeName => "datetime";

    internal override string Constructor => "datetime";

    internal override string? ConstructorArgument
    {
        get
        {
            (long year, int month, int day) = DateOf(StartOfDay / MillisecondsPerDay);
            if (year is < 0 or > 9_999)
            {
                return null;
            }

            long time = epochMilliseconds - StartOfDay;
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{year:D4}-{month:D2}-{day:D2}T{time / 3_600_000:D2}:{time / 60_000 % 60:D2}:{time / 1_000 % 60:D2}.{time % 1_000:D3}Z");
        }
    }

    /// <summary>Midnight UTC of the same day, for a value at least one day above the smallest; the caller checks.</summary>
    private long StartOfDay => unchecked(epochMilliseconds - MillisecondsIntoDay);

    /// <summary>Milliseconds since midnight UTC, 0 to 86 399 999 also before 1970.</summary>
    internal long MillisecondsIntoDay => ((epochMilliseconds % MillisecondsPerDay) + MillisecondsPerDay) % MillisecondsPerDay;

    /// <summary>The instant of <paramref name="instant"/>; parts of a millisecond are cut off.</summary>
    public static DatetimeValue From(DateTimeOffset instant) => new(instant.ToUnixTimeMilliseconds());

    /// <summary>
    /// Reads <c>YYYY-MM-DD</c>, or that with <c>Thh:mm:ss</c>, optionally <c>.SSS</c>, and <c>Z</c> or <c>±hhmm</c>. Nothing else.
    /// </summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out DatetimeValue? value)
    {
        value = null;
        var reader = new Reader(text);
        if (!reader.Number(4, out int year) || !reader.Literal('-') || !reader.Number(2, out int month) || !reader.Literal('-')
            || !reader.Number(2, out int day) || month is < 1 or > 12 || day < 1 || day > DaysIn(year, month))
        {
            return false;
        }

        long milliseconds = DaysFromEpoch(year, month, day) * MillisecondsPerDay;
        if (!reader.AtEnd)
        {
            if (!reader.Literal('T') || !reader.Number(2, out int hour) || !reader.Literal(':') || !reader.Number(2, out int minute)
                || !reader.Literal(':') || !reader.Number(2, out int second) || hour > 23 || minute > 59 || second > 59
                || !Tail(ref reader, out int fraction, out long offset))
            {
                return false;
            }

            milliseconds += (hour * 3_600_000L) + (minute * 60_000L) + (second * 1_000L) + fraction - offset;
        }

        value = new DatetimeValue(milliseconds);
        return true;
    }

    /// <inheritdoc />
    public override bool Equals(Value? other) => other is DatetimeValue that && that.EpochMilliseconds == epochMilliseconds;

    /// <inheritdoc />
    public override int GetHashCode() => SeededHash.Of(5, epochMilliseconds);

    internal override string AsExpression() =>
        ConstructorArgument is { } argument
            ? $"datetime(\"{argument}\")"
            : $"datetime(\"1970-01-01\").offset(duration(\"{epochMilliseconds}ms\"))";

    private static bool Tail(ref Reader reader, out int fraction, out long offset)
    {
        fraction = 0;
        offset = 0;
        if (reader.Literal('.') && !reader.Number(3, out fraction))
        {
            return false;
        }

        if (reader.Literal('Z'))
        {
            return reader.AtEnd;
        }

        int sign = reader.Literal('+') ? 1 : reader.Literal('-') ? -1 : 0;
        if (sign == 0 || !reader.Number(2, out int hours) || !reader.Number(2, out int minutes) || hours > 23 || minutes > 59)
        {
            return false;
        }

        offset = sign * ((hours * 3_600_000L) + (minutes * 60_000L));
        return reader.AtEnd;
    }

    private static int DaysIn(int year, int month) => month switch
    {
        2 => year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28,
        4 or 6 or 9 or 11 => 30,
        _ => 31,
    };

    // Years start in March here, so that the leap day is the last of its year.
    private static long DaysFromEpoch(long year, int month, int day)
    {
        long shifted = month <= 2 ? year - 1 : year;
        long cycle = Math.DivRem(shifted, 400, out long yearOfCycle);
        if (yearOfCycle < 0)
        {
            cycle--;
            yearOfCycle += 400;
        }

        int dayOfYear = ((153 * ((month + 9) % 12)) + 2) / 5 + day - 1;
        return (cycle * 146_097) + (yearOfCycle * 365) + (yearOfCycle / 4) - (yearOfCycle / 100) + dayOfYear - EpochFromCycleStart;
    }

    private static (long Year, int Month, int Day) DateOf(long daysFromEpoch)
    {
        long days = daysFromEpoch + EpochFromCycleStart;
        long cycle = (days >= 0 ? days : days - 146_096) / 146_097;
        long dayOfCycle = days - (cycle * 146_097);
        long yearOfCycle = (dayOfCycle - (dayOfCycle / 1_460) + (dayOfCycle / 36_524) - (dayOfCycle / 146_096)) / 365;
        int dayOfYear = (int)(dayOfCycle - ((365 * yearOfCycle) + (yearOfCycle / 4) - (yearOfCycle / 100)));
        int shiftedMonth = ((5 * dayOfYear) + 2) / 153;
        int day = dayOfYear - (((153 * shiftedMonth) + 2) / 5) + 1;
        int month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
        return ((cycle * 400) + yearOfCycle + (month <= 2 ? 1 : 0), month, day);
    }

    private ref struct Reader(ReadOnlySpan<char> text)
    {
        private ReadOnlySpan<char> rest = text;

        public readonly bool AtEnd => rest.IsEmpty;

        public bool Literal(char expected)
        {
            if (rest.IsEmpty || rest[0] != expected)
            {
                return false;
            }

            rest = rest[1..];
            return true;
        }

        public bool Number(int digits, out int number)
        {
            number = 0;
            if (rest.Length < digits)
            {
                return false;
            }

            foreach (char c in rest[..digits])
            {
                if (!char.IsAsciiDigit(c))
                {
                    return false;
                }

                number = (number * 10) + (c - '0');
            }

            rest = rest[digits..];
            return true;
        }
    }
}
