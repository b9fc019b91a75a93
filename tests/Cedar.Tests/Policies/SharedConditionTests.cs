namespace AccessGov.Cedar.Tests.Policies;

public sealed class SharedConditionTests
{
    // No two of these mean the same.
    private static readonly string[] Different =
    [
        "true", "false", "1", "-1", "\"1\"", "\"true\"", "User::\"a\"", "User::\"b\"", "Group::\"a\"", "principal", "resource", "action", "context",
        "principal.a", "principal[\"a b\"]", "principal[\"a 1:b\"]", "principal.a.b", "principal has a", "principal has b", "principal has a.b", "principal.a has b", "resource has a",
        "principal == resource", "principal != resource", "resource == principal", "principal in resource", "principal is User", "principal is Group",
        "principal is User in Group::\"a\"", "principal is User in Group::\"b\"", "context.a < 1", "context.a <= 1", "context.a > 1", "context.a >= 1",
        "context.a + 1", "context.a - 1", "context.a * 1", "-context.a", "!context.a", "context.a.isEmpty()",
        "context.a && context.b", "context.a || context.b", "context.a && context.b && context.c", "context.a && (context.b || context.c)",
        "if context.a then context.b else context.c", "if context.a then context.c else context.b",
        "context.a like \"a*\"", "context.a like \"*a\"", "context.a like \"a\\*\"", "context.a like \"a**\"", "context.a like \"a*b*\"",
        "[1, 2]", "[2, 1]", "[1, [2]]", "[[1], 2]", "[]", "{}", "{a: 1}", "{b: 1}", "{a: 1, b: 2}", "{a: {b: 2}}", "{\"a: 1, b\": 2}",
        "context.a.contains(1)", "context.a.containsAll(1)", "context.a.containsAny(1)", "context.a.hasTag(\"a\")", "context.a.getTag(\"a\")",
        "ip(\"1.1.1.1\")", "decimal(\"1.1\")", "datetime(\"2024-01-01\")", "duration(\"1h\")", "ip(\"1.1.1.1\").isIpv4()", "ip(\"1.1.1.1\").isIpv6()",
    ];

    [Fact]
    public void Equal_conditions_are_compiled_once_wherever_they_stand()
    {
        foreach (string body in Different)
        {
            var compiler = new ConditionCompiler();
            IReadOnlyList<Policy> policies = PolicySet.Parse(
                $"permit(principal, action, resource) when {{ {body} }};\n// Further down.\nforbid(principal, action, resource == R::\"x\") when {{   {body}\n}};").Policies;

            Evaluation? first = compiler.Compile(policies[0].Tree.Conditions);

            compiler.Compile(policies[1].Tree.Conditions).ShouldBeSameAs(first, body);
        }
    }

    [Fact]
    public void Different_conditions_have_different_keys()
    {
        IEnumerable<string?> keys = Different.Select(body => ExpressionKey.Of(
            PolicySet.Parse($"permit(principal, action, resource) when {{ {body} }};").Policies[0].Tree.Conditions[0].Body));

        keys.ShouldBeUnique();
        keys.ShouldNotContain((string?)null);
    }

    [Fact]
    public void A_huge_condition_is_compiled_each_time_and_answers_alike()
    {
        string huge = $"[{string.Join(", ", Enumerable.Range(0, 1_000))}].contains(context.n)";
        string policies = $"permit(principal, action, resource) when {{ {huge} }};\npermit(principal, action, resource) unless {{ {huge} }};";

        ExpressionKey.Of(PolicySet.Parse(policies).Policies[0].Tree.Conditions[0].Body).ShouldBeNull();
        Cedar.Evaluate(policies, context: RecordValue.Of(("n", Value.Of(999)))).Reasons.ShouldHaveSingleItem().Id.ShouldBe("policy0");
        Cedar.Evaluate(policies, context: RecordValue.Of(("n", Value.Of(1_000)))).Reasons.ShouldHaveSingleItem().Id.ShouldBe("policy1");
    }

    [Fact]
    public void When_and_unless_of_one_expression_are_not_mixed_up()
    {
        Response response = Cedar.Evaluate(
            """
            permit(principal, action, resource) when { context.ok };
            permit(principal, action, resource) unless { context.ok };
            permit(principal, action, resource) when { context.ok } unless { context.ok };
            permit(principal, action, resource) when { context.ok } when { context.ok };
            permit(principal, action, resource) unless { 7 };
            """,
            context: RecordValue.Of(("ok", BoolValue.True)));

        response.Reasons.Select(policy => policy.Id).ShouldBe(["policy0", "policy3"]);
        response.Errors.ShouldHaveSingleItem().Error.Message.ShouldBe("type error: expected bool, got long");
    }
}
