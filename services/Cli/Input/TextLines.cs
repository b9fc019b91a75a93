using System.Text;

namespace AccessGov.Cli;

/// <summary>Lines and columns of a text in UTF-8, both from 1, the column in UTF-16 code units as editors count them.</summary>
internal readonly ref struct TextLines(ReadOnlySpan<byte> utf8)
{
    private readonly ReadOnlySpan<byte> utf8 = utf8;

    public (int Line, int Column) PlaceOf(int offset)
    {
        ReadOnlySpan<byte> before = utf8[..offset];
        int lineStart = before.LastIndexOf((byte)'\n') + 1;
        return (before.Count((byte)'\n') + 1, Encoding.UTF8.GetCharCount(before[lineStart..]) + 1);
    }
}
