using System.Globalization;
using System.Text;

namespace AccessGov.Cedar;

/// <summary>IPv6 addresses in hexadecimal groups with at most one <c>::</c>; never with a dotted IPv4 tail.</summary>
internal static class Ipv6Text
{
    private const int Groups = 8;

    public static bool TryRead(ReadOnlySpan<char> text, out UInt128 bits)
    {
        bits = 0;
        Span<ushort> groups = stackalloc ushort[Groups];
        int gap = text.IndexOf("::", StringComparison.Ordinal);
        if (gap < 0)
        {
            if (!TryReadGroups(text, groups, out int all) || all != Groups)
            {
                return false;
            }
        }
        else
        {
            Span<ushort> tail = stackalloc ushort[Groups];
            if (!TryReadGroups(text[..gap], groups, out int before) || !TryReadGroups(text[(gap + 2)..], tail, out int after)
                || before + after >= Groups)
            {
                return false;
            }

            groups[before..].Clear();
            tail[..after].CopyTo(groups[(Groups - after)..]);
        }

        foreach (ushort group in groups)
        {
            bits = (bits << 16) | group;
        }

        return true;
    }

    /// <summary>The shortest form: the first longest run of two or more zero groups becomes <c>::</c>.</summary>
    public static string Write(UInt128 bits)
    {
        Span<ushort> groups = stackalloc ushort[Groups];
        for (int i = 0; i < Groups; i++)
        {
            groups[i] = (ushort)(bits >> (112 - (16 * i)));
        }

        (int start, int length) = LongestZeroRun(groups);
        var text = new StringBuilder(39);
        for (int i = 0; i < Groups; i++)
        {
            if (i == start && length > 1)
            {
                text.Append("::");
                i += length - 1;
                continue;
            }

            if (text.Length > 0 && text[^1] != ':')
            {
                text.Append(':');
            }

            text.Append(groups[i].ToString("x", CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }

    private static (int Start, int Length) LongestZeroRun(ReadOnlySpan<ushort> groups)
    {
        (int start, int length) best = (-1, 0);
        for (int i = 0; i < Groups; i++)
        {
            int end = i;
            while (end < Groups && groups[end] == 0)
            {
                end++;
            }

            if (end - i > best.length)
            {
                best = (i, end - i);
            }
        }

        return best;
    }

    private static bool TryReadGroups(ReadOnlySpan<char> text, Span<ushort> groups, out int count)
    {
        count = 0;
        if (text.IsEmpty)
        {
            return true;
        }

        foreach (Range range in text.Split(':'))
        {
            ReadOnlySpan<char> group = text[range];
            if (count == Groups || group.Length is < 1 or > 4 || group.IndexOfAnyExcept(Names.HexDigits) >= 0)
            {
                return false;
            }

            groups[count++] = ushort.Parse(group, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        }

        return true;
    }
}
