using System.Globalization;
using System.Runtime.CompilerServices;

namespace AccessGov.Cedar;

/// <summary>Expressions: operators by precedence. What an operator is applied to is read by <see cref="MemberParser"/>.</summary>
internal sealed class ExpressionParser
{
    /// <summary>How deep parentheses, lists and operators may nest, and how high a syntax tree may become.</summary>
    public const int DepthMax = 250;

    /// <summary>The longest chain of <c>&amp;&amp;</c> or <c>||</c>.</summary>
    public const int ChainMax = 10_000;

    private const int UnaryMax = 4;

    private readonly TokenReader reader;
    private readonly MemberParser members;
    private int depth;

    public ExpressionParser(TokenReader reader)
    {
        this.reader = reader;
        members = new MemberParser(reader, this);
    }

    /// <summary>Starts afresh, also after a policy that failed halfway.</summary>
    public void Reset() => depth = 0;

    public Expression Read()
    {
        int offset = reader.Current.Offset;
        if (++depth > DepthMax || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw TooDeep(offset);
        }

        Expression expression = reader.IsWord("if") ? Conditional() : Or();
        depth--;
        return expression;
    }

    public static Expression Check(Expression expression) =>
        expression.Height > DepthMax ? throw TooDeep(expression.Offset) : expression;

    private static SyntaxFailureException TooDeep(int offset) =>
        TokenReader.Fail(offset, $"This expression is nested too deeply; at most {DepthMax} levels are allowed.");

    private ConditionalExpression Conditional()
    {
        int offset = reader.Take().Offset;
        Expression condition = Read();
        reader.ExpectWord("then");
        Expression then = Read();
        reader.ExpectWord("else");
        return (ConditionalExpression)Check(new ConditionalExpression(offset, condition, then, Read()));
    }

    private Expression Or()
    {
        Expression first = And();
        return reader.Kind == TokenKind.Or ? Chain(first, TokenKind.Or, And) : first;
    }

    private Expression And()
    {
        Expression first = Relation();
        return reader.Kind == TokenKind.And ? Chain(first, TokenKind.And, Relation) : first;
    }

    private Expression Chain(Expression first, TokenKind link, Func<Expression> next)
    {
        // `(a && b) && c` is `a && b && c`: one meaning, one tree.
        bool isAnd = link == TokenKind.And;
        List<Expression> operands = first is LogicalExpression chain && chain.IsAnd == isAnd ? [.. chain.Operands] : [first];
        while (reader.Kind == link)
        {
            if (operands.Count >= ChainMax)
            {
                throw TokenReader.Fail(reader.Current.Offset, $"A chain of `&&` or `||` is longer than {ChainMax}; use a set and `contains`.");
            }

            reader.Take();
            operands.Add(next());
        }

        return Check(new LogicalExpression(first.Offset, isAnd, operands));
    }

    private Expression Relation()
    {
        Expression left = Sum();
        Expression relation;
        if ((RelationalOperator(reader.Kind) ?? (reader.IsWord("in") ? BinaryOperator.In : null)) is { } symbol)
        {
            reader.Take();
            relation = new BinaryExpression(left.Offset, symbol, left, Sum());
        }
        else if (reader.IsWord("has"))
        {
            reader.Take();
            relation = new HasExpression(left.Offset, left, HasPath());
        }
        else if (reader.IsWord("like"))
        {
            reader.Take();
            relation = new LikeExpression(left.Offset, left, reader.PatternText());
        }
        else if (reader.IsWord("is"))
        {
            reader.Take();
            relation = Is(left);
        }
        else
        {
            return left;
        }

        return AtRelation() ? throw NoChain() : Check(relation);
    }

    private bool AtRelation() => RelationalOperator(reader.Kind) is not null
        || (reader.Kind == TokenKind.Identifier && reader.TextOf(reader.Current) is "in" or "has" or "like" or "is");

    private SyntaxFailureException NoChain() => TokenReader.Fail(
        reader.Current.Offset, $"Relations do not chain: `{reader.TextOf(reader.Current)}` needs parentheses around what it compares.");

    private static BinaryOperator? RelationalOperator(TokenKind kind) => kind switch
    {
        TokenKind.Equal => BinaryOperator.Equal,
        TokenKind.NotEqual => BinaryOperator.NotEqual,
        TokenKind.Less => BinaryOperator.Less,
        TokenKind.LessOrEqual => BinaryOperator.LessOrEqual,
        TokenKind.Greater => BinaryOperator.Greater,
        TokenKind.GreaterOrEqual => BinaryOperator.GreaterOrEqual,
        _ => null,
    };

    private List<string> HasPath()
    {
        if (reader.Kind == TokenKind.String)
        {
            return [reader.StringText()];
        }

        var path = new List<string> { reader.Identifier("an attribute name", "\"{0}\" in quotation marks") };
        while (reader.TakeIf(TokenKind.Dot))
        {
            path.Add(reader.Identifier("an attribute name"));
        }

        return path;
    }

    private IsExpression Is(Expression target)
    {
        string type = reader.Path("an entity type");
        if (reader.Kind == TokenKind.DoubleColon)
        {
            throw reader.Unexpected("an entity type, without an id");
        }

        Expression? group = null;
        if (reader.IsWord("in"))
        {
            reader.Take();
            group = Sum();
        }

        return new IsExpression(target.Offset, target, type, group);
    }

    private Expression Sum()
    {
        Expression left = Product();
        while (reader.Kind is TokenKind.Plus or TokenKind.Minus)
        {
            BinaryOperator symbol = reader.Take().Kind == TokenKind.Plus ? BinaryOperator.Add : BinaryOperator.Subtract;
            left = Check(new BinaryExpression(left.Offset, symbol, left, Product()));
        }

        return left;
    }

    private Expression Product()
    {
        Expression left = Unary();
        while (reader.TakeIf(TokenKind.Star))
        {
            left = Check(new BinaryExpression(left.Offset, BinaryOperator.Multiply, left, Unary()));
        }

        return left;
    }

    private Expression Unary()
    {
        TokenKind kind = reader.Kind;
        if (kind is not (TokenKind.Not or TokenKind.Minus))
        {
            return members.Read();
        }

        int offset = reader.Current.Offset;
        int count = 0;
        while (reader.Kind == kind)
        {
            if (++count > UnaryMax)
            {
                throw TokenReader.Fail(offset, $"Too many `{(kind == TokenKind.Not ? '!' : '-')}` in a row; at most {UnaryMax} are allowed.");
            }

            reader.Take();
        }

        Expression operand;
        if (kind == TokenKind.Minus && IsBareNumber())
        {
            operand = new LiteralExpression(offset + count - 1, Value.Of(Number(reader.Take(), negate: true)));
            count--;
        }
        else
        {
            operand = members.Read();
        }

        UnaryOperator symbol = kind == TokenKind.Not ? UnaryOperator.Not : UnaryOperator.Negate;
        for (; count > 0; count--)
        {
            operand = new UnaryExpression(offset, symbol, operand);
        }

        return Check(operand);
    }

    // Only directly in front of its digits does the sign belong to the literal: -9223372036854775808 has no positive counterpart.
    private bool IsBareNumber() =>
        reader.Kind == TokenKind.Number && reader.KindAfter(1) is not (TokenKind.Dot or TokenKind.LeftBracket);

    /// <summary>The integer of a number token, with or without the sign in front of it.</summary>
    public long Number(Token token, bool negate)
    {
        ReadOnlySpan<char> digits = reader.TextOf(token);
        return ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out ulong magnitude)
            && magnitude <= (ulong)long.MaxValue + (negate ? 1UL : 0UL)
            ? unchecked(negate ? -(long)magnitude : (long)magnitude)
            : throw TokenReader.Fail(token.Offset, $"The integer `{(digits.Length > 30 ? $"{digits[..30]}..." : digits.ToString())}` is too large; {(
                negate ? "with a minus sign in front the largest is 9223372036854775808" : "the largest is 9223372036854775807")}.");
    }
}
