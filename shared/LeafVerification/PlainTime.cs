namespace AccessGov.LeafVerification;

/// <summary>Times as leaves carry them: <c>"2026-11-27T18:40:00.123456Z"</c>, the quotes included.</summary>
internal static class PlainTime
{
    private const int Length = 29;

    public static bool TryRead(ReadOnlySpan<byte> value, out DateTimeOffset time)
    {
        time = default;
        if (value.Length != Length || value[0] != '"' || value[5] != '-' || value[8] != '-' || value[11] != 'T'
            || value[14] != ':' || value[17] != ':' || value[20] != '.' || value[27] != 'Z')
        {
            return false;
        }

        bool isDate = Digits(value[1..5], out int year) & Digits(value[6..8], out int month) & Digits(value[9..11], out int day);
        bool isTime = Digits(value[12..14], out int hour) & Digits(value[15..17], out int minute) & Digits(value[18..20], out int second)
            & Digits(value[21..27], out int microsecond);
        if (!isDate || !isTime || year == 0 || month is 0 or > 12 || day == 0 || day > DateTime.DaysInMonth(year, month)
            || hour > 23 || minute > 59 || second > 59)
        {
            return false;
        }

        var whole = new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc);
        time = new DateTimeOffset(whole.AddTicks(microsecond * TimeSpan.TicksPerMicrosecond));
        return true;
    }

    private static bool Digits(ReadOnlySpan<byte> text, out int number)
    {
        number = 0;
        bool areDigits = true;
        foreach (byte digit in text)
        {
            number = (10 * number) + digit - '0';
            areDigits &= digit is >= (byte)'0' and <= (byte)'9';
        }

        return areDigits;
    }
}
