using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace AccessGov.Cedar;

/// <summary>
/// Expressions from JSON, as the parser would make them of text: chains of <c>&amp;&amp;</c> and <c>||</c> flat, values as literals,
/// lists, records and calls. Recursion ends at the height a syntax tree may have.
/// </summary>
internal static class ExpressionJsonReader
{
    private const string Expected = "an expression, an object with one key";

    private static readonly FrozenDictionary<string, BinaryOperator> BinaryOperators =
        Enum.GetValues<BinaryOperator>().ToFrozenDictionary(CedarWords.Of, StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, Variable> Variables =
        Enum.GetValues<Variable>().ToFrozenDictionary(CedarWords.Of, StringComparer.Ordinal);

    public static Expression Read(JsonCursor at) => Read(at, 1);

    private static Expression Read(JsonCursor at, int depth)
    {
        CheckDepth(at, depth);
        if (at.Members(Expected) is not [var body])
        {
            throw at.Fail("An expression is an object with exactly one key.");
        }

        return body.Name switch
        {
            "Value" => Literal(body, depth),
            "Var" => Variable(body),
            "Slot" => throw body.Fail("A slot may stand in the scope of a policy only, not in `when` or `unless`."),
            "Unknown" => throw body.Fail("Unknown values belong to partial evaluation and are not supported."),
            "!" => Unary(body, UnaryOperator.Not, depth),
            "neg" => Unary(body, UnaryOperator.Negate, depth),
            "isEmpty" => Unary(body, UnaryOperator.IsEmpty, depth),
            "&&" or "||" => Chain(body, depth),
            "if-then-else" => Conditional(body, depth),
            "." => Attribute(body, depth),
            "has" => Has(body, depth),
            "like" => Like(body, depth),
            "is" => Is(body, depth),
            "Set" => new SetExpression(0, All(body, depth)),
            "Record" => Record(body, depth),
            _ when BinaryOperators.TryGetValue(body.Name, out BinaryOperator symbol) => Binary(body, symbol, depth),
            _ => Call(body, depth),
        };
    }

    private static VariableExpression Variable(JsonCursor body) => Variables.TryGetValue(body.Text(), out Variable variable)
        ? new VariableExpression(0, variable)
        : throw body.Fail($"`{body.Text()}` is not a variable; there are {string.Join(", ", Variables.Keys.Order(StringComparer.Ordinal))}.");

    private static UnaryExpression Unary(JsonCursor body, UnaryOperator symbol, int depth) =>
        new(0, symbol, Read(Fields(body, "arg")["arg"], depth + 1));

    private static BinaryExpression Binary(JsonCursor body, BinaryOperator symbol, int depth)
    {
        Dictionary<string, JsonCursor> fields = Fields(body, "left", "right");
        return new BinaryExpression(0, symbol, Read(fields["left"], depth + 1), Read(fields["right"], depth + 1));
    }

    // A chain nests to the left, once for each link: it is unrolled here, so that its length needs no stack.
    private static LogicalExpression Chain(JsonCursor body, int depth)
    {
        var operands = new List<JsonCursor>();
        JsonCursor link = body;
        while (true)
        {
            Dictionary<string, JsonCursor> fields = Fields(link, "left", "right");
            operands.Add(fields["right"]);
            if (operands.Count == ExpressionParser.ChainMax)
            {
                throw link.Fail($"A chain of `&&` or `||` is longer than {ExpressionParser.ChainMax}; use a set and `contains`.");
            }

            JsonCursor left = fields["left"];
            if (left.Kind != JsonValueKind.Object || left.Members(Expected) is not [var next] || next.Name != body.Name)
            {
                operands.Add(left);
                break;
            }

            link = next;
        }

        operands.Reverse();
        return new LogicalExpression(0, body.Name == "&&", [.. operands.Select(operand => Read(operand, depth + 1))]);
    }

    private static ConditionalExpression Conditional(JsonCursor body, int depth)
    {
        Dictionary<string, JsonCursor> fields = Fields(body, "if", "then", "else");
        return new ConditionalExpression(0, Read(fields["if"], depth + 1), Read(fields["then"], depth + 1), Read(fields["else"], depth + 1));
    }

    private static AttributeExpression Attribute(JsonCursor body, int depth)
    {
        Dictionary<string, JsonCursor> fields = Fields(body, "left", "attr");
        return new AttributeExpression(0, Read(fields["left"], depth + 1), fields["attr"].Text());
    }

    private static HasExpression Has(JsonCursor body, int depth)
    {
        Dictionary<string, JsonCursor> fields = Fields(body, "left", "attr");
        JsonCursor attribute = fields["attr"];
        Expression target = Read(fields["left"], depth + 1);
        if (attribute.Kind == JsonValueKind.String)
        {
            return new HasExpression(0, target, [attribute.Text()]);
        }

        List<JsonCursor> names = attribute.Items("the name of an attribute, or a list of names");
        if (names.Count == 0)
        {
            throw attribute.Fail("The path of `has` holds at least one name.");
        }

        JsonCursor? odd = names.Count == 1 ? null : names.Find(name => !Names.IsIdentifier(name.Text()));
        return odd is null
            ? new HasExpression(0, target, [.. names.Select(name => name.Text())])
            : throw odd.Fail($"`{odd.Text()}` is not an identifier, and a path of several names is made of identifiers.");
    }

    private static LikeExpression Like(JsonCursor body, int depth)
    {
        Dictionary<string, JsonCursor> fields = Fields(body, "left", "pattern");
        var segments = new List<string>();
        var text = new StringBuilder();
        foreach (JsonCursor part in fields["pattern"].Items("a list of \"Wildcard\" and {\"Literal\": ...}"))
        {
            if (part.Kind == JsonValueKind.Object)
            {
                text.Append(part.Fields("a literal", ["Literal"])["Literal"].Text());
            }
            else if (part.Text() == "Wildcard")
            {
                segments.Add(text.ToString());
                text.Clear();
            }
            else
            {
                throw part.Fail("A part of a pattern is \"Wildcard\" or {\"Literal\": ...}.");
            }
        }

        return new LikeExpression(0, Read(fields["left"], depth + 1), new Pattern([.. segments, text.ToString()]));
    }

    private static IsExpression Is(JsonCursor body, int depth)
    {
        Dictionary<string, JsonCursor> fields = body.Fields("an object", ["left", "entity_type"], "in");
        Expression target = Read(fields["left"], depth + 1);
        string type = fields["entity_type"].EntityType();
        return new IsExpression(0, target, type, fields.TryGetValue("in", out JsonCursor? group) ? Read(group, depth + 1) : null);
    }

    private static RecordExpression Record(JsonCursor body, int depth)
    {
        List<JsonCursor> members = body.Members("an object of expressions");
        return new RecordExpression(0, [.. members.Select(member => member.Name)], [.. members.Select(member => Read(member, depth + 1))]);
    }

    // Another number of arguments than the function takes is an error of the evaluation, as it is in text.
    private static CallExpression Call(JsonCursor body, int depth)
    {
        ExtensionFunction function = ExtensionFunction.Find(body.Name) ?? throw body.Fail($"`{body.Name}` is neither an operator nor a function of Cedar.");
        List<Expression> arguments = All(body, depth);
        return function.IsMethod && arguments.Count == 0
            ? throw body.Fail($"The method `{body.Name}` needs what it is called on as its first argument.")
            : new CallExpression(0, function, arguments);
    }

    private static Expression Literal(JsonCursor value, int depth)
    {
        CheckDepth(value, depth);
        switch (value.Kind)
        {
            case JsonValueKind.True or JsonValueKind.False:
                return new LiteralExpression(0, Value.Of(value.Kind == JsonValueKind.True));
            case JsonValueKind.Number:
                return new LiteralExpression(0, Value.Of(value.Integer()));
            case JsonValueKind.String:
                return new LiteralExpression(0, Value.Of(value.Text()));
            case JsonValueKind.Array:
                return new SetExpression(0, [.. value.Items("a list").Select(item => Literal(item, depth + 1))]);
            case JsonValueKind.Object:
                return LiteralRecord(value, depth);
            default:
                throw value.Fail("Cedar knows no null.");
        }
    }

    private static Expression LiteralRecord(JsonCursor value, int depth)
    {
        List<JsonCursor> members = value.Members("a record");
        if (members.Find(member => member.Name is "__entity" or "__extn" or "__expr") is not { } escape)
        {
            return new RecordExpression(0, [.. members.Select(member => member.Name)], [.. members.Select(member => Literal(member, depth + 1))]);
        }

        return (escape.Name, members.Count) switch
        {
            ("__expr", _) => throw escape.Fail("The escape `__expr` is not supported."),
            (_, > 1) => throw value.Fail($"`{escape.Name}` stands alone in its object."),
            ("__entity", _) => new LiteralExpression(0, value.Uid()),
            _ => LiteralCall(escape, depth),
        };
    }

    private static CallExpression LiteralCall(JsonCursor escape, int depth)
    {
        Dictionary<string, JsonCursor> fields = escape.Fields("an object with `fn` and `arg`", ["fn"], "arg", "args");
        JsonCursor name = fields["fn"];
        ExtensionFunction function = ExtensionFunction.Find(name.Text()) ?? throw name.Fail($"`{name.Text()}` is not an extension function.");
        List<JsonCursor> arguments = (fields.GetValueOrDefault("arg"), fields.GetValueOrDefault("args")) switch
        {
            ({ } argument, null) => [argument],
            (null, { } several) => several.Items("a list of arguments"),
            _ => throw escape.Fail("`__extn` holds either `arg` or `args`."),
        };
        return function.IsMethod && arguments.Count == 0
            ? throw escape.Fail($"The method `{function.Name}` needs what it is called on as its first argument.")
            : new CallExpression(0, function, [.. arguments.Select(argument => Literal(argument, depth + 1))]);
    }

    private static List<Expression> All(JsonCursor list, int depth) =>
        [.. list.Items("a list of expressions").Select(item => Read(item, depth + 1))];

    private static Dictionary<string, JsonCursor> Fields(JsonCursor body, params ReadOnlySpan<string> names) =>
        body.Fields($"an object with {string.Join(", ", names.ToArray())}", names);

    private static void CheckDepth(JsonCursor at, int depth)
    {
        if (depth > ExpressionParser.DepthMax || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw at.Fail($"This expression is nested too deeply; at most {ExpressionParser.DepthMax} levels are allowed.");
        }
    }
}
