namespace AccessGov.Cedar;

internal enum LayoutKind
{
    Text,

    /// <summary>A blank, unless a line ends there.</summary>
    Space,

    /// <summary>A blank, or the end of a line in a group that is broken.</summary>
    Line,

    /// <summary>Nothing, or the end of a line in a group that is broken.</summary>
    SoftLine,

    HardLine,

    /// <summary>The end of a line and an empty line.</summary>
    EmptyLine,

    /// <summary>A comment behind what is on its line.</summary>
    TrailingComment,

    /// <summary>A comment on a line of its own.</summary>
    OwnLineComment,

    Sequence,

    /// <summary>Lines that start inside are indented one level further.</summary>
    Nest,

    /// <summary>Lines that start inside start below the column in which this starts.</summary>
    Align,

    /// <summary>All on one line when that fits and no comment forbids it, otherwise every line of it that may end ends.</summary>
    Group,
}

/// <summary>
/// A piece of text with the places where its lines may end. What deciding about them takes is worked out when a piece is put together,
/// so that rendering takes time in proportion to the text.
/// </summary>
internal sealed class Layout
{
    private const int Unbounded = 1 << 28;

    private static readonly Layout[] NoItems = [];

    private Layout(LayoutKind kind, string text, Layout[] items)
    {
        Kind = kind;
        Text = text;
        Items = items;
        switch (kind)
        {
            case LayoutKind.Text:
                int end = text.IndexOf('\n', StringComparison.Ordinal);
                (Width, Lead, CanBreak, MustBreak, HasText) = (text.Length, end < 0 ? text.Length : end, end >= 0, end >= 0, true);
                break;
            case LayoutKind.Space:
                (Width, Lead) = (1, 1);
                break;
            case LayoutKind.Line or LayoutKind.SoftLine:
                (Width, CanBreak) = (kind == LayoutKind.Line ? 1 : 0, true);
                break;
            case LayoutKind.HardLine or LayoutKind.EmptyLine:
                (CanBreak, MustBreak) = (true, true);
                break;
            case LayoutKind.OwnLineComment:
                (CanBreak, StartsWithComment) = (true, true);
                break;
            case LayoutKind.TrailingComment:
                (CanBreak, EndsWithComment) = (true, true);
                break;
            default:
                Combine();
                break;
        }
    }

    public static Layout Nothing { get; } = new(LayoutKind.Sequence, "", NoItems);

    public static Layout Space { get; } = new(LayoutKind.Space, "", NoItems);

    public static Layout Line { get; } = new(LayoutKind.Line, "", NoItems);

    public static Layout SoftLine { get; } = new(LayoutKind.SoftLine, "", NoItems);

    public static Layout HardLine { get; } = new(LayoutKind.HardLine, "", NoItems);

    public static Layout EmptyLine { get; } = new(LayoutKind.EmptyLine, "", NoItems);

    public LayoutKind Kind { get; }

    public string Text { get; }

    public Layout[] Items { get; }

    /// <summary>The width on one line, without comments.</summary>
    public int Width { get; private set; }

    /// <summary>The width up to the first place where a line may end.</summary>
    public int Lead { get; private set; }

    /// <summary>Whether there is a place where a line may end.</summary>
    public bool CanBreak { get; private set; }

    /// <summary>Whether it cannot be on one line: a line ends inside for sure, or a comment stands between two pieces of text.</summary>
    public bool MustBreak { get; private set; }

    /// <summary>Whether the last thing is a trailing comment, so that nothing may follow on its line.</summary>
    public bool EndsWithComment { get; private set; }

    private bool StartsWithComment { get; set; }

    private bool HasText { get; set; }

    public static Layout Of(string text) => new(LayoutKind.Text, text, NoItems);

    public static Layout Comment(string text, bool isTrailing) =>
        new(isTrailing ? LayoutKind.TrailingComment : LayoutKind.OwnLineComment, text, NoItems);

    public static Layout Sequence(params ReadOnlySpan<Layout> items) => new(LayoutKind.Sequence, "", items.ToArray());

    public static Layout Nest(params ReadOnlySpan<Layout> items) => new(LayoutKind.Nest, "", items.ToArray());

    public static Layout Align(params ReadOnlySpan<Layout> items) => new(LayoutKind.Align, "", items.ToArray());

    public static Layout Group(params ReadOnlySpan<Layout> items) => new(LayoutKind.Group, "", items.ToArray());

    private void Combine()
    {
        foreach (Layout item in Items)
        {
            MustBreak |= item.MustBreak
                || (HasText && item.StartsWithComment)
                || (EndsWithComment && (item.HasText || item.StartsWithComment));
            StartsWithComment |= !HasText && item.StartsWithComment;
            if (item.HasText || item.EndsWithComment)
            {
                EndsWithComment = item.EndsWithComment;
            }

            HasText |= item.HasText;
            Width = Math.Min(Width + item.Width, Unbounded);
            Lead = CanBreak ? Lead : Math.Min(Lead + item.Lead, Unbounded);
            CanBreak |= item.CanBreak;
        }
    }
}
