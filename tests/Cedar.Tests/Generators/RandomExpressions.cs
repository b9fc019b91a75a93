namespace AccessGov.Cedar.Tests.Generators;

/// <summary>
/// Random syntax trees: every kind of node, mostly well typed, with now and then an operand of the wrong kind. They are trees as the
/// parser makes them, so printing and parsing one gives it back. The same <see cref="Random"/> gives the same trees.
/// </summary>
internal sealed class RandomExpressions(Random random)
{
    private static readonly Kind[] Kinds = Enum.GetValues<Kind>();

    /// <summary>An expression of any kind, at most <paramref name="depth"/> levels high and a little more.</summary>
    public Expression Any(int depth) => Of(One(Kinds), depth);

    public Expression Of(Kind kind, int depth)
    {
        Kind actual = random.Next(16) == 0 ? One(Kinds) : kind;
        if (depth <= 0)
        {
            return Leaf(actual);
        }

        int choice = random.Next(10);
        return choice switch
        {
            0 => Leaf(actual),
            1 => new ConditionalExpression(0, Boolean(depth - 1), Of(actual, depth - 1), Of(actual, depth - 1)),
            2 or 3 => Attribute(actual, depth - 1),
            4 when random.Next(3) == 0 => new BinaryExpression(0, BinaryOperator.GetTag, Of(Kind.Entity, depth - 1), Of(Kind.Text, depth - 1)),
            _ => Composite(actual, depth - 1),
        };
    }

    public Expression Boolean(int depth) => Of(Kind.Boolean, depth);

    public T One<T>(IReadOnlyList<T> choices) => choices[random.Next(choices.Count)];

    private Expression Leaf(Kind kind) => kind switch
    {
        Kind.Boolean => Literal(Value.Of(random.Next(2) == 0)),
        Kind.Integer => Literal(Value.Of(One(Vocabulary.Integers))),
        Kind.Text => Literal(Value.Of(One(Vocabulary.Texts))),
        Kind.Entity when random.Next(2) == 0 => new VariableExpression(0, One([Variable.Principal, Variable.Action, Variable.Resource])),
        Kind.Entity => Literal(One(Vocabulary.Entities)),
        Kind.Set => new SetExpression(0, []),
        Kind.Record when random.Next(3) == 0 => new RecordExpression(0, [], []),
        Kind.Record => new VariableExpression(0, Variable.Context),
        _ => Constructor(kind),
    };

    private Expression Composite(Kind kind, int depth) => kind switch
    {
        Kind.Boolean => Test(depth),
        Kind.Integer => random.Next(5) switch
        {
            0 => new UnaryExpression(0, UnaryOperator.Negate, Of(Kind.Integer, depth)),
            1 => Call(One(["toMilliseconds", "toSeconds", "toMinutes", "toHours", "toDays"]), Of(Kind.Duration, depth)),
            var n => Binary((BinaryOperator)((int)BinaryOperator.Add + n - 2), Kind.Integer, Kind.Integer, depth),
        },
        Kind.Set => Set(depth),
        Kind.Record => Record(depth),
        Kind.Datetime => random.Next(2) == 0
            ? Call("toDate", Of(Kind.Datetime, depth))
            : Call("offset", Of(Kind.Datetime, depth), Of(Kind.Duration, depth)),
        Kind.Duration => random.Next(2) == 0
            ? Call("toTime", Of(Kind.Datetime, depth))
            : Call("durationSince", Of(Kind.Datetime, depth), Of(Kind.Datetime, depth)),
        _ => Attribute(kind, depth),
    };

    private Expression Test(int depth)
    {
        switch (random.Next(14))
        {
            case 0 or 1: return Chain(isAnd: true, depth);
            case 2 or 3: return Chain(isAnd: false, depth);
            case 4: return new UnaryExpression(0, UnaryOperator.Not, Boolean(depth));
            case 5: return Equality(depth);
            case 6: return Comparison(One([Kind.Integer, Kind.Integer, Kind.Datetime, Kind.Duration]), depth);
            case 7: return Binary(BinaryOperator.In, Kind.Entity, One([Kind.Entity, Kind.Set]), depth);
            case 8 or 9: return new HasExpression(0, Of(One([Kind.Entity, Kind.Record]), depth), Path());
            case 10: return new LikeExpression(0, Of(Kind.Text, depth), Pattern());
            case 11: return new IsExpression(
                0, Of(Kind.Entity, depth), One(Vocabulary.EntityTypes), random.Next(2) == 0 ? null : Of(Kind.Entity, depth));
            case 12: return SetOrTag(depth);
            default: return AddressOrDecimal(depth);
        }
    }

    // A chain that starts with a chain of its own kind is one chain: no parser makes it.
    private LogicalExpression Chain(bool isAnd, int depth)
    {
        Expression[] operands = [.. Enumerable.Range(0, 2 + random.Next(3)).Select(_ => Boolean(depth))];
        return operands[0] is LogicalExpression first && first.IsAnd == isAnd
            ? new LogicalExpression(0, isAnd, [.. first.Operands, .. operands.Skip(1)])
            : new LogicalExpression(0, isAnd, operands);
    }

    private BinaryExpression Equality(int depth)
    {
        Kind kind = One(Kinds);
        return Binary(One([BinaryOperator.Equal, BinaryOperator.NotEqual]), kind, kind, depth);
    }

    private BinaryExpression Comparison(Kind kind, int depth) => Binary(
        One([BinaryOperator.Less, BinaryOperator.LessOrEqual, BinaryOperator.Greater, BinaryOperator.GreaterOrEqual]), kind, kind, depth);

    private Expression SetOrTag(int depth) => random.Next(5) switch
    {
        0 => new UnaryExpression(0, UnaryOperator.IsEmpty, Of(Kind.Set, depth)),
        1 => Binary(BinaryOperator.Contains, Kind.Set, One(Kinds), depth),
        2 => Binary(BinaryOperator.ContainsAll, Kind.Set, Kind.Set, depth),
        3 => Binary(BinaryOperator.ContainsAny, Kind.Set, Kind.Set, depth),
        _ => Binary(BinaryOperator.HasTag, Kind.Entity, Kind.Text, depth),
    };

    private CallExpression AddressOrDecimal(int depth) => random.Next(3) switch
    {
        0 => Call(One(["isIpv4", "isIpv6", "isLoopback", "isMulticast"]), Of(Kind.Address, depth)),
        1 => Call("isInRange", Of(Kind.Address, depth), Of(Kind.Address, depth)),
        _ => Call(One(["lessThan", "lessThanOrEqual", "greaterThan", "greaterThanOrEqual"]), Of(Kind.Decimal, depth), Of(Kind.Decimal, depth)),
    };

    private AttributeExpression Attribute(Kind kind, int depth)
    {
        string[] names = [.. Vocabulary.Attributes.Where(attribute => attribute.Kind == kind).Select(attribute => attribute.Name)];
        return new AttributeExpression(0, Of(One([Kind.Entity, Kind.Record]), depth), One(names));
    }

    private SetExpression Set(int depth)
    {
        Kind kind = One(Kinds);
        return new SetExpression(0, [.. Enumerable.Range(0, random.Next(4)).Select(_ => Of(kind, depth))]);
    }

    private RecordExpression Record(int depth)
    {
        (string Name, Kind Kind)[] attributes = [.. Vocabulary.Attributes.Where(_ => random.Next(5) == 0)];
        random.Shuffle(attributes);
        return new RecordExpression(
            0, [.. attributes.Select(attribute => attribute.Name)], [.. attributes.Select(attribute => Of(attribute.Kind, depth))]);
    }

    // Once in a while with the wrong number of arguments, which is an error of the evaluation only.
    private CallExpression Constructor(Kind kind)
    {
        string name = kind switch { Kind.Address => "ip", Kind.Decimal => "decimal", Kind.Datetime => "datetime", _ => "duration" };
        var argument = Literal(Value.Of(One(Vocabulary.Arguments(kind))));
        return random.Next(40) switch { 0 => Call(name), 1 => Call(name, argument, argument), _ => Call(name, argument) };
    }

    private string[] Path() => random.Next(2) == 0
        ? [One(Vocabulary.Attributes).Name]
        : [.. Enumerable.Range(0, 1 + random.Next(3)).Select(_ => One(Vocabulary.Identifiers))];

    private Pattern Pattern() => new([.. Enumerable.Range(0, 1 + random.Next(4)).Select(_ => One(Vocabulary.Texts))]);

    private BinaryExpression Binary(BinaryOperator symbol, Kind left, Kind right, int depth) =>
        new(0, symbol, Of(left, depth), Of(right, depth));

    private static CallExpression Call(string name, params Expression[] arguments) => new(0, ExtensionFunction.Find(name)!, arguments);

    private static LiteralExpression Literal(Value value) => new(0, value);
}
