namespace AccessGov.Cedar;

/// <summary>Where the lines of policies may end; expressions are laid out by <see cref="ExpressionLayout"/>.</summary>
internal sealed class PolicyLayout
{
    private readonly CommentedTokens tokens;
    private readonly ExpressionLayout expressions;

    private PolicyLayout(string text)
    {
        tokens = new CommentedTokens(text);
        expressions = new ExpressionLayout(tokens);
    }

    /// <summary>The layout of a text that is known to be valid.</summary>
    public static Layout Of(string text)
    {
        var policies = new PolicyLayout(text);
        var parts = new List<Layout>();
        while (policies.tokens.Kind != TokenKind.End || policies.tokens.HasCommentBefore())
        {
            parts.Add(parts.Count == 0 ? Layout.Nothing : Layout.EmptyLine);
            parts.Add(policies.tokens.TakeCommentsApart());
            if (policies.tokens.Kind != TokenKind.End)
            {
                parts.Add(policies.Policy());
            }
        }

        return parts.Count == 0 ? Layout.Nothing : Layout.Sequence([.. parts, Layout.HardLine]);
    }

    private Layout Policy()
    {
        var parts = new List<Layout>();
        while (tokens.Kind == TokenKind.At)
        {
            parts.AddRange(tokens.Take(), tokens.Take());
            if (tokens.Kind == TokenKind.LeftParenthesis)
            {
                parts.AddRange(tokens.Take(), tokens.Take(), tokens.Take());
            }

            parts.Add(Layout.HardLine);
        }

        parts.AddRange(tokens.Take(), Layout.Space, Scope());
        while (tokens.Kind != TokenKind.Semicolon)
        {
            parts.AddRange(Layout.HardLine, Condition());
        }

        parts.Add(tokens.Take());
        return Layout.Sequence([.. parts]);
    }

    private Layout Scope()
    {
        Layout open = tokens.Take();
        var inside = new List<Layout>();
        while (tokens.Kind != TokenKind.RightParenthesis)
        {
            inside.Add(inside.Count == 0 ? Layout.SoftLine : Layout.Line);
            inside.Add(ScopeElement());
            if (tokens.Kind == TokenKind.Comma)
            {
                inside.Add(tokens.Take());
            }
        }

        inside.Add(tokens.TakeComments());
        return Layout.Group(open, Layout.Nest([.. inside]), Layout.SoftLine, tokens.Take());
    }

    private Layout ScopeElement()
    {
        var parts = new List<Layout> { tokens.Take() };
        while (tokens.Kind is not (TokenKind.Comma or TokenKind.RightParenthesis))
        {
            parts.AddRange(Layout.Space, tokens.Take(), Layout.Space, expressions.Primary());
        }

        return Layout.Sequence([.. parts]);
    }

    private Layout Condition()
    {
        Layout open = Layout.Sequence(tokens.Take(), Layout.Space, tokens.Take());
        Layout inside = Layout.Nest(Layout.Line, expressions.Read(), tokens.TakeComments());
        return Layout.Group(open, inside, Layout.Line, tokens.Take());
    }
}
