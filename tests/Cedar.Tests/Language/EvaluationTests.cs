namespace AccessGov.Cedar.Tests.Language;

public sealed class EvaluationTests
{
    private static readonly EntityStore Entities = EntitiesJson.Parse(
        """
        [
          { "uid": { "type": "User", "id": "alice" },
            "attrs": { "age": 41, "name": "Alice", "boss": { "__entity": { "type": "User", "id": "bob" } }, "address": { "town": { "zip": "8000" } } },
            "parents": [{ "type": "Group", "id": "staff" }], "tags": { "shift": "night" } },
          { "uid": { "type": "User", "id": "bob" }, "attrs": { "age": 60 }, "parents": [] },
          { "uid": { "type": "Group", "id": "staff" }, "attrs": {}, "parents": [{ "type": "Group", "id": "everybody" }] },
          { "uid": { "type": "Photo", "id": "sea" }, "attrs": { "groups": [{ "__entity": { "type": "Group", "id": "everybody" } }] }, "parents": [] }
        ]
        """);

    private static readonly RecordValue Context = ValueJson.ParseRecord(
        """{ "a": { "b": { "c": 1 } }, "n": 5, "s": "text", "who": { "__entity": { "type": "User", "id": "alice" } }, "numbers": [1, 2, 3] }""");

    [Theory]
    [InlineData("ip(\"x\") == context.missing")]
    [InlineData("ip(\"x\") != context.missing")]
    [InlineData("ip(\"x\") == context.missing.deeper")]
    public void Of_two_errors_the_left_one_counts_also_when_it_is_known_before(string expression)
    {
        Cedar.Outcome(expression, Entities, Context).ShouldBe(nameof(EvaluationErrorKind.ExtensionFunctionFailed));
    }

    [Theory]
    [InlineData("1 == true")]
    [InlineData("1 == \"1\"")]
    [InlineData("true == \"true\"")]
    [InlineData("[1] == 1")]
    [InlineData("[] == {}")]
    [InlineData("{a: 1} == {a: true}")]
    [InlineData("{a: 1} == {b: 1}")]
    [InlineData("{a: 1} == {a: 1, b: 2}")]
    [InlineData("User::\"alice\" == \"alice\"")]
    [InlineData("User::\"alice\" == user::\"alice\"")]
    [InlineData("datetime(\"1970-01-01\") == duration(\"0s\")")]
    [InlineData("decimal(\"1.0\") == 1")]
    [InlineData("[1, true, \"1\"].containsAny([\"true\", 0])")]
    [InlineData("principal == resource")]
    public void Values_of_different_types_or_content_are_unequal_without_an_error(string expression)
    {
        Outcome(expression).ShouldBe("false");
    }

    [Theory]
    [InlineData("[1, 1, 2] == [2, 1]")]
    [InlineData("[[1, 2], [2, 1]] == [[2, 1]]")]
    [InlineData("{a: 1, \"b\": 2} == {b: 2, a: 1}")]
    [InlineData("[{a: [1]}, {b: 2}] == [{b: 2}, {a: [1]}]")]
    [InlineData("[1, 2, 3, 4, 5, 6, 7, 8, 9, 10] == [10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1]")]
    [InlineData("[1, 2, 3, 4, 5, 6, 7, 8, 9, 10].contains(context.n)")]
    [InlineData("context.numbers == [3, 2, 1]")]
    [InlineData("principal == context.who")]
    [InlineData("1 != 2")]
    [InlineData("1 != true")]
    public void Equality_is_structural_and_of_sets_unordered(string expression) => Outcome(expression).ShouldBe("true");

    [Theory]
    [InlineData("false && 1", "false")]
    [InlineData("true || 1", "true")]
    [InlineData("true && 1", "TypeError")]
    [InlineData("false || 1", "TypeError")]
    [InlineData("1 && true", "TypeError")]
    [InlineData("1 || true", "TypeError")]
    [InlineData("true && true && 1", "TypeError")]
    [InlineData("true && false && 1", "false")]
    [InlineData("false || true || 1", "true")]
    [InlineData("(true && 1) == 1", "TypeError")]
    [InlineData("(false || 1) == 1", "TypeError")]
    [InlineData("(true && true && 1) == 1", "TypeError")]
    [InlineData("!1", "TypeError")]
    [InlineData("if 1 then true else false", "TypeError")]
    [InlineData("if true then true else 1", "true")]
    [InlineData("if false then (1 + \"a\") == 1 else true", "true")]
    [InlineData("if true then 1 else 2", "TypeError")]
    [InlineData("true || (1 == \"a\" + 1)", "true")]
    [InlineData("principal.nope == 1 && false", "EntityAttributeDoesNotExist")]
    [InlineData("false && principal.nope == 1", "false")]
    public void Logic_short_circuits_and_checks_only_what_it_evaluates(string expression, string expected) =>
        Outcome(expression).ShouldBe(expected);

    [Theory]
    [InlineData("9223372036854775807 + 1 > 0", "IntegerOverflow")]
    [InlineData("-9223372036854775808 - 1 < 0", "IntegerOverflow")]
    [InlineData("0 - -9223372036854775808 > 0", "IntegerOverflow")]
    [InlineData("--9223372036854775808 > 0", "IntegerOverflow")]
    [InlineData("9223372036854775807 * 2 > 0", "IntegerOverflow")]
    [InlineData("-9223372036854775808 * -1 > 0", "IntegerOverflow")]
    [InlineData("4294967296 * 4294967296 > 0", "IntegerOverflow")]
    [InlineData("-9223372036854775808 * 1 == -9223372036854775808", "true")]
    [InlineData("3037000499 * 3037000499 == 9223372030926249001", "true")]
    [InlineData("-1 * -1 == 1", "true")]
    [InlineData("context.n * 2 - 1 == 9", "true")]
    [InlineData("-context.n == -5", "true")]
    [InlineData("1 + \"a\" == 2", "TypeError")]
    [InlineData("\"a\" + \"b\" == \"ab\"", "TypeError")]
    [InlineData("-\"a\" == 1", "TypeError")]
    public void Arithmetic_is_checked(string expression, string expected) => Outcome(expression).ShouldBe(expected);

    [Theory]
    [InlineData("1 < 2", "true")]
    [InlineData("2 <= 2", "true")]
    [InlineData("1 > 2", "false")]
    [InlineData("context.n >= 5", "true")]
    [InlineData("datetime(\"2024-01-01\") < datetime(\"2024-01-02\")", "true")]
    [InlineData("duration(\"1h\") >= duration(\"60m\")", "true")]
    [InlineData("duration(\"1h\") > duration(\"60m\")", "false")]
    [InlineData("datetime(\"1970-01-01\") < duration(\"1s\")", "TypeError")]
    [InlineData("decimal(\"1.0\") < decimal(\"2.0\")", "TypeError")]
    [InlineData("\"a\" < \"b\"", "TypeError")]
    [InlineData("1 < \"b\"", "TypeError")]
    [InlineData("true < false", "TypeError")]
    public void Order_is_for_longs_datetimes_and_durations(string expression, string expected) => Outcome(expression).ShouldBe(expected);

    [Theory]
    [InlineData("principal in principal", "true")]
    [InlineData("principal in Group::\"staff\"", "true")]
    [InlineData("principal in Group::\"everybody\"", "true")]
    [InlineData("principal in Group::\"other\"", "false")]
    [InlineData("Group::\"everybody\" in Group::\"staff\"", "false")]
    [InlineData("principal in resource.groups", "true")]
    [InlineData("principal in [Group::\"other\", Group::\"staff\"]", "true")]
    [InlineData("principal in []", "false")]
    [InlineData("Ghost::\"x\" in Ghost::\"x\"", "true")]
    [InlineData("Ghost::\"x\" in Group::\"staff\"", "false")]
    [InlineData("principal in [principal, 1]", "TypeError")]
    [InlineData("principal in [1, principal]", "TypeError")]
    [InlineData("principal in 1", "TypeError")]
    [InlineData("1 in principal", "TypeError")]
    [InlineData("context.s in [principal]", "TypeError")]
    [InlineData("context.s in principal", "TypeError")]
    public void In_follows_the_hierarchy_and_wants_entities_only(string expression, string expected) => Outcome(expression).ShouldBe(expected);

    [Theory]
    [InlineData("principal.age == 41", "true")]
    [InlineData("principal[\"age\"] == 41", "true")]
    [InlineData("principal.boss.age == 60", "true")]
    [InlineData("context.who.name == \"Alice\"", "true")]
    [InlineData("\"Alice\" == principal.name", "true")]
    [InlineData("{a: {b: 7}}.a.b == 7", "true")]
    [InlineData("User::\"alice\".age == 41", "true")]
    [InlineData("principal.nope == 1", "EntityAttributeDoesNotExist")]
    [InlineData("context.nope == 1", "RecordAttributeDoesNotExist")]
    [InlineData("{a: 1}.b == 1", "RecordAttributeDoesNotExist")]
    [InlineData("User::\"nobody\".age == 1", "EntityDoesNotExist")]
    [InlineData("action.x == 1", "EntityDoesNotExist")]
    [InlineData("context.n.x == 1", "TypeError")]
    [InlineData("\"a\".x == 1", "TypeError")]
    public void Attributes_come_from_entities_and_records(string expression, string expected) => Outcome(expression).ShouldBe(expected);

    [Theory]
    [InlineData("principal has age", "true")]
    [InlineData("principal has nope", "false")]
    [InlineData("principal has \"age\"", "true")]
    [InlineData("principal has address.town.zip", "true")]
    [InlineData("principal has boss.age", "true")]
    [InlineData("principal has boss.boss.age", "false")]
    [InlineData("context has a.b.c", "true")]
    [InlineData("context has a.b.d", "false")]
    [InlineData("context has a.x.c", "false")]
    [InlineData("context has a.b.c.d", "TypeError")]
    [InlineData("context has \"a.b\"", "false")]
    [InlineData("User::\"nobody\" has age", "false")]
    [InlineData("action has age", "false")]
    [InlineData("{a: 1} has a", "true")]
    [InlineData("1 has a", "TypeError")]
    public void Has_asks_without_an_error_for_what_is_missing(string expression, string expected) => Outcome(expression).ShouldBe(expected);

    [Theory]
    [InlineData("principal.hasTag(\"shift\")", "true")]
    [InlineData("principal.hasTag(\"x\")", "false")]
    [InlineData("User::\"nobody\".hasTag(\"x\")", "false")]
    [InlineData("principal.getTag(\"shift\") == \"night\"", "true")]
    [InlineData("principal.getTag(\"x\") == 1", "EntityAttributeDoesNotExist")]
    [InlineData("User::\"nobody\".getTag(\"x\") == 1", "EntityDoesNotExist")]
    [InlineData("principal.hasTag(1)", "TypeError")]
    [InlineData("principal.getTag(1) == 1", "TypeError")]
    [InlineData("context.hasTag(\"a\")", "TypeError")]
    public void Tags_are_read_by_name(string expression, string expected) => Outcome(expression).ShouldBe(expected);

    [Theory]
    [InlineData("principal is User", "true")]
    [InlineData("principal is Photo", "false")]
    [InlineData("principal is NS::User", "false")]
    [InlineData("principal is User in Group::\"staff\"", "true")]
    [InlineData("principal is Photo in 1", "false")]
    [InlineData("principal is User in 1", "TypeError")]
    [InlineData("principal is User in [Group::\"staff\"]", "true")]
    [InlineData("context.s is User", "TypeError")]
    public void Is_tests_the_exact_type(string expression, string expected) => Outcome(expression).ShouldBe(expected);

    [Theory]
    [InlineData("[].containsAll([])", "true")]
    [InlineData("[].containsAny([])", "false")]
    [InlineData("[].isEmpty()", "true")]
    [InlineData("[1].isEmpty()", "false")]
    [InlineData("[1, 2, 3].containsAll([3, 1])", "true")]
    [InlineData("[1, 2].containsAll([3, 1])", "false")]
    [InlineData("[1, 2].containsAny([3, 1])", "true")]
    [InlineData("context.numbers.contains(2)", "true")]
    [InlineData("[[1]].contains([1])", "true")]
    [InlineData("\"abc\".contains(\"a\")", "TypeError")]
    [InlineData("principal.contains(1)", "TypeError")]
    [InlineData("[1].containsAll(1)", "TypeError")]
    [InlineData("[1].containsAny(1)", "TypeError")]
    [InlineData("\"a\".isEmpty()", "TypeError")]
    [InlineData("[1, 1 + \"a\"].contains(1)", "TypeError")]
    [InlineData("{a: 1 + \"a\"} has a", "TypeError")]
    public void Sets_are_asked_by_methods(string expression, string expected) => Outcome(expression).ShouldBe(expected);

    [Theory]
    [InlineData("ip(\"1.2.3\").isIpv4()", "ExtensionFunctionFailed")]
    [InlineData("ip(1).isIpv4()", "TypeError")]
    [InlineData("ip(context.s).isIpv4()", "ExtensionFunctionFailed")]
    [InlineData("ip() == 1", "WrongNumberOfArguments")]
    [InlineData("ip(\"1.1.1.1\", \"2\") == 1", "WrongNumberOfArguments")]
    [InlineData("ip(\"1.1.1.1\").isInRange(ip(\"1.0.0.0/8\"), ip(\"2.0.0.0/8\"))", "WrongNumberOfArguments")]
    [InlineData("decimal(\"1.0\").lessThan()", "WrongNumberOfArguments")]
    [InlineData("3.isIpv4()", "TypeError")]
    [InlineData("decimal(\"1.0\").lessThan(1)", "TypeError")]
    [InlineData("false && ip(\"bad\").isIpv4()", "false")]
    [InlineData("true || ip(\"bad\").isIpv4()", "true")]
    [InlineData("\"a\" like \"a\"", "true")]
    [InlineData("1 like \"a\"", "TypeError")]
    public void A_bad_literal_is_an_error_of_its_evaluation_and_not_before(string expression, string expected) =>
        Outcome(expression).ShouldBe(expected);

    [Theory]
    [InlineData("1 + \"a\" == 2", "type error: expected long, got string")]
    [InlineData("User::\"zz\".foo == 1", "entity `User::\"zz\"` does not exist")]
    [InlineData("9223372036854775807 + 1 > 0", "integer overflow while attempting to add the values `9223372036854775807` and `1`")]
    [InlineData("principal.contains(1)", "type error: expected set, got (entity of type `User`)")]
    [InlineData("ip(\"1.2.3\").isIpv4()", "\"1.2.3\" is not an IP address or range that Cedar accepts")]
    public void An_evaluation_error_says_what_is_wrong(string expression, string message) =>
        Cedar.Evaluate($"permit(principal, action, resource) when {{ {expression} }};", Entities, Context)
            .Errors.ShouldHaveSingleItem().Error.Message.ShouldBe(message);

    private static string Outcome(string expression) => Cedar.Outcome(expression, Entities, Context);
}
