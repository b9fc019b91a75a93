using System.Text;

namespace AccessGov.Cli;

/// <summary>Lines and columns of a text in UTF-8, both from 1, the column in UTF-16 code units as editors count them.</summary>
internal sealed class TextLines
{
    private readonly ReadOnlyMemory<byte> utf8;
    private readonly List<int> starts = [0];

    public TextLines(ReadOnlyMemory<byte> utf8)
    {
        this.utf8 = utf8;
        ReadOnlySpan<byte> text = utf8.Span;
        for (int end = text.IndexOf((byte)'\n'); end >= 0; end = text[starts[^1]..].IndexOf((byte)'\n'))
        {
            starts.Add(starts.Count == 1 ? end + 1 : starts[^1] + end + 1);
        }
    }

    public (int Line, int Column) PlaceOf(int offset)
    {
        int found = starts.BinarySearch(offset);
        int line = found >= 0 ? found : ~found - 1;
        return (line + 1, Encoding.UTF8.GetCharCount(utf8.Span[starts[line]..offset]) + 1);
    }

    /// <summary>The offset of a line from 0 and a byte in it, as readers of JSON name them.</summary>
    public int OffsetOf(long line, long bytes) => (int)Math.Min(starts[(int)Math.Min(line, starts.Count - 1)] + bytes, utf8.Length);
}
