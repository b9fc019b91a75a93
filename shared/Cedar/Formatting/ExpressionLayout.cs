using System.Runtime.CompilerServices;

namespace AccessGov.Cedar;

/// <summary>
/// Where the lines of an expression may end. It follows the grammar token by token and changes none of them, so the layout holds the
/// expression as it was written, parentheses and commas included. The text is known to be valid, and so bounded in depth.
/// </summary>
internal sealed class ExpressionLayout(CommentedTokens tokens)
{
    public Layout Read()
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        return tokens.IsWord("if") ? Conditional() : Or();
    }

    /// <summary>Identifiers and at last perhaps a string, joined by <c>::</c>.</summary>
    public Layout Path()
    {
        Layout first = tokens.Take();
        if (tokens.Kind != TokenKind.DoubleColon)
        {
            return first;
        }

        var parts = new List<Layout> { first };
        while (tokens.Kind == TokenKind.DoubleColon)
        {
            parts.Add(tokens.Take());
            parts.Add(tokens.Take());
        }

        return Layout.Sequence([.. parts]);
    }

    /// <summary>What an operator is applied to, and in a scope also a slot.</summary>
    public Layout Primary() => tokens.Kind switch
    {
        TokenKind.LeftParenthesis => Parentheses(),
        TokenKind.LeftBracket => List(TokenKind.RightBracket),
        TokenKind.LeftBrace => List(TokenKind.RightBrace),
        TokenKind.Identifier => Named(),
        _ => tokens.Take(),
    };

    private Layout Conditional()
    {
        var parts = new List<Layout> { tokens.Take(), Layout.Space, Branch() };
        for (int i = 0; i < 2; i++)
        {
            parts.AddRange(Layout.Line, tokens.Take(), Layout.Space, Branch());
        }

        return Layout.Group([.. parts]);
    }

    // The lines of a list are indented from the line it starts on, those of anything else stand below its start.
    private Layout Branch() => tokens.Kind is TokenKind.LeftBrace or TokenKind.LeftBracket ? Read() : Layout.Align(Read());

    private Layout Or()
    {
        Layout first = And(out bool isChain);
        return tokens.Kind == TokenKind.Or ? Chain(Below(first, isChain), () => tokens.Kind == TokenKind.Or, Operand) : first;

        Layout Operand() => Below(And(out bool chains), chains);
        static Layout Below(Layout operand, bool chains) => chains ? Layout.Nest(operand) : operand;
    }

    private Layout And(out bool isChain)
    {
        Layout first = Relation();
        isChain = tokens.Kind == TokenKind.And;
        return isChain ? Chain(first, () => tokens.Kind == TokenKind.And, Relation) : first;
    }

    private Layout Chain(Layout first, Func<bool> goesOn, Func<Layout> next)
    {
        var parts = new List<Layout> { first };
        while (goesOn())
        {
            parts.AddRange(Layout.Space, tokens.Take(), Layout.Line, next());
        }

        return Layout.Group([.. parts]);
    }

    private Layout Relation()
    {
        Layout left = Sum();
        bool isTest = tokens.IsWord("is");
        if (!isTest && !AtRelation())
        {
            return left;
        }

        Layout symbol = tokens.Take();
        Layout right = isTest ? Path() : Sum();
        if (isTest && tokens.IsWord("in"))
        {
            right = Layout.Sequence(right, Layout.Space, tokens.Take(), Layout.Line, Sum());
        }

        return Layout.Sequence(left, Layout.Space, symbol, Layout.Group(Layout.Nest(Layout.Line, right)));
    }

    private bool AtRelation() =>
        tokens.Kind is >= TokenKind.Equal and <= TokenKind.GreaterOrEqual || tokens.IsWord("in") || tokens.IsWord("has") || tokens.IsWord("like");

    private Layout Sum()
    {
        Layout first = Product();
        return AtSum() ? Layout.Nest(Chain(first, AtSum, Product)) : first;
    }

    private bool AtSum() => tokens.Kind is TokenKind.Plus or TokenKind.Minus;

    private Layout Product()
    {
        Layout first = Unary();
        return tokens.Kind == TokenKind.Star ? Layout.Nest(Chain(first, () => tokens.Kind == TokenKind.Star, Unary)) : first;
    }

    private Layout Unary()
    {
        if (tokens.Kind is not (TokenKind.Not or TokenKind.Minus))
        {
            return Member();
        }

        Layout sign = tokens.Take();
        return Layout.Sequence(sign, Unary());
    }

    private Layout Member()
    {
        Layout first = Primary();
        if (tokens.Kind is not (TokenKind.Dot or TokenKind.LeftBracket))
        {
            return first;
        }

        var parts = new List<Layout> { first };
        while (tokens.Kind is TokenKind.Dot or TokenKind.LeftBracket)
        {
            bool isIndex = tokens.Kind == TokenKind.LeftBracket;
            parts.AddRange(tokens.Take(), tokens.Take());
            if (isIndex)
            {
                parts.Add(tokens.Take());
            }
            else if (tokens.Kind == TokenKind.LeftParenthesis)
            {
                parts.Add(List(TokenKind.RightParenthesis));
            }
        }

        return Layout.Sequence([.. parts]);
    }

    private Layout Named()
    {
        Layout path = Path();
        return tokens.Kind == TokenKind.LeftParenthesis ? Layout.Sequence(path, List(TokenKind.RightParenthesis)) : path;
    }

    private Layout Parentheses()
    {
        Layout open = tokens.Take();
        Layout inside = Read();
        return Layout.Sequence(open, Layout.Align(inside, tokens.TakeComments()), tokens.Take());
    }

    private Layout List(TokenKind end)
    {
        Layout open = tokens.Take();
        var inside = new List<Layout>();
        while (tokens.Kind != end)
        {
            inside.Add(inside.Count == 0 ? Layout.SoftLine : Layout.Line);
            inside.Add(end == TokenKind.RightBrace ? Entry() : Read());
            if (tokens.Kind == TokenKind.Comma)
            {
                inside.Add(tokens.Take());
            }
        }

        inside.Add(tokens.TakeComments());
        return Layout.Group(open, Layout.Nest([.. inside]), inside.Count > 1 ? Layout.SoftLine : Layout.Nothing, tokens.Take());
    }

    private Layout Entry()
    {
        Layout key = tokens.Take();
        Layout colon = tokens.Take();
        return Layout.Sequence(key, colon, Layout.Space, Layout.Nest(Read()));
    }
}
