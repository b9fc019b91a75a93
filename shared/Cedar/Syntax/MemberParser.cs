namespace AccessGov.Cedar;

/// <summary>Literals, variables, entity uids, lists, records, calls, and the attribute accesses and method calls behind them.</summary>
internal sealed class MemberParser(TokenReader reader, ExpressionParser expressions)
{
    private static readonly string[] Functions = [.. ExtensionFunction.Names(isMethod: false)];
    private static readonly string[] Methods =
        [.. ExtensionFunction.Names(isMethod: true), "isEmpty", "contains", "containsAll", "containsAny", "hasTag", "getTag"];

    private readonly NearestName nearest = new();

    public Expression Read()
    {
        Expression expression = Primary();
        while (true)
        {
            switch (reader.Kind)
            {
                case TokenKind.Dot:
                    reader.Take();
                    expression = Access(expression);
                    break;
                case TokenKind.LeftBracket:
                    reader.Take();
                    expression = new AttributeExpression(expression.Offset, expression, reader.StringText());
                    reader.Expect(TokenKind.RightBracket, "`]`");
                    break;
                default:
                    return expression;
            }

            ExpressionParser.Check(expression);
        }
    }

    private Expression Access(Expression target)
    {
        Token name = reader.Current;
        string identifier = reader.Identifier("an attribute or method name", "[\"{0}\"] instead of .{0}");
        return reader.Kind == TokenKind.LeftParenthesis
            ? Method(target, name.Offset, identifier, Arguments())
            : new AttributeExpression(target.Offset, target, identifier);
    }

    private Expression Method(Expression target, int nameOffset, string name, List<Expression> arguments)
    {
        if (name is "isEmpty")
        {
            return arguments.Count == 0
                ? new UnaryExpression(target.Offset, UnaryOperator.IsEmpty, target)
                : throw TokenReader.Fail(nameOffset, $"`isEmpty` takes no argument, but got {arguments.Count}.");
        }

        if (SetOrTagMethod(name) is { } method)
        {
            return arguments.Count == 1
                ? new BinaryExpression(target.Offset, method, target, arguments[0])
                : throw TokenReader.Fail(nameOffset, $"`{name}` takes exactly one argument, but got {arguments.Count}.");
        }

        return ExtensionFunction.Find(name) switch
        {
            null => throw TokenReader.Fail(nameOffset, $"`{TokenReader.Shorten(name)}` is not a method of Cedar.{Suggestion(name, Methods)}"),
            { IsMethod: false } => throw TokenReader.Fail(nameOffset, $"`{name}` is a function, not a method; write {name}(...)."),
            var function => new CallExpression(target.Offset, function, [target, .. arguments]),
        };
    }

    private string Suggestion(string name, string[] known) => nearest.Find(name, known) is { } near
        ? $" Did you mean `{near}`?"
        : $" There are {string.Join(", ", known.Order(StringComparer.Ordinal))}.";

    private static BinaryOperator? SetOrTagMethod(string name) => name switch
    {
        "contains" => BinaryOperator.Contains,
        "containsAll" => BinaryOperator.ContainsAll,
        "containsAny" => BinaryOperator.ContainsAny,
        "hasTag" => BinaryOperator.HasTag,
        "getTag" => BinaryOperator.GetTag,
        _ => null,
    };

    private Expression Primary()
    {
        Token token = reader.Current;
        switch (token.Kind)
        {
            case TokenKind.Number:
                return new LiteralExpression(token.Offset, Value.Of(expressions.Number(reader.Take(), negate: false)));
            case TokenKind.String:
                return new LiteralExpression(token.Offset, Value.Of(reader.StringText()));
            case TokenKind.Identifier:
                return Named(token);
            case TokenKind.LeftParenthesis:
                reader.Take();
                Expression inner = expressions.Read();
                reader.Expect(TokenKind.RightParenthesis, "`)` or an operator");
                return inner;
            case TokenKind.LeftBracket:
                reader.Take();
                return ExpressionParser.Check(new SetExpression(token.Offset, List(TokenKind.RightBracket, "`,` or `]`")));
            case TokenKind.LeftBrace:
                return Record();
            case TokenKind.Slot:
                throw reader.IsSlot("?principal") || reader.IsSlot("?resource")
                    ? TokenReader.Fail(
                        token.Offset, $"The slot `{reader.TextOf(token)}` may stand in the scope of a policy only, not in `when` or `unless`.")
                    : reader.Unexpected("an expression");
            default:
                throw reader.Unexpected("an expression");
        }
    }

    private Expression Named(Token token)
    {
        if (reader.IsWord("true") || reader.IsWord("false"))
        {
            return new LiteralExpression(token.Offset, Value.Of(reader.Take().Length == 4));
        }

        if (reader.IsWord("if"))
        {
            throw reader.Unexpected("an expression (an `if` inside an operator needs parentheses)");
        }

        string path = reader.Path("an expression");
        return reader.Kind switch
        {
            TokenKind.DoubleColon => EntityLiteral(token, path),
            TokenKind.LeftParenthesis => Call(token, path),
            _ => path switch
            {
                "principal" => new VariableExpression(token.Offset, Variable.Principal),
                "action" => new VariableExpression(token.Offset, Variable.Action),
                "resource" => new VariableExpression(token.Offset, Variable.Resource),
                "context" => new VariableExpression(token.Offset, Variable.Context),
                _ => throw TokenReader.Fail(token.Offset, $"`{path}` is not a variable; there are principal, action, resource and context."),
            },
        };
    }

    private LiteralExpression EntityLiteral(Token token, string type)
    {
        reader.Take();
        return new LiteralExpression(token.Offset, new EntityUid(type, reader.StringText()));
    }

    private Expression Call(Token token, string name)
    {
        if (ExtensionFunction.Find(name) is not { } function)
        {
            throw TokenReader.Fail(token.Offset, name is "isEmpty" || SetOrTagMethod(name) is not null
                ? $"`{name}` is a method, not a function; write value.{name}(...)."
                : $"`{TokenReader.Shorten(name)}` is not a function of Cedar.{Suggestion(name, Functions)}");
        }

        return function.IsMethod
            ? throw TokenReader.Fail(token.Offset, $"`{name}` is a method, not a function; write value.{name}(...).")
            : ExpressionParser.Check(new CallExpression(token.Offset, function, Arguments()));
    }

    private List<Expression> Arguments()
    {
        reader.Expect(TokenKind.LeftParenthesis, "`(`");
        return List(TokenKind.RightParenthesis, "`,` or `)`");
    }

    private List<Expression> List(TokenKind end, string expected)
    {
        var items = new List<Expression>();
        while (!reader.TakeIf(end))
        {
            items.Add(expressions.Read());
            if (!reader.TakeIf(TokenKind.Comma))
            {
                reader.Expect(end, expected);
                break;
            }
        }

        return items;
    }

    private Expression Record()
    {
        int offset = reader.Take().Offset;
        var names = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var values = new List<Expression>();
        while (!reader.TakeIf(TokenKind.RightBrace))
        {
            int keyOffset = reader.Current.Offset;
            string name = reader.Kind == TokenKind.String ? reader.StringText() : reader.Identifier("an attribute name or `}`", "\"{0}\" in quotation marks");
            if (!seen.Add(name))
            {
                throw TokenReader.Fail(keyOffset, $"The key `{name}` occurs twice in one record; remove one.");
            }

            reader.Expect(TokenKind.Colon, "`:`");
            names.Add(name);
            values.Add(expressions.Read());
            if (!reader.TakeIf(TokenKind.Comma))
            {
                reader.Expect(TokenKind.RightBrace, "`,` or `}`");
                break;
            }
        }

        return ExpressionParser.Check(new RecordExpression(offset, names, values));
    }
}
