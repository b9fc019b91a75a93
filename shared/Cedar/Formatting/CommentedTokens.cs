namespace AccessGov.Cedar;

/// <summary>
/// The tokens of a text that is known to be valid, as pieces of a layout, each with its comments: those on lines of their own before
/// it, and the one behind it on its line.
/// </summary>
internal sealed class CommentedTokens
{
    private readonly SourceText source;
    private readonly List<Token> tokens;
    private readonly List<Layout> carried = [];
    private Layout? handedOn;
    private int at;
    private int comment;

    public CommentedTokens(string text)
    {
        source = new SourceText(null, text);
        tokens = Lexer.Tokenize(source);
    }

    public TokenKind Kind => tokens[at].Kind;

    public bool IsWord(string word) => Kind == TokenKind.Identifier && source.Text.AsSpan(tokens[at].Offset, tokens[at].Length).SequenceEqual(word);

    /// <summary>The current token with its comments.</summary>
    public Layout Take()
    {
        bool joins = Joins(Kind);
        Layout before = joins ? Layout.Nothing : TakeComments();
        List<Layout> passed = joins ? TakePassed() : [];
        Token token = tokens[at++];
        Layout text = Layout.Of(source.Text.Substring(token.Offset, token.Length));
        if (IsTrailing(token))
        {
            Layout trailing = Layout.Comment(CommentText(comment), isTrailing: true);
            if (!joins && Joins(Kind))
            {
                handedOn = trailing;
            }
            else
            {
                passed.Add(passed.Count == 0 ? trailing : Layout.Comment(CommentText(comment), isTrailing: false));
            }

            comment++;
        }

        int behind = passed.Count > 0 && passed[0].Kind == LayoutKind.TrailingComment ? 1 : 0;
        carried.AddRange(passed.Skip(behind));
        return before == Layout.Nothing && behind == 0 ? text : Layout.Sequence(before, text, behind == 0 ? Layout.Nothing : passed[0]);
    }

    /// <summary>The comments before the current token alone; the token comes without them then.</summary>
    public Layout TakeComments()
    {
        if (!HasCommentBefore())
        {
            return Layout.Nothing;
        }

        Layout comments = Layout.Sequence([.. carried, .. TakeOwnLines()]);
        carried.Clear();
        return comments;
    }

    /// <summary>
    /// The comments before the current token as they stand between policies: an empty line before a comment or the token stays one
    /// empty line. What comes first gets none.
    /// </summary>
    public Layout TakeCommentsApart()
    {
        var comments = new List<Layout>();
        while (HasUntaken())
        {
            if (comments.Count > 0)
            {
                comments.Add(IsAfterEmptyLine(source.Comments[comment].Offset) ? Layout.EmptyLine : Layout.HardLine);
            }

            comments.Add(Layout.Comment(CommentText(comment++), isTrailing: false));
        }

        if (comments.Count > 0 && Kind != TokenKind.End)
        {
            comments.Add(IsAfterEmptyLine(tokens[at].Offset) ? Layout.EmptyLine : Layout.HardLine);
        }

        return Layout.Sequence([.. comments]);
    }

    public bool HasCommentBefore() => carried.Count > 0 || HasUntaken();

    // Operators and commas stand at the ends of lines, so they come before a comment that was written between them and their left side.
    private static bool Joins(TokenKind kind) =>
        kind is TokenKind.And or TokenKind.Or or TokenKind.Comma or TokenKind.Plus or TokenKind.Star
        || kind is >= TokenKind.Equal and <= TokenKind.GreaterOrEqual;

    private List<Layout> TakePassed()
    {
        List<Layout> passed = handedOn is null ? [] : [handedOn];
        handedOn = null;
        passed.AddRange(TakeOwnLines());
        return passed;
    }

    private List<Layout> TakeOwnLines()
    {
        var comments = new List<Layout>();
        while (HasUntaken())
        {
            comments.Add(Layout.Comment(CommentText(comment++), isTrailing: false));
        }

        return comments;
    }

    private bool HasUntaken() => comment < source.Comments.Count && source.Comments[comment].Offset < tokens[at].Offset;

    private bool IsTrailing(Token token) =>
        HasUntaken() && LineEnds(token.Offset + token.Length, source.Comments[comment].Offset) == 0;

    private bool IsAfterEmptyLine(int offset)
    {
        Comment before = source.Comments[comment - 1];
        return LineEnds(before.Offset + before.Length, offset) > 1;
    }

    private int LineEnds(int start, int end)
    {
        ReadOnlySpan<char> between = source.Text.AsSpan(start, end - start);
        return Math.Max(between.Count('\n'), between.Count('\r'));
    }

    private string CommentText(int index) => source.Text.Substring(source.Comments[index].Offset, source.Comments[index].Length).TrimEnd();
}
