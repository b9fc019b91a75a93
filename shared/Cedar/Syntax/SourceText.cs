namespace AccessGov.Cedar;

/// <summary>A place in a policy text. Line and column count from 1, the column in UTF-16 code units; the offset counts from 0.</summary>
public readonly record struct SourcePosition(string? File, int Offset, int Line, int Column)
{
    /// <summary><c>file:line:column</c>, or <c>line:column</c> for a text without a file.</summary>
    public override string ToString() => File is null ? $"{Line}:{Column}" : $"{File}:{Line}:{Column}";
}

/// <summary>A comment as written, from <c>//</c> to before the end of the line.</summary>
internal readonly record struct Comment(int Offset, int Length);

/// <summary>One policy text: its file, its lines and, after the lexer has run, its comments.</summary>
internal sealed class SourceText
{
    private readonly List<int> lineStarts = [0];
    private readonly List<Comment> comments = [];

    public SourceText(string? file, string text)
    {
        File = file;
        Text = text;
        for (int end = text.IndexOf('\n', StringComparison.Ordinal); end >= 0; end = text.IndexOf('\n', end + 1))
        {
            lineStarts.Add(end + 1);
        }
    }

    public string? File { get; }

    public string Text { get; }

    /// <summary>Every comment of the text in order: what a formatter needs to lose none.</summary>
    public IReadOnlyList<Comment> Comments => comments;

    public void Add(Comment comment) => comments.Add(comment);

    public SourcePosition PositionOf(int offset)
    {
        int found = lineStarts.BinarySearch(offset);
        int line = found >= 0 ? found : ~found - 1;
        return new SourcePosition(File, offset, line + 1, offset - lineStarts[line] + 1);
    }
}
