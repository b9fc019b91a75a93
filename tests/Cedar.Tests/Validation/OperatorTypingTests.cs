namespace AccessGov.Cedar.Tests.Validation;

/// <summary>
/// Each operator with an operand of each type on each side: what it takes is written down here, everything else must be refused. The
/// types go by names; <c>{x}</c> stands for the attribute <c>x</c> of the principal.
/// </summary>
public sealed class OperatorTypingTests
{
    private static readonly Dictionary<string, string> Operands = new(StringComparer.Ordinal)
    {
        ["bool"] = "principal.b",
        ["long"] = "principal.l",
        ["string"] = "principal.s",
        ["user"] = "principal",
        ["team"] = "principal.team",
        ["ip"] = "principal.i",
        ["decimal"] = "principal.d",
        ["datetime"] = "principal.t",
        ["duration"] = "principal.u",
        ["longs"] = "principal.ls",
        ["strings"] = "principal.ss",
        ["teams"] = "principal.teams",
        ["record"] = "principal.r",
        ["optional"] = "principal.o",
    };

    private static readonly Validator Validator = new(Schema.Parse("""
        entity Team;
        entity User in [Team] {
          b: Bool, l: Long, s: String, team: Team, i: ipaddr, d: decimal, t: datetime, u: duration,
          ls: Set<Long>, ss: Set<String>, teams: Set<Team>, r: { x: Long }, o: { x?: Long },
        } tags Long;
        action a appliesTo { principal: [User], resource: [Team] };
        """));

    [Theory]
    [InlineData("{0} == {1}", "=")]
    [InlineData("{0} != {1}", "=")]
    [InlineData("{0} < {1}", "long:long datetime:datetime duration:duration")]
    [InlineData("{0} <= {1}", "long:long datetime:datetime duration:duration")]
    [InlineData("{0} > {1}", "long:long datetime:datetime duration:duration")]
    [InlineData("{0} >= {1}", "long:long datetime:datetime duration:duration")]
    [InlineData("{0} + {1} == 1", "long:long")]
    [InlineData("{0} - {1} == 1", "long:long")]
    [InlineData("{0} * {1} == 1", "long:long")]
    [InlineData("{0} && {1}", "bool:bool")]
    [InlineData("{0} || {1}", "bool:bool")]
    [InlineData("{0} in {1}", "user:user user:team user:teams team:team team:user team:teams")]
    [InlineData("{0} is User in {1}", "user:user user:team user:teams team:*")]
    [InlineData("{0}.contains({1})", "longs:long strings:string teams:team")]
    [InlineData("{0}.containsAll({1})", "longs:longs strings:strings teams:teams")]
    [InlineData("{0}.containsAny({1})", "longs:longs strings:strings teams:teams")]
    [InlineData("{0}.hasTag({1})", "user:string team:string")]
    [InlineData("{0}.isInRange({1})", "ip:ip")]
    [InlineData("{0}.lessThan({1})", "decimal:decimal")]
    [InlineData("{0}.lessThanOrEqual({1})", "decimal:decimal")]
    [InlineData("{0}.greaterThan({1})", "decimal:decimal")]
    [InlineData("{0}.greaterThanOrEqual({1})", "decimal:decimal")]
    [InlineData("{0}.offset({1}) == {0}", "datetime:duration")]
    [InlineData("{0}.durationSince({1}) == {1}.toTime()", "datetime:datetime")]
    [InlineData("[{0}, {1}].isEmpty()", "=same")]
    [InlineData("(if principal.b then {0} else {1}) == {0}", "=same")]
    [InlineData("[{0}].contains({1})", "=same")]
    [InlineData("[{0}].containsAny([{1}])", "=same")]
    [InlineData("{{k: {0}}} == {{k: {1}}}", "=same")]
    public void An_operator_takes_these_pairs_of_types_and_no_other(string form, string pairs)
    {
        foreach ((string left, string one) in Operands)
        {
            foreach ((string right, string other) in Operands)
            {
                string condition = string.Format(form, one, other);
                ValidationResult result = Validate(condition);
                bool expected = pairs switch
                {
                    // Two entities may be compared whatever their types: the answer is known to be false.
                    "=" => left == right || (left is "user" or "team" && right is "user" or "team"),
                    "=same" => left == right,
                    _ => pairs.Split(' ').Any(pair => pair == $"{left}:{right}" || pair == $"{left}:*"),
                };

                result.IsValid.ShouldBe(expected, $"{condition}, {left} and {right}: {string.Join("; ", result.Errors)}");
            }
        }
    }

    [Theory]
    [InlineData("!{0}", "bool")]
    [InlineData("-{0} == 1", "long")]
    [InlineData("{0} like \"a*\"", "string")]
    [InlineData("{0} is User", "user team")]
    [InlineData("{0} is Team", "user team")]
    [InlineData("{0} has x", "user team record optional")]
    [InlineData("{0}.x == 1", "record")]
    [InlineData("{0}[\"x\"] == 1", "record")]
    [InlineData("{0} has x && {0}.x == 1", "record optional team user")]
    [InlineData("{0}.isEmpty()", "longs strings teams")]
    [InlineData("{0}.isIpv4()", "ip")]
    [InlineData("{0}.isIpv6()", "ip")]
    [InlineData("{0}.isLoopback()", "ip")]
    [InlineData("{0}.isMulticast()", "ip")]
    [InlineData("{0}.toDate() == {0}", "datetime")]
    [InlineData("{0}.toTime() == principal.u", "datetime")]
    [InlineData("{0}.toMilliseconds() == 1", "duration")]
    [InlineData("{0}.toSeconds() == 1", "duration")]
    [InlineData("{0}.toMinutes() == 1", "duration")]
    [InlineData("{0}.toHours() == 1", "duration")]
    [InlineData("{0}.toDays() == 1", "duration")]
    [InlineData("{0}.hasTag(\"k\") && {0}.getTag(\"k\") == 1", "user team")]
    [InlineData("if {0} then true else false", "bool")]
    [InlineData("{0}", "bool")]
    [InlineData("ip({0}).isIpv4()", "")]
    [InlineData("decimal({0}).lessThan(principal.d)", "")]
    [InlineData("datetime({0}) < principal.t", "")]
    [InlineData("duration({0}) < principal.u", "")]
    public void An_operator_of_one_operand_takes_these_types_and_no_other(string form, string types)
    {
        foreach ((string name, string operand) in Operands)
        {
            string condition = string.Format(form, operand);
            ValidationResult result = Validate(condition);

            result.IsValid.ShouldBe(types.Split(' ').Contains(name), $"{condition}, {name}: {string.Join("; ", result.Errors)}");
        }
    }

    /// <summary>What an operator gives is what the next one around it takes.</summary>
    [Theory]
    [InlineData("1 + 2", "long")]
    [InlineData("-(1)", "long")]
    [InlineData("principal.getTag(\"k\")", "long", "principal.hasTag(\"k\")")]
    [InlineData("principal.t.toDate()", "datetime")]
    [InlineData("principal.t.offset(principal.u)", "datetime")]
    [InlineData("principal.t.toTime()", "duration")]
    [InlineData("principal.t.durationSince(principal.t)", "duration")]
    [InlineData("principal.u.toDays()", "long")]
    [InlineData("ip(\"::1\")", "ip")]
    [InlineData("decimal(\"1.0\")", "decimal")]
    [InlineData("datetime(\"2025-01-01\")", "datetime")]
    [InlineData("duration(\"1h\")", "duration")]
    [InlineData("[1]", "longs")]
    [InlineData("[\"a\"]", "strings")]
    [InlineData("[principal.team, Team::\"t\"]", "teams")]
    [InlineData("{x: 1}", "record")]
    [InlineData("{r: {x: 1}}.r", "record")]
    [InlineData("(if principal.b then {x: 1} else {x: 2})", "record")]
    [InlineData("resource", "team")]
    [InlineData("User::\"u\"", "user")]
    [InlineData("principal.l < 1", "bool")]
    [InlineData("principal has l", "bool")]
    [InlineData("principal in resource", "bool")]
    [InlineData("principal.s like \"*\"", "bool")]
    [InlineData("principal.ls.isEmpty()", "bool")]
    [InlineData("principal.i.isIpv4()", "bool")]
    public void The_result_of_an_operator_has_this_type_and_no_other(string expression, string type, string guard = "true")
    {
        foreach ((string name, string operand) in Operands)
        {
            bool comparable = name == type || (type is "user" or "team" && name is "user" or "team");

            Validate($"{guard} && ({expression}) == {operand}").IsValid.ShouldBe(comparable, $"{expression} == {operand}");
        }
    }

    private static ValidationResult Validate(string condition) =>
        Validator.Validate(PolicySet.Parse($"permit(principal, action, resource) when {{ {condition} }};"));
}
