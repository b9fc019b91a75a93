using System.Runtime.Intrinsics;

namespace AccessGov.LeafVerification;

/// <summary>Where the quotes are in a text of printable ASCII without backslashes: 64 bytes are looked at as one.</summary>
internal static class QuoteMarks
{
    /// <summary>One bit for each byte that is a quote; false where a byte is a backslash or not printable.</summary>
    public static bool Find(ReadOnlySpan<byte> bytes, Span<ulong> marks)
    {
        Span<byte> last = stackalloc byte[64];
        for (int i = 0; i < marks.Length; i++)
        {
            scoped ReadOnlySpan<byte> part = bytes[(64 * i)..];
            if (part.Length < 64)
            {
                last.Fill((byte)' ');
                part.CopyTo(last);
                part = last;
            }

            var block = Vector512.Create(part);
            Vector512<byte> strange = Vector512.LessThan(block, Vector512.Create((byte)' '))
                | Vector512.GreaterThan(block, Vector512.Create((byte)'~'))
                | Vector512.Equals(block, Vector512.Create((byte)'\\'));
            if (strange != Vector512<byte>.Zero)
            {
                return false;
            }

            marks[i] = Vector512.Equals(block, Vector512.Create((byte)'"')).ExtractMostSignificantBits();
        }

        return true;
    }
}
