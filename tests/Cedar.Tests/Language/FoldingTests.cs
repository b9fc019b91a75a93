namespace AccessGov.Cedar.Tests.Language;

/// <summary>
/// What the compiler computes beforehand, reads through a special path or shares between policies must end as what it computes late: the
/// same expression with literals, with data, and with both.
/// </summary>
public sealed class FoldingTests
{
    // Pairs of a literal and the same value in the context.
    private static readonly (string Literal, Value Value)[] Operands =
    [
        ("true", Value.Of(true)), ("false", Value.Of(false)), ("1", Value.Of(1)), ("(-3)", Value.Of(-3)), ("9223372036854775807", Value.Of(long.MaxValue)), ("(-9223372036854775808)", Value.Of(long.MinValue)),
        ("\"\"", Value.Of("")), ("\"shift\"", Value.Of("shift")), ("\"1.2.3.4\"", Value.Of("1.2.3.4")), ("User::\"alice\"", Cedar.Alice), ("Group::\"staff\"", new EntityUid("Group", "staff")),
        ("User::\"nobody\"", new EntityUid("User", "nobody")), ("[]", SetValue.Empty), ("[1, true]", new SetValue(Value.Of(1), Value.Of(true))),
        ("[Group::\"staff\"]", new SetValue(new EntityUid("Group", "staff"))), ("{age: 1}", RecordValue.Of(("age", Value.Of(1)))), ("{}", RecordValue.Empty),
        ("ip(\"10.0.0.1\")", IpAddressValue.FromBytes([10, 0, 0, 1])), ("ip(\"10.0.0.0/8\")", IpAddressValue.FromBytes([10, 0, 0, 0], 8)), ("decimal(\"1.5\")", new DecimalValue(15_000)),
        ("decimal(\"-0.5\")", new DecimalValue(-5_000)), ("datetime(\"1970-01-02\")", new DatetimeValue(86_400_000)), ("datetime(\"1970-01-01\")", new DatetimeValue(0)),
        ("duration(\"1d\")", new DurationValue(86_400_000)), ("duration(\"9223372036854775807ms\")", new DurationValue(long.MaxValue)),
    ];

    [Theory]
    [InlineData("_ == #")]
    [InlineData("_ != #")]
    [InlineData("_ < #")]
    [InlineData("_ <= #")]
    [InlineData("_ > #")]
    [InlineData("_ >= #")]
    [InlineData("_ + # == 0")]
    [InlineData("_ - # < 0")]
    [InlineData("_ * # > 0")]
    [InlineData("_ + # + # > _")]
    [InlineData("_ && #")]
    [InlineData("_ || #")]
    [InlineData("_ && # && true")]
    [InlineData("_ || # || false")]
    [InlineData("if _ then # else _")]
    [InlineData("_ in #")]
    [InlineData("_ is User in #")]
    [InlineData("_ in [#]")]
    [InlineData("_.contains(#)")]
    [InlineData("_.containsAll(#)")]
    [InlineData("_.containsAny(#)")]
    [InlineData("[_, #].contains(#)")]
    [InlineData("{a: _, b: #}.b == _")]
    [InlineData("_.hasTag(#)")]
    [InlineData("_.getTag(#) == \"night\"")]
    [InlineData("_.isInRange(#)")]
    [InlineData("_.lessThan(#)")]
    [InlineData("_.lessThanOrEqual(#)")]
    [InlineData("_.greaterThan(#)")]
    [InlineData("_.greaterThanOrEqual(#)")]
    [InlineData("_.offset(#) == datetime(\"1970-01-02\")")]
    [InlineData("_.offset(#) > _")]
    [InlineData("_.durationSince(#) == duration(\"1d\")")]
    [InlineData("_.durationSince(#).toHours() >= 24")]
    public void Two_operands_end_the_same_as_literals_and_as_data(string template)
    {
        foreach ((string a, Value left) in Operands)
        {
            foreach ((string b, Value right) in Operands)
            {
                RecordValue context = RecordValue.Of(("a", left), ("b", right));
                string folded = End(template, a, b, context);
                foreach ((string first, string second) in new[] { ("context.a", b), (a, "context.b"), ("context.a", "context.b") })
                {
                    End(template, first, second, context).ShouldBe(folded, $"{template} with {a} and {b}, as {first} and {second}");
                }
            }
        }
    }

    [Theory]
    [InlineData("!_")]
    [InlineData("-_ == 3")]
    [InlineData("_.isEmpty()")]
    [InlineData("_ has age")]
    [InlineData("_ has age.more")]
    [InlineData("_.age == 41")]
    [InlineData("_[\"age\"] == 41")]
    [InlineData("_ is User")]
    [InlineData("_ like \"s*t\"")]
    [InlineData("ip(_).isIpv4()")]
    [InlineData("decimal(_) == _")]
    [InlineData("datetime(_) == _")]
    [InlineData("duration(_) == _")]
    [InlineData("_.isIpv4()")]
    [InlineData("_.isLoopback()")]
    [InlineData("_.toDate() == _")]
    [InlineData("_.toTime() == _")]
    [InlineData("_.toMilliseconds() > 5")]
    [InlineData("_.toDays() == 1")]
    [InlineData("[_] == [1]")]
    [InlineData("{k: _} == {k: 1}")]
    [InlineData("_")]
    public void One_operand_ends_the_same_as_a_literal_and_as_data(string template)
    {
        foreach ((string literal, Value value) in Operands)
        {
            RecordValue context = RecordValue.Of(("a", value), ("yes", Value.Of(true)), ("rec", RecordValue.Of(("in", value))));
            string folded = End(template, literal, "", context);
            foreach (string operand in new[] { "context.a", "context.rec[\"in\"]", $"(if context.yes then {literal} else false)", $"{{x: {literal}}}.x" })
            {
                End(template, operand, "", context).ShouldBe(folded, $"{template} with {literal} as {operand}");
            }
        }
    }

    [Theory]
    [InlineData("principal", "User::\"alice\"")]
    [InlineData("action", "Action::\"view\"")]
    [InlineData("resource", "Photo::\"sea\"")]
    public void A_variable_ends_as_the_entity_it_stands_for(string variable, string literal)
    {
        string[] templates =
        [
            "_ has age", "_ has nope", "_ has age.more", "_ has address.town.zip", "_.age == 41", "_.nope == 1", "_.boss.age == 60", "_ in Group::\"staff\"", "_ in _", "_ in [Group::\"staff\", Action::\"read\"]", "_ is User",
            "_ is User in Group::\"everybody\"", "_ == User::\"alice\"", "_ != Photo::\"sea\"", "_.hasTag(\"shift\")", "_.getTag(\"shift\") == \"night\"", "[_].contains(User::\"alice\")", "_ in Album::\"holiday\"",
            "_ + 1 == 2", "_ && true", "_ like \"a\"", "{e: _}.e has age",
        ];
        foreach (string template in templates)
        {
            End(template, variable, "", Ward.Context).ShouldBe(End(template, literal, "", Ward.Context), $"{template} with {variable}");
        }
    }

    [Fact]
    public void Policies_that_say_the_same_share_code_and_no_outcome()
    {
        PolicySet policies = PolicySet.Parse(
            """
            permit(principal, action, resource) when { context.n == 5 };
            permit(principal, action, resource) when { context.n == 5 };
            permit(principal, action, resource) unless { context.n == 5 };
            permit(principal, action, resource) when { context.n == 6 };
            permit(principal, action, resource) when { context.n == "5" };
            permit(principal, action, resource) when { context["n"] == 5 };
            permit(principal, action, resource) when { 5 == context.n };
            permit(principal, action, resource) when { context.nope == 5 };
            forbid(principal, action, resource) when { context.nope == 5 };
            """);

        Response response = policies.Compile().Evaluate(new Request(Cedar.Alice, Cedar.View, Cedar.Photo, Ward.Context), Ward.Entities);

        response.SatisfiedPermits.Select(policy => policy.Id).ShouldBe(["policy0", "policy1", "policy5", "policy6"]);
        response.Errors.Select(error => (error.Policy.Id, error.Effect)).ShouldBe([("policy7", Effect.Permit), ("policy8", Effect.Forbid)]);
    }

    private static string End(string template, string first, string second, RecordValue context) => Ward.End(
        template.Replace("_", first, StringComparison.Ordinal).Replace("#", second, StringComparison.Ordinal), context);
}
