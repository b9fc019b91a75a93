using System.Text.Json;

namespace AccessGov.Cli.Tests;

public sealed class CaseTests : IDisposable
{
    private const string Policies = """
        @id("adults") permit(principal, action, resource) when { principal.age > 17 } unless { context.isBlocked };
        @id("anybody-lists") permit(principal, action == Action::"list", resource);
        """;

    private const string Entities = """[{"uid":{"type":"User","id":"ada"},"attrs":{"age":36},"parents":[]}]""";

    private readonly Folder folder = new();

    public CaseTests() => folder.Write("p.cedar", Policies);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_examples_pass_and_cover_everything()
    {
        CommandRun run = CommandRun.Of("policy", "test", Repository.Example(""), "--coverage-min", "100");

        run.ShouldEndWith(0).Output.ShouldContain("7 cases, 7 passed, 0 failed");
        run.LastLine.ShouldBe("coverage 100.0 %");
    }

    [Fact]
    public void A_long_clause_is_cut_between_characters()
    {
        folder.Write("p.cedar", string.Concat(new[] { "", "x" }.Select(start => $"permit(principal, action, resource) when {{ \"{start}{string.Concat(Enumerable.Repeat("😀", 50))}\" == \"\" }};")));
        folder.Write("x.cases.json", File(Case("view", "{}", "deny")));

        CommandRun.Of("policy", "test", folder.Path).ShouldEndWith(0).Output.EnumerateRunes().ShouldAllBe(rune => rune != System.Text.Rune.ReplacementChar);
    }

    [Fact]
    public void Coverage_counts_each_clause_and_names_what_no_case_shows()
    {
        folder.Write("x.cases.json", File(Case("view", """{"isBlocked":false}""", "allow")));

        JsonElement json = CommandRun.Of("policy", "test", folder.Path, "--json").ShouldEndWith(0).Json;

        json.GetProperty("coverage").GetDouble().ShouldBe(40);
        JsonElement[] clauses = [.. json.GetProperty("clauses").EnumerateArray()];
        clauses.Select(clause => clause.GetProperty("missing").GetString()).ShouldBe(["never false", "never false", "never reached"]);
        clauses[0].GetProperty("true").GetInt32().ShouldBe(1);
        CommandRun text = CommandRun.Of("policy", "test", folder.Path, "--coverage-min", "41");
        text.ShouldEndWith(1).Output.ShouldContain("not covered: policy `anybody-lists`: (scope): never reached");
        CommandRun.Of("policy", "test", folder.Path, "--coverage-min", "40").ShouldEndWith(0);
    }

    [Fact]
    public void A_clause_in_error_counts_as_an_error_and_is_noted()
    {
        folder.Write("x.cases.json", File(Case("view", "{}", "deny")));

        CommandRun run = CommandRun.Of("policy", "test", folder.Path);

        run.ShouldEndWith(0).Output.ShouldContain("note: ");
        JsonElement clause = CommandRun.Of("policy", "test", folder.Path, "--json").Json.GetProperty("clauses")[1];
        clause.GetProperty("error").GetInt32().ShouldBe(1);
        clause.GetProperty("missing").GetString().ShouldBe("never true");
    }

    [Theory]
    [InlineData("deny", "", "expected deny, got allow because of [adults]")]
    [InlineData("allow", ""","reasons":["other"]""", "expected reasons [other], got [adults]")]
    [InlineData("allow", ""","errors":["adults"]""", "expected errors [adults], got []")]
    public void A_case_that_comes_out_otherwise_fails_and_says_how(string decision, string more, string message)
    {
        folder.Write("x.cases.json", File(Case("view", """{"isBlocked":false}""", decision, more)));

        CommandRun.Of("policy", "test", folder.Path).ShouldEndWith(1).Output.ShouldMatch($@"FAILED [^\n]*x\.cases\.json:1:\d+: a case: {System.Text.RegularExpressions.Regex.Escape(message)}");
        CommandRun.Of("policy", "test", folder.Path, "--json").ShouldEndWith(1).Json.GetProperty("failed").GetInt32().ShouldBe(1);
    }

    [Fact]
    public void Entities_of_a_case_stand_in_the_place_of_those_of_the_file()
    {
        folder.Write("x.cases.json", File(Case("view", """{"isBlocked":false}""", "deny", ""","entities":[{"uid":{"type":"User","id":"ada"},"attrs":{"age":7},"parents":[]}]""")));

        CommandRun.Of("policy", "test", folder.Path).ShouldEndWith(0);
    }

    [Fact]
    public void YAML_says_what_JSON_says()
    {
        folder.Write("x.cases.yaml", """
            policies: [p.cedar]
            entities:
              - uid: &ada { type: User, id: ada }
                attrs: { age: 36 }
                parents: []
            requests:
              - name: "36"
                principal: *ada
                action: Action::"view"
                resource: Photo::"sea"
                context:
                  isBlocked: false
                decision: allow
                reasons:
                  - adults
            """);

        JsonElement json = CommandRun.Of("policy", "test", folder["x.cases.yaml"], "--json").ShouldEndWith(0).Json;

        json.GetProperty("cases")[0].GetProperty("name").GetString().ShouldBe("36");
        json.GetProperty("cases")[0].GetProperty("decision").GetString().ShouldBe("allow");
    }

    [Fact]
    public void A_request_that_does_not_fit_the_schema_is_a_failed_case()
    {
        folder.Write("s.cedarschema", "entity User { age: Long }; entity Photo; action view appliesTo { principal: User, resource: Photo, context: { isBlocked: Bool } };");
        folder.Write("x.cases.json", $$"""{"schema":"s.cedarschema","entities":{{Entities}},"requests":[{{Case("view", """{"isBlocked":1}""", "deny")}}]}""");

        CommandRun.Of("policy", "test", folder.Path).ShouldEndWith(1).Output.ShouldContain("context.isBlocked");
    }

    [Theory]
    [InlineData("""{"requests":[{"principal":"User::\"a\"","action":"Action::\"v\"","resource":"P::\"p\""}]}""", "`decision` is missing")]
    [InlineData("""{"requests":[{"principal":"User::\"a\"","action":"Action::\"v\"","resource":"P::\"p\"","decision":"allow","reason":[]}]}""", "there is no member `reason`")]
    [InlineData("""{"requests":[{"principal":"a","action":"Action::\"v\"","resource":"P::\"p\"","decision":"allow"}]}""", "is not an entity uid")]
    [InlineData("""{"requests":[{"principal":"U::\"a\"","action":"A::\"v\"","resource":"P::\"p\"","decision":"perhaps"}]}""", "neither allow nor deny")]
    [InlineData("""{"requests":{}}""", "must be a list of cases")]
    [InlineData("""{"requests":[]}""", "x.cases.json; write some into `requests`.")]
    [InlineData("""{"requests":[],"requests":[]}""", "not valid JSON")]
    [InlineData("""{"requests":[""", "not valid JSON")]
    [InlineData("[]", "expected an object")]
    public void A_file_that_is_no_file_of_cases_ends_with_2(string content, string message)
    {
        folder.Write("x.cases.json", content);

        CommandRun.Of("policy", "test", folder.Path).ShouldEndWith(2).Error.ShouldContain(message);
    }

    [Theory]
    [InlineData("requests: [", "x.cases.yaml:")]
    [InlineData("requests: *nothing", "no anchor")]
    [InlineData("requests:\n  - name: &n {one\n    principal: {type: User, id: *n}\n    action: Action ", "error: What follows cannot be read as YAML")]
    [InlineData("a: \"\\ud800\"", "x.cases.yaml:1:4: error: ")]
    [InlineData("requests: 1\nrequests: 2", "occurs twice")]
    [InlineData("", "empty")]
    [InlineData("a: 1\n---\nb: 2", "one document")]
    public void YAML_that_is_none_ends_with_2(string content, string message)
    {
        folder.Write("x.cases.yaml", content);

        CommandRun.Of("policy", "test", folder.Path).ShouldEndWith(2).Error.ShouldContain(message);
    }

    [Fact]
    public void Aliases_of_aliases_and_deep_nesting_meet_a_bound()
    {
        string bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n" + string.Concat(Enumerable.Range(1, 12).Select(i => $"a{i}: &a{i} [{string.Join(',', Enumerable.Repeat($"*a{i - 1}", 10))}]\n"));
        CommandRun.Of("policy", "test", folder.Write("bomb.cases.yaml", bomb)).ShouldEndWith(2).Error.ShouldContain("more than 1000000 values");

        string heavy = $"a: &a {new string('x', 100_000)}\nb: [{string.Join(',', Enumerable.Repeat("*a ", 3_000))}]";
        CommandRun.Of("policy", "test", folder.Write("heavy.cases.yaml", heavy)).ShouldEndWith(2).Error.ShouldContain("heavy.cases.yaml:2:");
        CommandRun.Of("policy", "test", folder["heavy.cases.yaml"]).Error.ShouldContain("stands for more than 256 MB");

        CommandRun.Of("policy", "test", folder.Write("deep.cases.yaml", "a: " + new string('[', 10_000))).ShouldEndWith(2).Error.ShouldContain("64 levels");
    }

    private static string File(string @case) => $$"""{"entities":{{Entities}},"requests":[{{@case}}]}""";

    private static string Case(string action, string context, string decision, string more = "") =>
        $$"""{"name":"a case","principal":"User::\"ada\"","action":"Action::\"{{action}}\"","resource":"Photo::\"sea\"","context":{{context}},"decision":"{{decision}}"{{more}}}""";

    [Fact]
    public void A_failed_case_is_named_by_its_line_with_the_error_that_made_it_fail()
    {
        folder.Write("x.cases.json", $"{{\"entities\":{Entities},\n\"requests\":[\n  {Case("view", "{}", "allow")}]}}");
        folder.Write("y.cases.yaml", """
            requests:
              - principal: User::"ada"
                action: Action::"list"
                resource: Photo::"sea"
                decision: allow
              - name: second
                principal: User::"ada"
                action: Action::"list"
                resource: Photo::"sea"
                decision: deny
            """);

        CommandRun run = CommandRun.Of("policy", "test", folder.Path).ShouldEndWith(1);

        run.Output.ShouldContain($"FAILED {folder["x.cases.json"]}:3:3: a case: expected allow, got deny because of []; in error: adults: ");
        run.Output.ShouldContain("isBlocked");
        run.Output.ShouldContain($"note: {folder["y.cases.yaml"]}:2:5: requests[0]: in error: adults: ");
        run.Output.ShouldContain($"FAILED {folder["y.cases.yaml"]}:6:5: second: expected deny, got allow");
        JsonElement[] cases = [.. CommandRun.Of("policy", "test", folder.Path, "--json").Json.GetProperty("cases").EnumerateArray()];
        cases.Select(one => one.GetProperty("line").GetInt32()).ShouldBe([3, 2, 6]);
    }

    [Fact]
    public void A_case_that_cannot_be_asked_is_named_once()
    {
        folder.Write("s.cedarschema", "entity User { age: Long }; entity Photo; action view appliesTo { principal: User, resource: Photo, context: { isBlocked: Bool } };");
        folder.Write("x.cases.json", $$"""{"schema":"s.cedarschema","entities":{{Entities}},"requests":[{{Case("view", """{"isBlocked":1}""", "deny")}}]}""");

        string line = CommandRun.Of("policy", "test", folder.Path).ShouldEndWith(1).Output.Split('\n').Single(text => text.StartsWith("FAILED", StringComparison.Ordinal));

        line.Split("x.cases.json").Length.ShouldBe(2);
        line.Split("a case").Length.ShouldBe(2);
        line.ShouldContain("context.isBlocked: ");
    }

    [Theory]
    [InlineData("a: !!str 1", "1:4: error: Tags such as `tag:yaml.org,2002:str` are not read")]
    [InlineData("a:\n  - !mine [1]", "2:5: error: Tags such as `!mine` are not read")]
    [InlineData("a:\n  !!map {b: 1}", "2:3: error: Tags such as ")]
    [InlineData("!!str a: 1", "1:1: error: Tags such as ")]
    [InlineData("a:\n  b: 9223372036854775808", "2:6: error: `9223372036854775808` is no 64-bit integer, and Cedar knows no other numbers; a string of digits stands in quotes.")]
    [InlineData("a: -9223372036854775809", "1:4: error: `-9223372036854775809` is no 64-bit integer")]
    public void YAML_that_would_quietly_mean_something_else_is_refused_at_its_place(string content, string message)
    {
        string file = folder.Write("x.cases.yaml", content);

        CommandRun.Of("policy", "test", file).ShouldEndWith(2).Error.ShouldStartWith($"{file}:{message}");
    }

    [Fact]
    public void The_numbers_that_are_integers_stay_so_and_digits_in_quotes_are_a_string()
    {
        folder.Write("p.cedar", "permit(principal, action, resource) when { context.a == -9223372036854775808 && context.b == \"9223372036854775808\" && context.c == [context.a, [\"x\", 2], {d: [\"x\", 2], e: context.a}] };");
        folder.Write("x.cases.yaml", """
            requests:
              - principal: User::"ada"
                action: Action::"list"
                resource: Photo::"sea"
                context:
                  a: &n -9223372036854775808
                  b: "9223372036854775808"
                  c:
                    - *n
                    - &l [x, 2]
                    - *l
                    - d: *l
                      e: *n
                decision: allow
            """);

        CommandRun.Of("policy", "test", folder.Path).ShouldEndWith(0);
    }
}
