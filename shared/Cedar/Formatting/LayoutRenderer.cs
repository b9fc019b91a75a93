using System.Text;

namespace AccessGov.Cedar;

/// <summary>
/// Writes a layout: a group goes on one line when it fits together with what must follow it there. Nothing is ever put behind a
/// comment, and no line ends with blanks. There is no recursion.
/// </summary>
internal sealed class LayoutRenderer
{
    private readonly FormatOptions options;
    private readonly int indentMax;
    private readonly StringBuilder text = new();
    private readonly List<(int Indent, bool IsFlat, Layout Layout)> rest = [];
    private int column;
    private int lineIndent;
    private bool isAtLineStart = true;
    private bool owesSpace;
    private bool isBehindComment;
    private bool isBehindOwnLineComment;

    private LayoutRenderer(FormatOptions options)
    {
        this.options = options;
        indentMax = options.LineWidth / 2;
    }

    public static string Render(Layout layout, FormatOptions options)
    {
        var renderer = new LayoutRenderer(options);
        renderer.rest.Add((0, false, layout));
        while (renderer.rest.Count > 0)
        {
            (int indent, bool isFlat, Layout next) = renderer.rest[^1];
            renderer.rest.RemoveAt(renderer.rest.Count - 1);
            renderer.Render(indent, isFlat, next);
        }

        return renderer.text.ToString();
    }

    private void Render(int indent, bool isFlat, Layout layout)
    {
        switch (layout.Kind)
        {
            case LayoutKind.Text:
                Write(layout.Text, indent);
                break;
            case LayoutKind.Space:
                owesSpace = true;
                break;
            case LayoutKind.Line or LayoutKind.SoftLine when isFlat:
                owesSpace |= layout.Kind == LayoutKind.Line;
                break;
            case LayoutKind.Line or LayoutKind.SoftLine or LayoutKind.HardLine:
                EndLine(indent);
                break;
            case LayoutKind.EmptyLine:
                EndLine(indent);
                text.Append('\n');
                break;
            case LayoutKind.TrailingComment:
                owesSpace = true;
                Write(layout.Text, indent);
                isBehindComment = true;
                break;
            case LayoutKind.OwnLineComment:
                if (!isAtLineStart)
                {
                    EndLine(isBehindOwnLineComment ? lineIndent : indent);
                }

                Write(layout.Text, indent);
                (isBehindComment, isBehindOwnLineComment) = (true, true);
                break;
            case LayoutKind.Sequence:
                Push(indent, isFlat, layout.Items);
                break;
            case LayoutKind.Nest:
                Push(Math.Min(indent + options.IndentWidth, indentMax), isFlat, layout.Items);
                break;
            case LayoutKind.Align:
                int start = Start(indent);
                Push(start <= indentMax ? start : Math.Min(indent + options.IndentWidth, indentMax), isFlat, layout.Items);
                break;
            default:
                Push(indent, isFlat || Fits(indent, layout), layout.Items);
                break;
        }
    }

    private void Push(int indent, bool isFlat, Layout[] items)
    {
        for (int i = items.Length - 1; i >= 0; i--)
        {
            rest.Add((indent, isFlat, items[i]));
        }
    }

    private bool Fits(int indent, Layout group)
    {
        int left = options.LineWidth - Start(indent) - group.Width;
        if (group.MustBreak || left < 0)
        {
            return false;
        }

        // What follows up to the next place where the line may end has to fit as well.
        bool ends = group.EndsWithComment;
        for (int i = rest.Count - 1; i >= 0 && !ends && left >= 0; i--)
        {
            left -= rest[i].Layout.Lead;
            ends = rest[i].Layout.CanBreak;
        }

        return left >= 0;
    }

    /// <summary>The column in which the next piece will start.</summary>
    private int Start(int indent) =>
        isAtLineStart || isBehindOwnLineComment ? lineIndent
        : isBehindComment ? indent
        : column + (owesSpace ? 1 : 0);

    private void Write(string piece, int indent)
    {
        if (isBehindComment)
        {
            EndLine(isBehindOwnLineComment ? lineIndent : indent);
        }

        if (isAtLineStart)
        {
            text.Append(' ', lineIndent);
            column = lineIndent;
        }
        else if (owesSpace)
        {
            text.Append(' ');
            column++;
        }

        text.Append(piece);
        int end = piece.LastIndexOf('\n');
        column = end < 0 ? column + piece.Length : piece.Length - end - 1;
        (isAtLineStart, owesSpace) = (false, false);
    }

    // A line is indented as the place is where it was started, not as what comes first on it.
    private void EndLine(int indent)
    {
        if (!isAtLineStart)
        {
            text.Append('\n');
        }

        lineIndent = indent;
        (isAtLineStart, owesSpace, isBehindComment, isBehindOwnLineComment) = (true, false, false, false);
    }
}
