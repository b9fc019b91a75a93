using System.Diagnostics;

namespace AccessGov.Cedar.Tests.Language;

public sealed class SyntaxTests
{
    [Theory]
    [InlineData("permit(principal, resource, action);", "Found `resource` where the variable `action` must be used.")]
    [InlineData("permit(principal, action);", "This policy is missing the variable `resource` in its scope, which is `(principal, action, resource)`.")]
    [InlineData("permit();", "This policy is missing the variable `principal` in its scope, which is `(principal, action, resource)`.")]
    [InlineData("permit(principal, action, resource, context);", "The scope has an extra element; it holds principal, action and resource.")]
    [InlineData("permit(principal is A == A::\"x\", action, resource);", "`is` cannot be used together with `==`, which says the type already; leave one of them out.")]
    [InlineData("permit(principal in A::\"x\" is A, action, resource);", "`is` comes before `in` in a scope.")]
    [InlineData("permit(principal, action is Action, resource);", "`is` cannot appear in the scope of the action; write `action == Action::\"...\"` or `action in [Action::\"...\"]`.")]
    [InlineData("permit(principal in [A::\"x\"], action, resource);", "Expected a single entity uid, found a set of entity uids; write `in` and a group, one policy for each, or `in [...]` in a `when` clause.")]
    [InlineData("permit(principal, action == User::\"a\", resource);", "Expected an entity of type `Action`, in a namespace or not, but got `User::\"a\"`.")]
    [InlineData("permit(principal, action == ?principal, resource);", "The action takes no template slot; expected an entity uid such as Action::\"view\".")]
    [InlineData("permit(principal < A::\"x\", action, resource);", "`<` may not stand in a scope; only `==`, `in` and `is` may.")]
    [InlineData("permit(principal: A, action, resource);", "Types are not written with `:` in a scope; use `is`.")]
    [InlineData("permit(principal == ?resource, action, resource);", "Unexpected `?resource`; expected an entity uid or the slot ?principal.")]
    [InlineData("permit(principal == ?user, action, resource);", "`?user` is not a template slot; there are ?principal and ?resource; expected an entity uid or the slot ?principal.")]
    [InlineData("permit(principal, action, resource) when {};", "A `when` clause cannot be empty; write a condition between the braces, or leave the clause out.")]
    [InlineData("permit(principal, action, resource) unless {};", "A `unless` clause cannot be empty; write a condition between the braces, or leave the clause out.")]
    [InlineData("Permit(principal, action, resource);", "`Permit` is not an effect; a policy starts with `permit` or `forbid`.")]
    [InlineData("@id(\"a\") @id(\"b\") permit(principal, action, resource);", "The annotation @id occurs twice on one policy; remove one.")]
    [InlineData("@a.b(\"x\") permit(principal, action, resource);", "Unexpected `.`; expected `permit` or `forbid`.")]
    [InlineData("permit(principal, action, resource)", "The text ends too early; expected `when`, `unless` or `;`.")]
    [InlineData("/* c */ permit(principal, action, resource);", "`/* */` is no comment in Cedar, comments are `// ...`; expected `permit` or `forbid`.")]
    [InlineData("permit(principal == User::\"a, action, resource);", "This string has no closing quotation mark; expected a string.")]
    public void A_policy_that_is_not_Cedar_is_refused_with_a_sentence(string policy, string message) =>
        Cedar.Errors(policy).ShouldHaveSingleItem().Problem.ShouldBe(message);

    [Theory]
    [InlineData("1 < 2 < 3", "Relations do not chain: `<` needs parentheses around what it compares.")]
    [InlineData("1 == 1 == true", "Relations do not chain: `==` needs parentheses around what it compares.")]
    [InlineData("principal is U in U::\"a\" in U::\"b\"", "Relations do not chain: `in` needs parentheses around what it compares.")]
    [InlineData("context has a.b == true", "Relations do not chain: `==` needs parentheses around what it compares.")]
    [InlineData("!!!!!true", "Too many `!` in a row; at most 4 are allowed.")]
    [InlineData("-----1 == 1", "Too many `-` in a row; at most 4 are allowed.")]
    [InlineData("!-1 == 1", "Unexpected `-`; expected an expression.")]
    [InlineData("9223372036854775808 > 0", "The integer `9223372036854775808` is too large; the largest is 9223372036854775807.")]
    [InlineData("-9223372036854775809 < 0", "The integer `9223372036854775809` is too large; with a minus sign in front the largest is 9223372036854775808.")]
    [InlineData("-(9223372036854775808) < 0", "The integer `9223372036854775808` is too large; the largest is 9223372036854775807.")]
    [InlineData("5 / 2 == 2", "Division is not supported; expected `}` or an operator.")]
    [InlineData("5 % 2 == 1", "Remainder (modulo) is not supported; expected `}` or an operator.")]
    [InlineData("1 = 1", "`=` is not an operator in Cedar, equality is `==`; expected `}` or an operator.")]
    [InlineData("true && if true then true else false", "Unexpected `if`; expected an expression (an `if` inside an operator needs parentheses).")]
    [InlineData("isInRange(ip(\"1.1.1.1\"), ip(\"1.1.1.1\"))", "`isInRange` is a method, not a function; write value.isInRange(...).")]
    [InlineData("contains([1], 1)", "`contains` is a method, not a function; write value.contains(...).")]
    [InlineData("\"1.1.1.1\".ip()", "`ip` is a function, not a method; write ip(...).")]
    [InlineData("[1].has(1)", "`has` is reserved and cannot be used here; use another name.")]
    [InlineData("[1].size()", "`size` is not a method of Cedar. There are contains, containsAll, containsAny, durationSince, getTag, greaterThan, greaterThanOrEqual, hasTag, isEmpty, isInRange, isIpv4, isIpv6, isLoopback, isMulticast, lessThan, lessThanOrEqual, offset, toDate, toDays, toHours, toMilliseconds, toMinutes, toSeconds, toTime.")]
    [InlineData("ip(\"1.1.1.1\").isIPv4()", "`isIPv4` is not a method of Cedar. Did you mean `isIpv4`?")]
    [InlineData("[1].containAll([1])", "`containAll` is not a method of Cedar. Did you mean `containsAll`?")]
    [InlineData("principal.hasTags(\"a\")", "`hasTags` is not a method of Cedar. Did you mean `hasTag`?")]
    [InlineData("IP(\"1.1.1.1\") == 1", "`IP` is not a function of Cedar. Did you mean `ip`?")]
    [InlineData("dateTime(\"2025-01-01\") == 1", "`dateTime` is not a function of Cedar. Did you mean `datetime`?")]
    [InlineData("now()", "`now` is not a function of Cedar. There are datetime, decimal, duration, ip.")]
    [InlineData("A::ip(\"1.1.1.1\")", "`A::ip` is not a function of Cedar. There are datetime, decimal, duration, ip.")]
    [InlineData("[1].contains()", "`contains` takes exactly one argument, but got 0.")]
    [InlineData("[1].isEmpty(1)", "`isEmpty` takes no argument, but got 1.")]
    [InlineData("context[0]", "Unexpected `0`; expected a string.")]
    [InlineData("context[principal]", "Unexpected `principal`; expected a string.")]
    [InlineData("{a: 1, a: 2} == {a: 2}", "The key `a` occurs twice in one record; remove one.")]
    [InlineData("{a: 1, \"a\": 2} == {a: 2}", "The key `a` occurs twice in one record; remove one.")]
    [InlineData("{\"if\": 1}.if == 1", "`if` is reserved and cannot be used here; write [\"if\"] instead of .if.")]
    [InlineData("{if: 1} has a", "`if` is reserved and cannot be used here; write \"if\" in quotation marks.")]
    [InlineData("context has if", "`if` is reserved and cannot be used here; write \"if\" in quotation marks.")]
    [InlineData("context has a.if", "`if` is reserved and cannot be used here; use another name.")]
    [InlineData("principal.__cedar", "`__cedar` is reserved and cannot be used here; write [\"__cedar\"] instead of .__cedar.")]
    [InlineData("__cedar::U::\"a\" == principal", "`__cedar` is reserved and cannot be used here; use another name.")]
    [InlineData("A::__cedar::B::\"a\" == principal", "`__cedar` is reserved and cannot be used here; use another name.")]
    [InlineData("user == 1", "`user` is not a variable; there are principal, action, resource and context.")]
    [InlineData("principal == ?principal", "The slot `?principal` may stand in the scope of a policy only, not in `when` or `unless`.")]
    [InlineData("context has a.\"b\"", "Unexpected `\"b\"`; expected an attribute name.")]
    [InlineData("\"a\" like principal", "Unexpected `principal`; expected a pattern, which is a string literal.")]
    [InlineData("principal is U::\"a\"", "Unexpected `::`; expected an entity type, without an id.")]
    [InlineData("\"\\x80\" == \"A\"", "`\\x` does not start a valid escape here; there are \\\\ \\\" \\' \\n \\r \\t \\0, \\x00 to \\x7f, and \\u{0} to \\u{10ffff}.")]
    [InlineData("\"\\*\" == \"A\"", "`\\*` does not start a valid escape here; there are \\\\ \\\" \\' \\n \\r \\t \\0, \\x00 to \\x7f, and \\u{0} to \\u{10ffff}.")]
    [InlineData("\"\\u{D800}\" == \"A\"", "`\\u` does not start a valid escape here; there are \\\\ \\\" \\' \\n \\r \\t \\0, \\x00 to \\x7f, and \\u{0} to \\u{10ffff}.")]
    [InlineData("\"\\u{110000}\" == \"A\"", "`\\u` does not start a valid escape here; there are \\\\ \\\" \\' \\n \\r \\t \\0, \\x00 to \\x7f, and \\u{0} to \\u{10ffff}.")]
    [InlineData("\"\\u{0000061}\" == \"a\"", "`\\u` does not start a valid escape here; there are \\\\ \\\" \\' \\n \\r \\t \\0, \\x00 to \\x7f, and \\u{0} to \\u{10ffff}.")]
    [InlineData("\"\\u{}\" == \"a\"", "`\\u` does not start a valid escape here; there are \\\\ \\\" \\' \\n \\r \\t \\0, \\x00 to \\x7f, and \\u{0} to \\u{10ffff}.")]
    [InlineData("\"\\q\" == \"a\"", "`\\q` does not start a valid escape here; there are \\\\ \\\" \\' \\n \\r \\t \\0, \\x00 to \\x7f, and \\u{0} to \\u{10ffff}.")]
    [InlineData("\"\\😀\" == \"a\"", "`\\😀` does not start a valid escape here; there are \\\\ \\\" \\' \\n \\r \\t \\0, \\x00 to \\x7f, and \\u{0} to \\u{10ffff}.")]
    [InlineData("\"a\" like \"\\😀\"", "`\\😀` does not start a valid escape here; there are \\\\ \\\" \\' \\n \\r \\t \\0, \\x00 to \\x7f, and \\u{0} to \\u{10ffff}, and \\* for an asterisk.")]
    [InlineData("\"a\rb\" == \"a\"", "A string literal may not hold a bare carriage return; write \\r.")]
    [InlineData("a & b", "`a` is not a variable; there are principal, action, resource and context.")]
    [InlineData("true & true", "Unexpected `&`; expected `}` or an operator.")]
    public void An_expression_that_is_not_Cedar_is_refused_with_a_sentence(string expression, string message) =>
        Cedar.ErrorOf(expression).ShouldBe(message);

    [Theory]
    [InlineData("-9223372036854775808 < 0")]
    [InlineData("- 1 == -1")]
    [InlineData("00012 == 12")]
    [InlineData("----1 == 1")]
    [InlineData("1 - -1 == 2")]
    [InlineData("2 + 3 * 4 - 1 == 13")]
    [InlineData("10 - 3 - 2 == 5")]
    [InlineData("true || false && false")]
    [InlineData("true == true && false == false")]
    [InlineData("if 1 == 1 then 2 == 2 else 1 == 2")]
    [InlineData("if false then 1 == 2 else if true then true else false")]
    [InlineData("(if true then true else false) && true")]
    [InlineData("[if true then true else false,].contains(true)")]
    [InlineData("{principal: 1, \"a b\": 2,}.principal == 1")]
    [InlineData("{\"if\": 1}[\"if\"] == 1")]
    [InlineData("A :: B // c\n:: \"x\" == A::B::\"x\"")]
    [InlineData("when::\"x\" != permit::\"x\"")]
    [InlineData("User::\"\\u{61}\\u{1_F600}\" == User::\"a😀\"")]
    [InlineData("\"\\\"\\\\\\'\\n\\r\\t\\0\\x41\" != \"\"")]
    [InlineData("\"line\nbreak\" == \"line\\nbreak\"")]
    [InlineData("ip(\"1.1.1.1\",) == ip(\"1.1.1.1\")")]
    public void What_the_grammar_allows_is_read_with_the_right_precedence(string expression) =>
        Cedar.Outcome(expression).ShouldBe("true");

    [Theory]
    [InlineData("permit(principal, action, resource,);", "permit (principal, action, resource);")]
    [InlineData("permit(principal, action in [], resource);", "permit (principal, action in [], resource);")]
    [InlineData("permit(principal, action in ([]), resource);", "permit (principal, action in [], resource);")]
    [InlineData("permit(principal, action in (([(Action::\"a\"),])), resource);", "permit (principal, action in [Action::\"a\"], resource);")]
    [InlineData(
        "permit(principal, action in [Action::\"a\", A::B::Action::\"b\",], resource);",
        "permit (principal, action in [Action::\"a\", A::B::Action::\"b\"], resource);")]
    [InlineData("permit(principal == (User::\"a\"), action, resource);", "permit (principal == User::\"a\", action, resource);")]
    [InlineData(
        "permit(principal is A::B in User::\"a\", action, resource is C) unless { false } when { true } when { true };",
        "permit (principal is A::B in User::\"a\", action, resource is C) unless { false } when { true } when { true };")]
    [InlineData("@id permit(principal, action, resource);", "@id permit (principal, action, resource);")]
    [InlineData("@if(\"x\") @principal(\"y\" ) forbid(principal, action, resource);", "@if(\"x\") @principal(\"y\") forbid (principal, action, resource);")]
    [InlineData("permit(principal, action, resource); // the end", "permit (principal, action, resource);")]
    [InlineData("", "")]
    [InlineData("// nothing but a comment", "")]
    public void What_the_grammar_allows_around_expressions_is_read(string policies, string printed) =>
        string.Join(' ', string.Concat(PolicySet.Parse(policies).Policies.Select(policy => PolicyFormatter.Print(policy))).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            .ShouldBe(printed);

    [Fact]
    public void Every_error_names_file_line_and_column_and_later_policies_are_checked_too()
    {
        const string text = "permit(principal, action, resource);\npermit(principal, action, resource)\n  when { 1 < 2 < 3 };\n\nforbit(principal, action, resource);\n";

        IReadOnlyList<SyntaxError> errors = Cedar.Errors(text);

        errors.Select(error => (error.File, error.Line, error.Column)).ShouldBe([("rules.cedar", 3, 16), ("rules.cedar", 5, 1)]);
        errors.Select(error => error.Policy).ShouldBe(["2", "3"]);
        errors[0].ToString().ShouldStartWith("rules.cedar:3:16: policy 2: Relations do not chain");
    }

    [Theory]
    [InlineData("@id(\"doctors\") permit(principal, action);", "`doctors`")]
    [InlineData("@note(\"x\") @id(\"doctors\") @note permit(principal, action, resource);", "`doctors`")]
    [InlineData("@id permit(principal, action);", "1")]
    [InlineData("@id(\"\") permit(principal, action);", "1")]
    [InlineData("@id(\"a\") permit(principal, action, resource); permit(principal, action);", "2")]
    [InlineData("permit(principal, action, resource); @note(\"x\") @name(\"y\") forbid(principal);", "2")]
    public void Every_error_names_its_policy_by_its_id_or_by_its_place_in_the_text(string policies, string name)
    {
        SyntaxError error = Cedar.Errors(policies).ShouldHaveSingleItem();

        error.Policy.ShouldBe(name);
        error.Message.ShouldBe($"policy {name}: {error.Problem}");
        error.ToString().ShouldBe($"rules.cedar:1:{error.Column}: {error.Message}");
    }

    [Fact]
    public void Half_of_a_surrogate_pair_is_no_text()
    {
        foreach (string half in new[] { "\ud800", "\udc00", "\\\ud800", "\\\udc00", "\ud800\\n" })
        {
            Cedar.ErrorOf($"\"{half}\" == \"a\"")
                .ShouldBe("This string holds half of a surrogate pair, which is not valid Unicode; expected an expression.");
        }
    }

    [Fact]
    public void Nesting_of_100000_parentheses_is_an_error_and_not_a_crash()
    {
        string deep = $"{new string('(', 100_000)}true{new string(')', 100_000)}";

        Cedar.ErrorOf(deep).ShouldBe("This expression is nested too deeply; at most 250 levels are allowed.");
        Cedar.ErrorOf(new string('[', 100_000)).ShouldContain("nested too deeply");
        Cedar.ErrorOf(string.Concat(Enumerable.Repeat("{a:", 100_000))).ShouldContain("nested too deeply");
        Cedar.ErrorOf(string.Concat(Enumerable.Repeat("if true then ", 100_000))).ShouldContain("nested too deeply");
    }

    [Theory]
    [InlineData("true", " || true", "longer than 10000")]
    [InlineData("true", " && true", "longer than 10000")]
    [InlineData("1", " + 1", "nested too deeply")]
    [InlineData("1", " * 1", "nested too deeply")]
    [InlineData("context", ".a", "nested too deeply")]
    [InlineData("context", "[\"a\"]", "nested too deeply")]
    public void A_chain_of_100000_links_is_an_error_and_not_a_crash(string first, string link, string complaint) =>
        Cedar.ErrorOf(first + string.Concat(Enumerable.Repeat(link, 100_000))).ShouldContain(complaint);

    [Theory]
    [InlineData(" || false", "false")]
    [InlineData(" || 1 == 1", "true")]
    public void A_chain_of_9999_links_is_evaluated(string link, string expected) =>
        Cedar.Outcome("false" + string.Concat(Enumerable.Repeat(link, 9_998))).ShouldBe(expected);

    [Fact]
    public void Random_token_soup_gives_syntax_errors_and_nothing_else()
    {
        string[] pieces =
        [
            "permit", "forbid", "(", ")", "{", "}", "[", "]", "principal", "action", "resource", "context", "when", "unless", ",", ";", ".", ":",
            "::", "==", "!=", "<", "<=", "in", "has", "like", "is", "if", "then", "else", "true", "false", "!", "-", "+", "*", "/", "%", "=", "&&",
            "||", "&", "|", "@", "@id", "\"a\"", "\"\\u{61}\"", "\"\\", "\"", "User::\"a\"", "Action::\"v\"", "1", "9223372036854775808", "?principal",
            "?x", "?", "ip", "contains", "isEmpty", "__cedar", "//", "\n", " ", "\\", "é", "\ud83d", "#", "permit(principal,action,resource)",
        ];
        var random = new Random(20_261_122);
        var watch = Stopwatch.StartNew();
        int parsed = 0;
        for (int round = 0; round < 5_000; round++)
        {
            string soup = string.Concat(Enumerable.Range(0, random.Next(1, 40)).Select(_ => pieces[random.Next(pieces.Length)]));
            string text = round % 2 == 0 ? soup : $"permit(principal, action, resource) when {{ {soup} }};";
            try
            {
                Cedar.Evaluate(text);
                parsed++;
            }
            catch (PolicySyntaxException refused)
            {
                refused.Errors.ShouldNotBeEmpty();
                refused.Errors.ShouldAllBe(error => error.Position.Offset >= 0 && error.Position.Offset <= text.Length);
            }
        }

        parsed.ShouldBeLessThan(5_000);
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromMinutes(3));
    }
}
