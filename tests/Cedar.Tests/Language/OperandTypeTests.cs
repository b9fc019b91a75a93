namespace AccessGov.Cedar.Tests.Language;

/// <summary>Every operand of every operator with a value of every type: which ones it takes, and what it says to the others.</summary>
public sealed class OperandTypeTests
{
    private const string AnyEntity = "(entity of type `any_entity_type`)";

    // Of each type one value, as a policy writes it, and its name in messages.
    private static readonly (string Type, string Literal, string Name)[] Types =
    [
        ("bool", "true", "bool"), ("long", "7", "long"), ("string", "\"a\"", "string"), ("entity", "User::\"alice\"", "(entity of type `User`)"),
        ("set", "[User::\"alice\"]", "set"), ("record", "{age: 1}", "record"), ("ipaddr", "ip(\"10.0.0.1\")", "ipaddr"),
        ("decimal", "decimal(\"1.0\")", "decimal"), ("datetime", "datetime(\"2024-01-01\")", "datetime"), ("duration", "duration(\"1h\")", "duration"),
    ];

    [Theory]
    [InlineData("_ + 1 == 8", "long", "long")]
    [InlineData("1 + _ == 8", "long", "long")]
    [InlineData("_ - 1 == 6", "long", "long")]
    [InlineData("1 - _ == 6", "long", "long")]
    [InlineData("_ * 2 == 14", "long", "long")]
    [InlineData("2 * _ == 14", "long", "long")]
    [InlineData("-_ == -7", "long", "long")]
    [InlineData("1 < _", "long", "long")]
    [InlineData("1 <= _", "long", "long")]
    [InlineData("1 > _", "long", "long")]
    [InlineData("1 >= _", "long", "long")]
    [InlineData("datetime(\"2024-01-01\") < _", "datetime", "datetime")]
    [InlineData("datetime(\"2024-01-01\") >= _", "datetime", "datetime")]
    [InlineData("duration(\"1h\") <= _", "duration", "duration")]
    [InlineData("duration(\"1h\") > _", "duration", "duration")]
    [InlineData("!_", "bool", "bool")]
    [InlineData("_ && true", "bool", "bool")]
    [InlineData("true && _", "bool", "bool")]
    [InlineData("true && true && _", "bool", "bool")]
    [InlineData("_ || false", "bool", "bool")]
    [InlineData("false || _", "bool", "bool")]
    [InlineData("false || false || _", "bool", "bool")]
    [InlineData("if _ then true else false", "bool", "bool")]
    [InlineData("if true then _ else false", "bool", "bool")]
    [InlineData("if false then true else _", "bool", "bool")]
    [InlineData("_", "bool", "bool")]
    [InlineData("_ in principal", "entity", AnyEntity)]
    [InlineData("_ in [principal]", "entity", AnyEntity)]
    [InlineData("_ in context.group", "entity", AnyEntity)]
    [InlineData("principal in _", "entity set", AnyEntity + " or set")]
    [InlineData("principal in [_]", "entity", AnyEntity)]
    [InlineData("principal in [principal, _]", "entity", AnyEntity)]
    [InlineData("_ is User", "entity", AnyEntity)]
    [InlineData("_ is User in principal", "entity", AnyEntity)]
    [InlineData("principal is User in _", "entity set", AnyEntity + " or set")]
    [InlineData("_ has age", "entity record", AnyEntity + " or record")]
    [InlineData("_ has \"two words\"", "entity record", AnyEntity + " or record")]
    [InlineData("_ has address.town", "entity record", AnyEntity + " or record")]
    [InlineData("_.age == 41", "entity record", AnyEntity + " or record")]
    [InlineData("_[\"age\"] == 41", "entity record", AnyEntity + " or record")]
    [InlineData("_.hasTag(\"shift\")", "entity", AnyEntity)]
    [InlineData("principal.hasTag(_)", "string", "string")]
    [InlineData("_.getTag(\"shift\") == 1", "entity", AnyEntity)]
    [InlineData("principal.getTag(_) == 1", "string", "string")]
    [InlineData("_ like \"a*\"", "string", "string")]
    [InlineData("_.contains(1)", "set", "set")]
    [InlineData("_.containsAll([])", "set", "set")]
    [InlineData("[].containsAll(_)", "set", "set")]
    [InlineData("_.containsAny([])", "set", "set")]
    [InlineData("[].containsAny(_)", "set", "set")]
    [InlineData("_.isEmpty()", "set", "set")]
    [InlineData("ip(_) == 1", "string", "string")]
    [InlineData("decimal(_) == 1", "string", "string")]
    [InlineData("datetime(_) == 1", "string", "string")]
    [InlineData("duration(_) == 1", "string", "string")]
    [InlineData("_.isIpv4()", "ipaddr", "ipaddr")]
    [InlineData("_.isIpv6()", "ipaddr", "ipaddr")]
    [InlineData("_.isLoopback()", "ipaddr", "ipaddr")]
    [InlineData("_.isMulticast()", "ipaddr", "ipaddr")]
    [InlineData("_.isInRange(ip(\"10.0.0.0/8\"))", "ipaddr", "ipaddr")]
    [InlineData("ip(\"10.0.0.1\").isInRange(_)", "ipaddr", "ipaddr")]
    [InlineData("_.lessThan(decimal(\"1.0\"))", "decimal", "decimal")]
    [InlineData("decimal(\"1.0\").lessThan(_)", "decimal", "decimal")]
    [InlineData("_.lessThanOrEqual(decimal(\"1.0\"))", "decimal", "decimal")]
    [InlineData("decimal(\"1.0\").lessThanOrEqual(_)", "decimal", "decimal")]
    [InlineData("_.greaterThan(decimal(\"1.0\"))", "decimal", "decimal")]
    [InlineData("decimal(\"1.0\").greaterThan(_)", "decimal", "decimal")]
    [InlineData("_.greaterThanOrEqual(decimal(\"1.0\"))", "decimal", "decimal")]
    [InlineData("decimal(\"1.0\").greaterThanOrEqual(_)", "decimal", "decimal")]
    [InlineData("_.offset(duration(\"1h\")) == 1", "datetime", "datetime")]
    [InlineData("datetime(\"2024-01-01\").offset(_) == 1", "duration", "duration")]
    [InlineData("_.durationSince(datetime(\"2024-01-01\")) == 1", "datetime", "datetime")]
    [InlineData("datetime(\"2024-01-01\").durationSince(_) == 1", "datetime", "datetime")]
    [InlineData("_.toDate() == 1", "datetime", "datetime")]
    [InlineData("_.toTime() == 1", "datetime", "datetime")]
    [InlineData("_.toMilliseconds() == 1", "duration", "duration")]
    [InlineData("_.toSeconds() == 1", "duration", "duration")]
    [InlineData("_.toMinutes() == 1", "duration", "duration")]
    [InlineData("_.toHours() == 1", "duration", "duration")]
    [InlineData("_.toDays() == 1", "duration", "duration")]
    public void An_operand_takes_its_types_and_names_every_other(string template, string taken, string expected)
    {
        foreach ((string type, string literal, string name) in Types)
        {
            bool fits = taken.Split(' ').Contains(type);
            foreach ((string form, string operand) in new[] { ("literal", literal), ("datum", "context.x"), ("computed", $"(if context.yes then {literal} else 1)") })
            {
                string expression = template.Replace("_", operand, StringComparison.Ordinal);
                string end = End(expression, literal);
                if (fits)
                {
                    end.ShouldNotStartWith(nameof(EvaluationErrorKind.TypeError), Case.Sensitive, $"{form} {type} in {expression}");
                }
                else
                {
                    end.ShouldBe($"TypeError: type error: expected {expected}, got {name}", $"{form} {type} in {expression}");
                }
            }
        }
    }

    [Theory]
    [InlineData("<")]
    [InlineData("<=")]
    [InlineData(">")]
    [InlineData(">=")]
    public void What_has_no_order_is_named_on_the_left_before_the_right_is_looked_at(string symbol)
    {
        string[] ordered = ["long", "datetime", "duration"];
        foreach ((string left, string leftLiteral, string leftName) in Types)
        {
            foreach ((string right, string rightLiteral, string rightName) in Types)
            {
                string end = End($"{leftLiteral} {symbol} context.x", rightLiteral);
                if (!ordered.Contains(left))
                {
                    end.ShouldBe($"TypeError: type error: expected one of [long, datetime, duration], got {leftName}");
                }
                else if (left != right)
                {
                    end.ShouldBe($"TypeError: type error: expected {leftName}, got {rightName}");
                }
                else
                {
                    end.ShouldBeOneOf("true", "false");
                }
            }
        }
    }

    [Fact]
    public void Equality_takes_any_two_values_and_is_true_for_one_type_only()
    {
        foreach ((string left, string leftLiteral, _) in Types)
        {
            foreach ((string right, string rightLiteral, _) in Types)
            {
                string same = left == right ? "true" : "false";
                string other = left == right ? "false" : "true";
                End($"{leftLiteral} == context.x", rightLiteral).ShouldBe(same, $"{left} and {right}");
                End($"context.x == {leftLiteral}", rightLiteral).ShouldBe(same, $"{left} and {right}");
                End($"{leftLiteral} != {rightLiteral}", "1").ShouldBe(other, $"{left} and {right}");
                End($"[{leftLiteral}].contains(context.x)", rightLiteral).ShouldBe(same, $"{left} and {right}");
                End($"[context.x].containsAny([{leftLiteral}])", rightLiteral).ShouldBe(same, $"{left} and {right}");
                End($"{{k: context.x}} == {{k: {leftLiteral}}}", rightLiteral).ShouldBe(same, $"{left} and {right}");
            }
        }
    }

    // The value gets into the context as what the library itself makes of its text.
    private static string End(string expression, string literal) => Ward.End(expression, RecordValue.Of(
        ("x", ValueOf(literal)), ("yes", Value.Of(true)), ("group", new EntityUid("Group", "staff"))));

    private static Value ValueOf(string literal) => literal[0] switch
    {
        't' => Value.Of(true),
        '7' or '1' => Value.Of(long.Parse(literal)),
        '"' => Value.Of(literal.Trim('"')),
        'U' => EntityUid.Parse(literal),
        '[' => new SetValue([EntityUid.Parse(literal[1..^1])]),
        '{' => RecordValue.Of(("age", Value.Of(1))),
        _ => ExtensionFunction.Find(literal[..literal.IndexOf('(', StringComparison.Ordinal)])!.Call([Value.Of(literal.Split('"')[1])]),
    };
}
